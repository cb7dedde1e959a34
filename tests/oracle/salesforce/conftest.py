"""Accounts whose records the shipped document has mapped, as if an org had taken all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from crm_transforms.journal import Journal
from crm_transforms.mapping import Mapping
from crm_transforms.stages.stage import Stager
from tests.journeys.salesforce.world import OrgWorld
from tests.oracle.judge import Reject
from tests.oracle.salesforce.dry_org import DryOrg
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.oracle.salesforce.holdings import Holdings
    from tests.oracle.salesforce.ways import Ways
    from tests.oracle.truth import Truth


@dataclass
class Business:
    """A Kickserv account and what the tap says of it."""

    world: OrgWorld
    singer: Path
    truth: Truth

    def mapped(self, folder: Path, ways: Ways) -> tuple[DryOrg, Holdings, list[Reject]]:
        """The org, what it holds, and what did not land."""
        mapping = Mapping.load(self.world.document(**ways.parameters))
        url = f"sqlite:///{folder / 'journal.db'}"
        with (
            Journal.open(url, source="kickserv", target="salesforce") as journal,
            journal.lease("test"),
            self.singer.open("rb") as lines,
        ):
            stager = Stager(journal, wanted=mapping.streams)
            stager.read(lines)
            stager.finish()
            org = DryOrg(journal, mapping, ways)
            held = org.holdings()
            rejects = [Reject(one.stream, one.key, one.rule) for one in journal.rejects()]
        return org, held, [*rejects, *org.rejects]


@pytest.fixture(scope="package")
def odd_business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    yield from _business(tmp_path_factory.mktemp("odd"), customers=20, oddities=True)


@pytest.fixture(scope="package")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    yield from _business(tmp_path_factory.mktemp("plain"), customers=6, oddities=False)


def _business(folder: Path, *, customers: int, oddities: bool) -> Iterator[Business]:
    with Sandbox(customers=customers, oddities=oddities) as sandbox:
        world = OrgWorld(sandbox, folder, folder / "files")
        yield Business(world, world.extract(), world.truth())
