"""The walk by commands: plan, fields for an administrator, sample, approval, load."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.salesforce.world import OrgWorld

APPROVAL = 5


@pytest.fixture
def staged_org(fresh_org: OrgWorld) -> OrgWorld:
    """Everything is staged; loads need an approval."""
    fresh_org.settings |= {"require_approval": True}
    fresh_org.variables = {"MELTANO_ENVIRONMENT": "trial"}
    assert fresh_org.load_all(mode="stage").code == 0
    return fresh_org


def told(world: OrgWorld, verb: str, *flags: str, code: int = 0) -> Any:
    outcome = world.command(verb, *flags, "--format", "json")
    assert outcome.code == code, outcome.log + outcome.out
    return json.loads(outcome.out)


def test_a_plan_keeps_its_word_nothing_goes_unapproved_and_a_sample_is_adopted(
    staged_org: OrgWorld,
) -> None:
    planning = staged_org.command("plan", "--format", "json")
    assert (planning.code, planning.writes, planning.commits) == (0, [], ()), planning.log
    planned = {one["object"]: one["create"] for one in json.loads(planning.out)["objects"]}
    refused = staged_org.command("apply")
    assert (refused.code, refused.writes) == (APPROVAL, [])

    sample = told(staged_org, "sample", "--size", "120")
    assert sample["counts"]["different"] == sample["counts"]["missing"] == 0
    assert sample["rejects"] == []
    assert staged_org.command("approve", "--yes").code == 0
    cases = {row["Id"] for row in staged_org.rows("Case")}

    outcome = staged_org.command("apply")

    assert outcome.code == 0, outcome.log
    assert cases < {row["Id"] for row in staged_org.rows("Case")}
    assert staged_org.findings() == []
    assert told(staged_org, "reconcile")["clean"]
    people = ("technician", "contact", "customer_contact")
    there = [len(staged_org.rows(name)) for name in ("Case", "Order", "Contact")]
    assert there == [planned["job"], planned["order"], sum(map(planned.__getitem__, people))]


def test_an_administrator_gets_files_to_deploy(staged_org: OrgWorld, tmp_path: Path) -> None:
    folder = tmp_path / "package"

    outcome = staged_org.command("schema", "--package", str(folder))

    assert outcome.code == 0, outcome.log + outcome.out
    assert outcome.writes == []
    assert {"package.xml", "deploy.zip", "fields.csv"} <= {one.name for one in folder.iterdir()}
    members = (folder / "package.xml").read_text()
    assert "<members>Account.Kickserv_Id__c</members>" in members
    assert "<members>Payment__c</members>" in members
