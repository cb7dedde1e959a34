"""The whole way of a migration, through Meltano, with nothing but a ``.env``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.project import Ended, Project
from tests.oracle import Crm
from tests.oracle.snapshot import changes, snapshot

if TYPE_CHECKING:
    from tests.journeys.world import World

READS = {"GET"}


@pytest.fixture
def project(fresh: World) -> Project:
    """Two accounts that are in use, and a project whose ``.env`` leads to them."""
    human = fresh.sandbox.crm.human
    customer = human.create("organizations", name="Was here before")
    human.note("Called about the roof.", org_id=customer["id"])
    item = next(fresh.sandbox.source.records("items"))
    human.create(
        "products",
        name=item.get("full_name") or item["name"],
        prices=[
            {"currency": "USD", "price": float(item["price"]), "cost": float(item["cost"] or 0)}
        ],
    )
    return Project(fresh, fresh.folder / "project", {"MELTANO_ENVIRONMENT": "trial"})


def shown(world: World) -> dict[str, list[dict[str, Any]]]:
    """The account as its API shows it; nobody counts these requests."""
    asked = len(world.sandbox.requests)
    try:
        return snapshot(Crm(world.sandbox.pipedrive["api_url"], world.sandbox.crm.token or ""))
    finally:
        del world.sandbox.requests[asked:]


def writes(world: World) -> list[str]:
    """What was asked of Pipedrive that may change something, since the last call."""
    found = [
        f"{one.method} {one.path}"
        for one in world.sandbox.requests
        if one.service == "pipedrive" and one.method not in READS
    ]
    world.sandbox.requests.clear()
    return found


def done(ended: Ended, code: int = 0) -> Ended:
    assert ended.code == code, f"ended with {ended.code}\n{ended.out}\n{ended.log}"
    return ended


def test_the_whole_walk_from_staging_to_a_second_load(fresh: World, project: Project) -> None:
    before = shown(fresh)
    plan_it(fresh, project)
    sampled = approve_it(fresh, project)
    load_it(fresh, project, sampled)
    assert fresh.findings(others=there_before(before)) == []
    live_with_it(fresh, project)

    assert ".html" in done(project.invoke("report")).out
    head = done(project.invoke("audit", "--verify")).json()["head"]
    done(project.invoke("rollback", "--yes"))
    assert changes(before, shown(fresh)) == []
    assert done(project.invoke("audit", "--verify", "--head", head)).json()["valid"]

    done(project.invoke("apply"))
    assert fresh.findings(others=there_before(before)) == []
    done(project.invoke("retry"))
    assert done(project.invoke("rejects", "--format", "json")).json() == []
    assert (
        done(project.invoke("estimate", "--from-journal", "--format", "json")).json()["calls"] > 0
    )
    done(project.invoke("cutover", "--yes"))
    assert project.invoke("apply").code == 1, "the window is closed"

    head = done(project.invoke("audit", "--verify")).json()["head"]
    done(project.invoke("compact"))
    done(project.invoke("purge", "--yes"))
    assert done(project.invoke("audit", "--verify", "--head", head)).json()["valid"]


def plan_it(world: World, project: Project) -> None:
    """Stage and plan: nothing is sent, with an approval missing neither."""
    project.configure(TARGET_PIPEDRIVE_MODE="stage")
    done(project.run())
    project.configure(TARGET_PIPEDRIVE_MODE="")
    plan = done(project.invoke("plan", "--format", "json")).json()
    planned = {one["object"]: one for one in plan["objects"]}
    assert planned["deal"]["create"] == jobs_of(world)
    assert planned["item"]["adopt"] == 1
    refused = project.run()
    assert refused.code == 1, "meltano run turns our 5 into 1"
    assert "approv" in refused.log
    assert project.invoke("apply").code == 5
    assert writes(world) == []


def approve_it(world: World, project: Project) -> int:
    """Fields, sample and approval; gives the number of deals in the sample."""
    done(project.invoke("schema", "--apply"))
    lists = {f"{name}Fields" for name in ("organization", "person", "product", "deal")}
    assert {one.split("/api/v2/")[1] for one in writes(world)} <= lists
    sample = done(project.invoke("sample", "--size", "100", "--format", "json")).json()
    assert sample["counts"]["different"] == sample["counts"]["missing"] == 0
    assert sample["records"]["deal"] > 0
    writes(world)
    done(project.invoke("approve", "--yes"))
    assert writes(world) == []
    return int(sample["records"]["deal"])


def load_it(world: World, project: Project, sampled: int) -> None:
    """The load adopts the sample and brings the rest."""
    done(project.run())
    created = [one for one in writes(world) if one == "POST /pipedrive/api/v2/deals"]
    assert len(created) == jobs_of(world) - sampled


def live_with_it(world: World, project: Project) -> None:
    """An edit and an arrival in the source, a person's work in the destination, told apart."""
    source, crm = world.sandbox.source, world.sandbox.crm
    customer, contact = next(source.records("customers")), next(source.records("contacts"))
    source.edit("customers", customer["id"], phone_number="207-555-0177")
    source.add(
        "contacts",
        customer_id=customer["id"],
        first_name="Ada",
        last_name="Late",
        is_primary=False,
    )
    edited = world.crm_row("persons", contact["id"])
    crm.human.edit("persons", edited["id"], name="Renamed by Hand")
    writes(world)
    done(project.run())
    sent = writes(world)
    assert len(sent) == 2, sent
    assert done(project.invoke("status", "--format", "json")).json()["window"]["opened_at"]

    amiss = done(project.invoke("reconcile", "--format", "json"), 3).json()
    assert [(one["object"], one["field"]) for one in amiss["differences"]] == [("person", "name")]
    assert writes(world) == []
    crm.human.edit("persons", edited["id"], name=edited["name"])
    assert done(project.invoke("reconcile", "--format", "json")).json()["clean"]


def jobs_of(world: World) -> int:
    return sum(1 for _ in world.sandbox.source.records("jobs"))


def there_before(before: dict[str, list[dict[str, Any]]]) -> set[tuple[str, int]]:
    """Records that were in the account before us and that we did not take over."""
    return {(name, row["id"]) for name in ("organizations", "notes") for row in before[name]}
