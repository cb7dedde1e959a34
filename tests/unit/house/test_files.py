"""Rules that hold for every file of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
NOT_OURS = re.compile(
    r"^\.(?!ci$|github$|env\.example$|gitignore$)|^(__pycache__|plugins|output|dist)$"
)
MACHINE = re.compile(
    r"py[p]i\.org|pythonh[o]sted|registry\.n[p]mjs|deb\.d[e]bian|/wor[k]/|/far[m]/|/tm[p]/[a-z]"
    r"|/hom[e]/[a-z]|/roo[t]/",
)
LONGEST = 300
LONGEST_TEST = 400
"""A table of cases may be longer than code that is read for what it does."""


def files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if NOT_OURS.search(path.name) or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from files(path)
        elif path != ROOT / "uv.lock":
            yield path


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8", errors="replace").splitlines()


def test_no_file_names_a_machine_path_or_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(lines(path), start=1)
        if MACHINE.search(line)
    ]
    assert not found


def test_no_code_is_longer_than_one_noun_needs() -> None:
    """Documents and pins are as long as their matter; Python and shell are not."""
    code = (path for path in files() if path.suffix == ".py" or path.parent.name == "scripts")
    long = {str(path.relative_to(ROOT)): len(lines(path)) for path in code}
    assert not {
        path: count
        for path, count in long.items()
        if count > (LONGEST_TEST if path.startswith("tests/") else LONGEST)
    }
