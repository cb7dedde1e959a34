"""Journals in either database: empty, and of a migration that is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.report import samples

from crm_transforms.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def journal(journal_url: str) -> Iterator[Journal]:
    with opened(journal_url) as one, one.lease("test"):
        yield one


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Journal]:
    with opened(f"sqlite:///{tmp_path / 'journal.db'}") as one, one.lease("test"):
        samples.fill(one)
        yield one


def opened(url: str) -> Journal:
    return Journal.open(url, source="kickserv", target="pipedrive")
