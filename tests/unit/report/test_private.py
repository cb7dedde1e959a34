"""Files that hold personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_transforms.report.private import write_private

if TYPE_CHECKING:
    from pathlib import Path


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("the old one")
    path.chmod(0o644)
    write_private(path, "ü\ud800")
    assert path.read_bytes() == "ü\\ud800".encode()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.mkdir()
    with pytest.raises(OSError, match="report"):
        write_private(path, "text")
    assert list(tmp_path.iterdir()) == [path]
