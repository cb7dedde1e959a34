"""Nothing is loaded that nobody approved, or that is no longer what was approved."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle import Crm, judge
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.world import Outcome, World

APPROVAL = 5


@pytest.fixture
def staged(fresh: World) -> World:
    """Everything is staged, by a mapping of its own; loads need an approval."""
    shipped = files("crm_transforms") / "mappings" / "kickserv_to_pipedrive.yml"
    own = fresh.folder / "own.yml"
    own.write_text(shipped.read_text())
    fresh.settings |= {"mapping": str(own), "require_approval": True}
    fresh.variables = {"MELTANO_ENVIRONMENT": "trial"}
    assert fresh.run(mode="stage").code == 0
    return fresh


@pytest.fixture
def approved(staged: World) -> World:
    """A sample was taken, looked at and approved."""
    done(staged.command("sample", "--size", "100"))
    done(staged.command("approve", "--yes"))
    return staged


@pytest.fixture
def elsewhere() -> Iterator[Sandbox]:
    """Another company's Pipedrive."""
    with Sandbox(seed=8, customers=1, oddities=False) as sandbox:
        yield sandbox


def done(outcome: Outcome, code: int = 0) -> Outcome:
    assert outcome.code == code, outcome.log + outcome.out
    return outcome


def refused(world: World, **settings: Any) -> str:
    """A load is refused and nothing is sent; what it says."""
    outcome = done(world.command("apply", **settings), APPROVAL)
    assert (outcome.writes, outcome.commits) == ([], ())
    return outcome.out


def change(world: World, old: str, new: str) -> None:
    """Change the mapping."""
    own: Path = world.folder / "own.yml"
    text = own.read_text()
    assert text.count(old) == 1
    own.write_text(text.replace(old, new))


def away(sandbox: Sandbox) -> dict[str, Any]:
    """Settings that lead to another company."""
    return {**sandbox.pipedrive, "fallback_owner": sandbox.crm.users[0]["email"]}


def test_a_load_waits_for_an_approval_and_says_how_to_come_by_it(staged: World) -> None:
    outcome = done(staged.run(), APPROVAL)

    assert outcome.writes == []
    assert outcome.state()["bookmarks"]
    said = " ".join(outcome.log.split())
    assert "this load needs an approval" in said
    assert "all is staged, nothing was sent" in said
    assert "next: `meltano invoke target-pipedrive:plan`" in said
    assert "then `meltano invoke target-pipedrive:sample`" in said
    assert "then `meltano invoke target-pipedrive:approve`" in said
    staged.variables = {}
    assert "`target-pipedrive-migration sample --here`" in refused(staged)


def test_without_a_sample_nothing_is_approved(staged: World) -> None:
    outcome = done(staged.command("approve", "--yes"), APPROVAL)

    assert outcome.writes == []
    assert "there is no sample yet" in outcome.log
    assert staged.command("approve").code == 2, "nobody is there to be asked"


def test_approved_it_loads_also_what_changes_later_and_after_a_rollback(approved: World) -> None:
    assert "next: `meltano invoke target-pipedrive:plan`" not in approved.command("status").out
    done(approved.command("apply"))
    assert approved.findings() == []
    customer = next(approved.sandbox.source.records("customers"))
    approved.sandbox.source.edit("customers", customer["id"], phone_number="207-555-0111")
    assert len(done(approved.run()).writes) == 1
    done(approved.command("rollback", "--yes"))
    done(approved.command("apply"))
    assert approved.findings() == []


def test_an_undone_sample_serves_as_well(staged: World) -> None:
    done(staged.command("sample"))
    done(staged.command("sample", "--undo"))
    told = json.loads(done(staged.command("approve", "--yes", "--format", "json")).out)
    assert "@" in told["approval"]["by"]
    done(staged.command("apply"))
    assert staged.findings() == []


def test_a_changed_mapping_is_not_what_was_approved(approved: World) -> None:
    change(approved, "    completed: won\n", "    completed: open\n")

    said = refused(approved)

    assert "no longer holds: the mapping has changed since" in said
    assert "target-pipedrive:sample" in said
    assert done(approved.command("approve", "--yes"), APPROVAL).writes == []
    done(approved.command("sample", "--size", "100"))
    done(approved.command("approve", "--yes"))
    done(approved.command("apply"))


def test_a_changed_field_is_not_what_was_approved_and_is_named(approved: World) -> None:
    human = approved.sandbox.crm.human
    code = approved.code("organizations", "ks_is_company")
    (first, *_) = approved.sandbox.crm.fields.of("organizations")[code]["options"]
    human.rename_option("organizations", code, first["id"], "Firm")

    said = " ".join(refused(approved).split())

    assert "the account's fields have changed: organizations.ks_is_company" in said
    assert "option 'Firm' is new" in said


def test_what_matters_to_nobody_ends_no_approval(approved: World) -> None:
    change(approved, "  currency: USD\n", "  currency: USD  # ours\n")
    approved.sandbox.crm.human.add_field("deals", "Gate code", "varchar")
    done(approved.command("apply"))
    assert approved.findings() == []


def test_an_approval_holds_for_no_other_company(approved: World, elsewhere: Sandbox) -> None:
    elsewhere.requests.clear()

    said = refused(approved, **away(elsewhere))

    assert "holds for that account alone" in said
    assert {request.method for request in elsewhere.requests} == {"GET"}


def test_a_sample_in_one_company_serves_an_approval_in_another(
    approved: World, elsewhere: Sandbox
) -> None:
    there = away(elsewhere)
    approved.variables = {"MELTANO_ENVIRONMENT": "prod"}
    told = json.loads(done(approved.command("approve", "--yes", "--format", "json", **there)).out)
    assert told["approval"]["account"]["id"] != told["approval"]["sample"]["account_id"]
    done(approved.command("apply", **there))
    crm = Crm(**elsewhere.pipedrive)
    assert [str(one) for one in judge(approved.truth(), crm)] == []


def test_differences_are_approved_only_with_open_eyes(staged: World) -> None:
    done(staged.command("sample", "--size", "100"))
    kept = json.loads(done(staged.command("sample", "--size", "100", "--format", "json")).out)
    person = next(one for one in kept["diff"] if one["object"] == "person")
    staged.sandbox.crm.human.edit("persons", int(person["destination_id"]), name="By hand")
    done(staged.command("sample", "--size", "100"), 3)

    outcome = done(staged.command("approve", "--yes"), APPROVAL)

    assert "1 field differs" in outcome.log
    assert "approve --accept-differences" in outcome.log
    assert "needs an approval" in refused(staged)
    done(staged.command("approve", "--yes", "--accept-differences"))
    done(staged.command("apply"))


def test_a_plain_loader_has_nothing_to_approve(fresh: World) -> None:
    fresh.settings = {"source": None, "require_approval": True}
    schema = {"type": "SCHEMA", "stream": "organizations", "key_properties": ["name"]}
    columns = {"properties": {"name": {"type": "string"}}}
    record = {"type": "RECORD", "stream": "organizations", "record": {"name": "Inn"}}
    lines = [json.dumps(one) for one in ({**schema, "schema": columns}, record)]

    outcome = done(fresh.load("\n".join([*lines, ""]).encode()), APPROVAL)

    assert outcome.writes == []
    assert "without a mapping there is nothing to approve" in " ".join(outcome.log.split())
