"""Approvals: what they are bound to, and what ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.memory import Memory
from tests.unit.stages.undoing import DOCUMENT

from crm_transforms.destination import FieldSpec, Identity
from crm_transforms.stages.approval import Approvals
from crm_transforms.stages.canonical_schema import present_schema, schema_differences, schema_hash
from crm_transforms.stages.sample import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.stages.undoing import Migration

CHOICES = DOCUMENT.replace(
    "grade: {type: text, value: grade}",
    """grade: {type: choice, options: [A, B], value: grade}
      mood: {type: choice, options: [good, bad], open: true, value: "'good'"}
      tier: {type: choice, options: {stream: items, value: code}, value: "'V-1'"}
      rank: {type: choice, open: true, value: "'first'"}""",
)


class Elsewhere(Memory):
    """Another account."""

    def identity(self) -> Identity:
        return Identity("memory:2", "Elsewhere", "")


@pytest.fixture
def approved(migration: Migration) -> Migration:
    """Sampled and approved."""
    migration.document = CHOICES
    Sampler(migration.work("sample"), "trial").run()
    approvals = Approvals(migration.work("approve"))
    assert approvals.sample is not None
    approvals.give(approvals.sample)
    return migration


def faults(migration: Migration) -> list[str]:
    return Approvals(migration.work("load")).faults()


def test_without_a_sample_there_is_nothing_to_approve(migration: Migration) -> None:
    approvals = Approvals(migration.work("approve"))
    assert approvals.sample is None
    assert approvals.why_no_sample() == ["there is no sample yet"]
    (fault,) = approvals.faults()
    assert "needs an approval, and Memory (memory:1) has none" in fault


def test_an_approval_says_who_gave_it_and_what_it_rests_on(approved: Migration) -> None:
    kept = approved.journal.get("approval.memory:1")
    sample = approved.journal.get("sample.memory:1")
    assert "@" in kept["by"]
    assert kept["account"] == {
        "id": "memory:1",
        "name": "Memory",
        "url": "https://memory.example",
    }
    assert kept["mapping_hash"] == sample["mapping_hash"]
    assert kept["schema_hash"] == sample["schema_hash"]
    assert kept["sample"] == {
        "account_id": "memory:1",
        "made_at": sample["made_at"],
        "diff_hash": sample["diff_hash"],
    }
    assert kept["chain_head"] == approved.journal.chain_head()


def test_it_holds_as_long_as_nothing_changes_and_also_once_all_is_loaded(
    approved: Migration,
) -> None:
    assert faults(approved) == []
    approved.load()
    assert faults(approved) == []
    approved.undo()
    assert faults(approved) == []


def test_what_data_and_people_add_beside_it_ends_nothing(approved: Migration) -> None:
    there = approved.there
    there.custom["companies"]["theirs"] = FieldSpec("theirs", "text", custom=True)
    there.custom["companies"]["mood"] = FieldSpec("mood", "choice", options=("good", "new"))
    approved.stage(items=[{"id": "i9", "name": "New", "code": "N-1", "price": "1"}])
    assert faults(approved) == []


CHANGES: dict[str, tuple[Callable[[Memory], Any], str]] = {
    "an option": (
        lambda there: there.custom["companies"].update(
            grade=FieldSpec("grade", "choice", options=("A", "B", "C"))
        ),
        "companies.grade: option 'C' is new",
    ),
    "a type": (
        lambda there: there.fields["companies"].update(city=FieldSpec("city", "long_text")),
        "companies.city: was text, is long_text",
    ),
    "a required field": (
        lambda there: there.custom["companies"].update(
            tax=FieldSpec("tax", "text", required=True, custom=True)
        ),
        "companies.tax is new",
    ),
    "a field that is required now": (
        lambda there: there.fields["companies"].update(
            city=FieldSpec("city", "text", required=True)
        ),
        "companies.city: is required now",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_accounts_fields_ends_it_and_is_named(
    approved: Migration, change: str
) -> None:
    make, said = CHANGES[change]
    make(approved.there)
    (fault,) = faults(approved)
    assert said in fault
    approvals = Approvals(approved.work("approve"))
    assert approvals.sample is None
    assert said in approvals.why_no_sample()[0]


def test_a_changed_mapping_ends_it(approved: Migration) -> None:
    approved.document = CHOICES.replace("city: city", "city: name")
    (fault,) = faults(approved)
    assert "the mapping has changed since" in fault
    assert Approvals(approved.work("approve")).why_no_sample() == [
        "the mapping has changed since the last sample, or that was not finished"
    ]


def test_it_holds_for_one_account_alone(approved: Migration) -> None:
    approved.there = Elsewhere()
    first, second = faults(approved)
    assert "Elsewhere (memory:2) has none" in first
    assert second == "the approval of Memory (memory:1) holds for that account alone"


def test_a_sample_from_elsewhere_serves_where_the_fields_are_the_same(
    approved: Migration,
) -> None:
    approved.there = Elsewhere()
    approvals = Approvals(approved.work("approve"))
    assert approvals.sample is not None
    approvals.give(approvals.sample)
    assert faults(approved) == []
    assert approved.journal.get("approval.memory:2")["sample"]["account_id"] == "memory:1"


def test_a_sample_that_came_out_otherwise_ends_it(approved: Migration) -> None:
    Sampler(approved.work("sample"), "trial").run()
    assert faults(approved) == []
    approved.stage(
        customers=[{"id": "c9", "name": "C 9", "city": "", "parent_id": "", "grade": "B"}]
    )
    Sampler(approved.work("sample"), "trial").run()
    (fault,) = faults(approved)
    assert "a sample was taken since and came out otherwise" in fault


def test_another_past_ends_it(approved: Migration) -> None:
    kept = approved.journal.get("approval.memory:1")
    approved.journal.put("approval.memory:1", {**kept, "chain_head": "ab" * 32})
    (fault,) = faults(approved)
    assert "the audit chain that it was given on is not this journal's" in fault


def test_the_schema_is_the_same_before_and_after_it_is_made(migration: Migration) -> None:
    migration.document = CHOICES
    before = present_schema(migration.work("look"))
    migration.load()
    after = present_schema(migration.work("look"))
    assert list(schema_differences(before, after)) == []
    assert schema_hash(before) == schema_hash(after)
    assert before["companies.grade"]["options"] == ["A", "B"]
    for name in ("mood", "tier", "rank"):
        assert "options" not in before[f"companies.{name}"]
