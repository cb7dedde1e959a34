"""A plan says what a load then does, what it costs, and what stays behind; it writes nothing."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from crm_transforms.journal import Journal
from tests.journeys.fixtures import FALLBACK
from tests.journeys.world import READS, World
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNTS = ("rejected", "waiting", "unchanged")


@pytest.fixture(scope="module")
def odd_sandbox() -> Iterator[Sandbox]:
    with Sandbox(customers=40, oddities=True) as sandbox:
        yield sandbox


@pytest.fixture
def odd(odd_sandbox: Sandbox, tmp_path: Path) -> World:
    """A business in which everything is that can be wrong, staged; an empty Pipedrive."""
    odd_sandbox.reset()
    settings = {"fallback_owner": FALLBACK}
    world = World(odd_sandbox, tmp_path, tmp_path / "files", settings=settings)
    assert world.load(world.extract(), mode="stage").code == 3
    return world


@pytest.fixture
def staged(fresh: World) -> World:
    """A few good customers, staged."""
    assert fresh.load(fresh.extract(), mode="stage").code == 0
    return fresh


def plan(world: World, code: int = 0) -> dict[str, Any]:
    outcome = world.command("plan", "--format", "json")
    assert outcome.code == code, outcome.log
    assert {request.method for request in outcome.requests} <= READS
    assert outcome.commits == ()
    return json.loads(outcome.out)


def counts(told: dict[str, Any]) -> dict[str, dict[str, int]]:
    """What a plan predicts, by object and without zeros."""
    verdicts = ("create", "update", "adopt", "unchanged", "rejected", "waiting")
    return {
        each["object"]: {name: each[name] for name in verdicts if each[name]}
        for each in told["objects"]
    }


def apply(world: World) -> dict[str, Any]:
    outcome = world.command("apply", "--format", "json")
    assert outcome.code in {0, 3}, outcome.log
    return json.loads(outcome.out)


def test_a_plan_predicts_just_what_a_load_then_does(odd: World) -> None:
    told = plan(odd)

    done = apply(odd)

    for each in told["objects"]:
        tally = done["objects"][each["object"]]
        assert each["create"] == tally["created"], each
        assert {name: each[name] for name in COUNTS} == {name: tally[name] for name in COUNTS}
    assert sum(each["rejected"] for each in told["objects"]) > 5
    assert sum(each["waiting"] for each in told["objects"]) > 5
    predicted = {(e["object"], e["rule"], e["code"]): 0 for e in told["rejects"]}
    for each in told["rejects"]:
        predicted[each["object"], each["rule"], each["code"]] += each["records"]
    objects = {each["object"] for each in told["objects"]}
    refused = {tuple(row[:3]): row[3] for row in done["rejects"] if row[0] in objects}
    assert predicted == refused
    missing = sum(len(each["missing"]) for each in told["schema"])
    assert missing == done["objects"]["schema"]["created"]


def test_a_plan_knows_what_a_load_costs(odd: World) -> None:
    told = plan(odd)["estimate"]

    spent = apply(odd)["spent"]

    assert told["tokens"] == pytest.approx(spent["tokens"], rel=0.1)
    assert told["calls"] == pytest.approx(spent["requests"], rel=0.1)
    assert told["budget_total"] > told["tokens"]
    assert 0 < told["days"] < 1


def test_a_small_load_is_estimated_as_well(staged: World) -> None:
    told = plan(staged)

    spent = apply(staged)["spent"]

    assert told["estimate"]["tokens"] == pytest.approx(spent["tokens"], rel=0.1)
    assert set(counts(told)["deal"]) == {"create"}
    assert told["rejects"] == []


def test_after_a_load_a_plan_says_that_all_is_there(world: World) -> None:
    told = plan(world)

    assert all(set(verdicts) == {"unchanged"} for verdicts in counts(told).values())
    assert all(not each["missing"] for each in told["schema"])
    assert told["estimate"]["tokens"] < 200
    assert told["estimate"]["files_bytes"] == 0
    assert told["inventory"]["files"]["count"] > 0


def test_after_edits_a_plan_says_what_they_come_to(world: World) -> None:
    source = world.sandbox.source
    customer, other = islice(source.records("customers"), 2)
    source.edit("customers", customer["id"], phone_number="207-555-0199")
    source.edit("customers", other["id"], pager="12")  # nothing that is mapped
    job = source.add("jobs", customer_id=customer["id"], name="New", status="won", total="1.0")
    source.add("notes", noteable_type="Job", noteable_id=job["id"], note="Mind the dog.")
    assert world.load(world.extract(), mode="stage").code == 0
    told = plan(world)

    assert counts(told)["organization"].get("update") == 1
    assert counts(told)["deal"].get("create") == 1
    assert counts(told)["note"].get("create") == 1

    done = apply(world)["objects"]
    for each in told["objects"]:
        tally = done[each["object"]]
        assert (each["create"], each["update"]) == (tally["created"], tally["updated"]), each


def test_without_the_journal_a_plan_recognises_what_is_ours(world: World) -> None:
    for path in world.folder.glob("journal.db*"):
        path.unlink()
    [line, *_] = world.sandbox.crm.tables["deal_products"]
    world.sandbox.crm.human.delete("deals", line["deal_id"])
    assert world.load(world.extract(), mode="stage").code == 0

    told = plan(world)

    done = apply(world)["objects"]
    assert counts(told)["deal"]["create"] == 1
    assert counts(told)["organization"] == {"adopt": done["organization"]["seen"]}
    for each in told["objects"]:
        tally = done[each["object"]]
        assert each["create"] == tally["created"], each
        assert each["adopt"] == tally["matched"] + tally["updated"], each


def test_known_rejects_stay_predicted_until_they_are_mended(odd: World) -> None:
    apply(odd)

    again = plan(odd)

    assert {name for verdicts in counts(again).values() for name in verdicts} == {
        "unchanged",
        "rejected",
        "waiting",
    }


def test_a_plan_finds_what_is_wrong_with_the_data(odd: World) -> None:
    told = plan(odd)

    found = {each["check"]: each for each in told["findings"]}
    assert found["contacts_without_email"]["records"] > 0
    assert found["rows that cannot be read"]["severity"] == "error"
    assert all(len(each["examples"]) <= 5 for each in told["findings"])
    order = [each["severity"] for each in told["findings"]]
    assert order == sorted(order, key=["error", "warning", "info"].index)
    streams = {each["stream"]: each for each in told["inventory"]["streams"]}
    assert streams["jobs"]["read_whole"] is True
    status = next(each for each in streams["jobs"]["columns"] if each["name"] == "status")
    assert sum(count for _, count in status["values"]) == streams["jobs"]["records"]


def test_a_plan_tells_who_owns_what(staged: World) -> None:
    people = plan(staged)["people"]

    assert people["counts"] == {"matched": 6, "unmatched": 6, "ambiguous": 1, "inactive": 1}
    assert people["fallback"]["email"] == FALLBACK
    assert len(people["rows"]) == 14
    assert people["rows"][0]["verdict"] != "matched"


def test_a_plan_is_kept_for_the_report(staged: World) -> None:
    told = plan(staged)

    account = told["account"]["id"]
    url = staged.target["journal"]
    with Journal.open(url, source="kickserv", target="pipedrive", create=False) as journal:
        assert journal.get(f"plan.{account}") == told
    assert set(told) == {
        "account", "compatibility", "complexity", "estimate", "findings", "gotchas", "inventory",
        "left_behind", "made_at", "mapping_hash", "not_restorable", "objects", "order", "people",
        "rejects", "schema",
    }  # fmt: skip
    order = {each["object"]: each for each in told["order"]}
    assert order["line"]["after"] == ["item", "free_line", "deal"]
    assert order["organization"]["deferred"] == ["ks_parent"]


def test_for_people_a_plan_is_short_and_ends_with_the_next_command(odd: World) -> None:
    outcome = odd.command("plan")

    assert outcome.code == 0, outcome.log
    lines = outcome.out.splitlines()
    assert len(lines) < 70
    assert "nothing was written" in lines[0]
    assert lines[-1] == "next: target-pipedrive-migration apply"
    for word in ("would not land", "people:", "schema:", "cost:", "findings:", "gotchas"):
        assert word in outcome.out


def test_what_does_not_move_is_written_down(odd: World, tmp_path: Path) -> None:
    path = tmp_path / "rebuild.md"

    outcome = odd.command("plan", "--rebuild-inventory", str(path))

    assert outcome.code == 0, outcome.log
    text = path.read_text()
    assert text.startswith("# What does not move from kickserv to pipedrive")
    assert "## Automations" in text
    assert "| Rights | records |" in text
    assert "## Records that would be refused" in text


def test_a_field_of_another_type_makes_a_plan_fail_and_say_so(staged: World) -> None:
    staged.sandbox.crm.human.add_field("deals", "ks_total", "varchar")

    outcome = staged.command("plan")

    assert outcome.code == 1
    assert "CONFLICT: deals.ks_total is text there and decimal in the mapping" in outcome.out
    told = plan(staged, code=1)
    assert set(counts(told)["deal"]) == {"create"}
    schema = staged.command("schema", "--format", "json")
    assert schema.code == 1
    states = {row["name"]: row["state"] for row in json.loads(schema.out)["fields"]}
    assert states["ks_total"] == "conflict: text there"


def test_a_field_that_no_account_can_have_makes_a_plan_fail_and_say_where(
    staged: World, tmp_path: Path
) -> None:
    shipped = (files("crm_transforms") / "mappings" / "kickserv_to_pipedrive.yml").read_text()
    path = tmp_path / "changed.yml"
    wanted = "ks_scheduled_date: {type: date"
    assert wanted in shipped
    path.write_text(shipped.replace(wanted, f"{wanted}time"))

    outcome = staged.command("plan", mapping=str(path))

    assert outcome.code == 1
    assert "no custom field of type datetime" in outcome.out
    assert "changed.yml:" in outcome.out


def test_without_anything_staged_there_is_nothing_to_plan(fresh: World) -> None:
    outcome = fresh.command("plan")

    assert outcome.code == 1
    assert "journal" in outcome.log


def test_the_schema_can_be_listed_and_made_alone(staged: World) -> None:
    listed = staged.command("schema", "--format", "json")
    assert listed.code == 0, listed.log
    assert listed.commits == ()
    missing = [row for row in json.loads(listed.out)["fields"] if row["state"] == "missing"]
    assert len(missing) > 50

    made = staged.command("schema", "--apply", "--format", "csv")

    assert made.code == 0, made.log
    assert {commit.object for commit in made.commits} <= {
        "organizationFields", "personFields", "productFields", "dealFields",
    }  # fmt: skip
    assert made.out.count(",made,") == len(missing)
    again = staged.command("schema", "--apply", "--format", "json")
    assert again.commits == ()
    assert {row["state"] for row in json.loads(again.out)["fields"]} == {"there"}
    told = plan(staged)
    assert set(counts(told)["deal"]) == {"create"}
    done = apply(staged)
    assert "schema" not in done["objects"]
    assert staged.findings() == []


def test_an_estimate_needs_counts_and_nothing_else(fresh: World) -> None:
    no_account = {"api_token": None, "api_url": None, "journal": None}
    outcome = fresh.command(
        "estimate", "--count", "jobs=20000", "--count", "job_charges=30000", "--format", "json",
        **no_account,
    )  # fmt: skip

    assert outcome.code == 0, outcome.log
    told = json.loads(outcome.out)
    objects = {each["object"]: each for each in told["objects"]}
    assert (objects["deal"]["records"], objects["deal"]["tokens"]) == (20_000, 100_000)
    assert objects["line"]["calls"] == 20_000
    assert told["budget_total"] == 30_000
    assert told["days"] > 5
    assert outcome.requests == ()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "nothing is counted"),
        (("--count", "jobs"), "NAME=NUMBER is wanted"),
        (("--count", "jbos=3"), "the mapping knows no 'jbos'"),
    ],
)
def test_an_estimate_of_nothing_is_a_usage_error(
    fresh: World, flags: tuple[str, ...], words: str
) -> None:
    outcome = fresh.command("estimate", *flags)

    assert outcome.code == 2
    assert words in outcome.log


def test_an_estimate_of_what_is_staged_is_near_the_plan(staged: World) -> None:
    told = plan(staged)["estimate"]

    outcome = staged.command("estimate", "--from-journal", "--format", "json")

    assert outcome.code == 0, outcome.log
    counted = json.loads(outcome.out)
    assert counted["tokens"] == pytest.approx(told["tokens"], rel=0.25)
