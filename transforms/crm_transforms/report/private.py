"""Files that hold personal data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in place of one that is there.

    Whoever opens it meanwhile sees the old one or the new one, never half of it.

    Raises:
        OSError: the folder is missing or cannot be written to.
    """
    # Half a surrogate pair may come with a source's text, and UTF-8 has none.
    content = text.encode(errors="backslashreplace")
    # mkstemp makes files of mode 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
