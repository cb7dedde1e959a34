"""The shop's migration, for every test here, and a bare journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.running import runner, running, sandbox, shop
from tests.unit.singer.shop import written
from tests.unit.stages.undoing import Migration

from crm_transforms.journal import Journal
from crm_transforms.stages.stage import Stager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["runner", "running", "sandbox", "shop"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with Journal.open(url, source="shop", target="pipedrive") as opened, opened.lease("run"):
        yield opened


@pytest.fixture
def read(journal: Journal) -> Callable[..., Stager]:
    """Stage lines to their end."""

    def read(*lines: Any, **options: Any) -> Stager:
        stager = Stager(journal, **options)
        stager.read(written(lines).splitlines(keepends=True))
        stager.finish()
        return stager

    return read


@pytest.fixture
def migration(journal: Journal) -> Migration:
    return Migration(journal)
