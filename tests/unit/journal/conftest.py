"""An open journal that holds its lease, in each of its databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_transforms.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def journal(journal_url: str) -> Iterator[Journal]:
    with (
        Journal.open(journal_url, source="kickserv", target="pipedrive") as opened,
        opened.lease("test"),
    ):
        yield opened


@pytest.fixture
def jobs_stream(journal: Journal) -> int:
    return journal.stream("jobs", {"properties": {"id": {"type": "string"}}}, ["id"])
