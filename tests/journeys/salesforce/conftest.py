"""Orgs to travel to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.fixtures import FALLBACK
from tests.journeys.salesforce.world import OrgWorld
from tests.journeys.world import Checkpoint
from tests.oracle.salesforce import Ways
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUSTOMERS = 6
OTHER_WAYS = Ways("Service_Job__c", "Invoice__c", "Note")
BY_JOBS = {"bulk_threshold": 25}
"""Few objects have so many records: each job is asked about after a second at the soonest."""
SETTINGS = {"fallback_owner": FALLBACK}


@pytest.fixture(scope="session")
def org_sandbox() -> Iterator[Sandbox]:
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def kickserv_lines(org_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tap says of Kickserv as it is at the start."""
    folder = tmp_path_factory.mktemp("lines")
    org_sandbox.reset()
    return OrgWorld(org_sandbox, folder, folder / "files").extract()


@pytest.fixture
def fresh_org(org_sandbox: Sandbox, kickserv_lines: Path, tmp_path: Path) -> OrgWorld:
    """Some customers in Kickserv, an org that nothing was loaded into, no journal."""
    org_sandbox.reset()
    folder = tmp_path / "fresh_org"
    folder.mkdir()
    files = kickserv_lines.parent / "files"
    return OrgWorld(org_sandbox, folder, files, settings=dict(SETTINGS), lines=kickserv_lines)


class LoadedOrg(Checkpoint):
    """An org that was loaded once, whole, by collections: jobs are cases, invoices are orders.

    Attributes:
        before: what it held then: a product with its price, by which it sells already.
        product: id of that product.
        loading: how the load went.
    """

    def __init__(self, world: OrgWorld) -> None:
        human = world.sandbox.org.human
        self.product = human.add("Product2", Name="Trip charge", ProductCode="16", IsActive=True)
        book = next(row["Id"] for row in world.rows("Pricebook2") if row["IsStandard"])
        price = {"Pricebook2Id": book, "Product2Id": self.product, "UnitPrice": 48}
        self.entry = human.add("PricebookEntry", **price, IsActive=True)
        self.before = world.snapshot()
        self.loading = world.run()
        assert self.loading.code == 0, self.loading.log
        super().__init__(world)


@pytest.fixture(scope="session")
def loaded_org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedOrg]:
    """Loaded by a user who may set audit fields."""
    folder = tmp_path_factory.mktemp("loaded_org")
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        sandbox.org.audit_fields = True
        yield LoadedOrg(OrgWorld(sandbox, folder, folder / "files", settings=dict(SETTINGS)))


@pytest.fixture
def org(loaded_org: LoadedOrg, tmp_path: Path) -> OrgWorld:
    """The loaded org, journal and all, as if it had been loaded for this test alone."""
    folder = tmp_path / "org"
    folder.mkdir()
    world = loaded_org.restore(folder)
    assert isinstance(world, OrgWorld)
    return world
