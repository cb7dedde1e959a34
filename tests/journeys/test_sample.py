"""A sample is small, whole in itself, the same each time, and told field by field."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from crm_transforms.mapping import Mapping
from tests.journeys.fixtures import CUSTOMERS, FALLBACK
from tests.journeys.world import World
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.world import Outcome

SIZE = 150
OBJECTS = {
    "organization", "person", "service", "item", "free_line", "deal", "line", "activity", "note",
    "note_image", "attachment", "signature",
}  # fmt: skip


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """Some customers, and what the tap says of them."""
    folder = tmp_path_factory.mktemp("business")
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        yield sandbox, World(sandbox, folder, folder / "files").extract()


@pytest.fixture
def staged(business: tuple[Sandbox, Path], tmp_path: Path) -> World:
    """Everything is staged, for a trial account that is in use."""
    sandbox, singer = business
    sandbox.reset()
    settings, trial = {"fallback_owner": FALLBACK}, {"MELTANO_ENVIRONMENT": "trial"}
    world = World(sandbox, tmp_path, singer.parent / "files", settings=settings, variables=trial)
    human = sandbox.crm.human
    human.note("Called about the roof.", org_id=human.create("organizations", name="Old one")["id"])
    assert world.load(singer, mode="stage").code == 0
    return world


def sample(world: World, *flags: str, code: int = 0) -> dict[str, Any]:
    outcome = world.command("sample", "--size", str(SIZE), "--format", "json", *flags)
    assert outcome.code == code, outcome.log + outcome.out
    return json.loads(outcome.out)


def told(report: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every record with each of its fields."""
    for record in report["diff"]:
        for field in record["fields"]:
            yield record, field


def there(world: World) -> Counter[str]:
    crm = world.sandbox.crm
    return Counter({name: len(list(rows)) for name, rows in crm.snapshot().items()})


def test_it_has_some_of_every_object_and_all_that_they_refer_to(staged: World) -> None:
    report = sample(staged)

    assert report["records"].keys() == OBJECTS
    assert all(report["records"].values())
    assert SIZE * 0.8 < sum(report["records"].values()) <= SIZE
    keys = {f"{one['object']} {one['key']}" for one in report["diff"]}
    referred = [
        field["mapped"]
        for _, field in told(report)
        if isinstance(field["mapped"], str)
        and field["field"] in {"org_id", "deal_id", "person_id", "product_id", "ks_parent"}
    ]
    assert len(referred) > SIZE / 2
    assert set(referred) <= keys
    states = {field["mapped"] for _, field in told(report) if field["field"] == "ks_job_status"}
    known = Mapping.load("kickserv_to_pipedrive").values["job_status"]
    jobs = staged.sandbox.source.records("jobs")
    assert states == {known.look_up(job["status"]) for job in jobs}


def test_every_field_is_told_from_the_source_to_what_is_held(staged: World) -> None:
    report = sample(staged)

    assert report["rejects"] == []
    assert report["counts"]["different"] == report["counts"]["missing"] == 0
    assert sum(report["counts"].values()) == sum(1 for _ in told(report))
    found = {(record["object"], field["field"]): field for record, field in told(report)}
    title = found["deal", "title"]
    assert (title["source"]["name"], title["verdict"]) == (title["held"], "equal")
    file = found["attachment", "file"]
    assert (file["verdict"], file["reason"]) == (
        "normalised",
        "a file is known there by its name and size",
    )
    owners = [field for _, field in told(report) if field["field"] == "owner_id"]
    assert any("(fallback owner)" in str(one["mapped"]) for one in owners)
    assert report["diff"][0]["place"].startswith("crm_transforms/mappings/")


def test_the_same_seed_gives_the_same_and_undone_nothing_of_it_stays(staged: World) -> None:
    before = staged.sandbox.crm.snapshot()
    first = sample(staged)
    again = staged.command("sample", "--size", str(SIZE))
    assert (again.code, again.writes) == (0, [])

    outcome = staged.command("sample", "--undo")

    assert outcome.code == 0, outcome.log + outcome.out
    assert staged.sandbox.crm.snapshot() == before
    anew = sample(staged)
    assert (anew["rows"], anew["diff_hash"]) == (first["rows"], first["diff_hash"])
    assert sample(staged, "--seed", "2")["rows"] != first["rows"]


def test_the_load_adopts_it_and_makes_nothing_twice(staged: World) -> None:
    report = sample(staged)
    before = there(staged)

    outcome = staged.command("apply", "--format", "json")

    assert outcome.code == 0, outcome.log
    made = {name: one["created"] for name, one in json.loads(outcome.out)["objects"].items()}
    jobs = sum(1 for _ in staged.sandbox.source.records("jobs"))
    assert made["deal"] == jobs - report["records"]["deal"] > 0
    assert there(staged)["deals"] - before["deals"] == made["deal"]
    others = {
        ("organizations", row["id"])
        for row in staged.sandbox.crm.tables["organizations"]
        if row["name"] == "Old one"
    }
    others |= {
        ("notes", row["id"])
        for row in staged.sandbox.crm.tables["notes"]
        if row["content"] == "Called about the roof."
    }
    assert staged.findings(others=others) == []
    assert staged.command("apply").writes == []


def test_what_somebody_changed_meanwhile_is_different_and_shown(staged: World) -> None:
    report = sample(staged)
    one = next(one for one in report["diff"] if one["object"] == "person")
    staged.sandbox.crm.human.edit("persons", int(one["destination_id"]), name="By hand")

    outcome = staged.command("sample", "--size", str(SIZE))

    assert outcome.code == 3
    assert "1 field not as mapped" in outcome.out
    assert f"person {one['key']}" in outcome.out
    assert "By hand" in outcome.out
    rows = list(csv.DictReader(io.StringIO(_csv(staged).out)))
    (different,) = [row for row in rows if row["verdict"] == "different"]
    assert (different["field"], different["held"]) == ("name", "By hand")
    assert len(rows) == sum(report["counts"].values())


def _csv(world: World) -> Outcome:
    return world.command("sample", "--size", str(SIZE), "--format", "csv")


def test_in_an_account_in_use_it_needs_a_word(staged: World) -> None:
    for environment in ({}, {"MELTANO_ENVIRONMENT": "prod"}):
        staged.variables = environment
        refused = staged.command("sample")
        assert (refused.code, refused.requests) == (2, ())
        assert "--here" in refused.log

    outcome = staged.command("sample", "--size", "1", "--here")

    assert outcome.code == 0, outcome.log
    assert "the account in use: the load will adopt its records" in outcome.log
    assert "a sample has 100 to 500 records" in outcome.log


def test_without_anything_staged_there_is_nothing_to_sample(fresh: World) -> None:
    fresh.load(b"", mode="stage")
    outcome = fresh.command("sample", "--here")
    assert outcome.code == 1
    assert "nothing is staged" in outcome.log


def test_a_sample_that_the_budget_cuts_short_goes_on_the_next_day(staged: World) -> None:
    crm = staged.sandbox.crm
    crm.daily_budget = 900
    days = [staged.command("sample", "--size", str(SIZE))]
    while days[-1].code == 4 and len(days) < 9:
        crm.next_day()
        days.append(staged.command("sample", "--size", str(SIZE)))

    assert len(days) > 1
    assert days[-1].code == 0, days[-1].log
    staged.sandbox.crm.daily_budget = 1_000_000
    report = sample(staged)
    assert len(report["run_ids"]) == len(days) + 1
    assert there(staged)["deals"] == report["records"]["deal"]
