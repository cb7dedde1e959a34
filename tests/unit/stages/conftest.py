"""The shop's migration, for every test here, and a bare journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.running import runner, running, sandbox, shop

from crm_transforms.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["runner", "running", "sandbox", "shop"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with Journal.open(url, source="shop", target="pipedrive") as opened, opened.lease("run"):
        yield opened
