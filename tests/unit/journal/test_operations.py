"""Operations and their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.journal.samples import ACCOUNT, body, create, intend, jobs

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import Decision, Intent, JournalError, Link, OperationRecord, Reject

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def landed(number: int, destination_id: str | None = "9", **more: Any) -> Decision:
    return Decision(number, Status.LANDED, destination_id, **more)


def update(key: str, **more: Any) -> Intent:
    given = {
        "destination_id": "9",
        "fields": b'{"name": "b"}',
        "before": b'{"name": "a", "id": 9}',
        "after": b'{"name": "b", "id": 9}',
        "input_fp": b"j" * 16,
        "desired_fp": b"e" * 16,
    }
    return Intent("deal", "deals", Kind.UPDATE, key, **(given | more))


def link(journal: Journal, key: str = "1") -> Link | None:
    return journal.links("deal", ACCOUNT, [key]).get(key)


def open_numbers(journal: Journal, identity: str = ACCOUNT) -> list[int]:
    return [operation.id for operation in journal.open_operations(identity)]


def test_an_intent_is_open_with_all_that_was_known_when_it_was_made(journal: Journal) -> None:
    run_id = journal.begin_run("load", "mapping", ACCOUNT)
    marks = {"deals": "100", "notes": "5"}
    numbers = journal.intend(run_id, ACCOUNT, [create("1"), update("2")], marks)
    first, second = journal.open_operations(ACCOUNT)
    assert [first.id, second.id] == numbers
    assert (first.run_id, first.identity, first.marks) == (run_id, ACCOUNT, marks)
    assert (first.object, first.target, first.kind) == ("deal", "deals", Kind.CREATE)
    assert (first.key, first.destination_id, first.action, first.handle) == ("1", None, None, None)
    assert (first.fields, first.before, first.after) == (body("1"), None, body("1"))
    assert (first.status, first.decided_at) == (None, None)
    expected = update("2")
    assert (second.fields, second.before, second.after) == (
        expected.fields,
        expected.before,
        expected.after,
    )
    assert (second.input_fp, second.desired_fp) == (b"j" * 16, b"e" * 16)


def test_intents_without_marks_and_no_intents_at_all(journal: Journal) -> None:
    run_id = journal.begin_run("load", "mapping", ACCOUNT)
    assert journal.intend(run_id, ACCOUNT, [], {"deals": "1"}) == []
    journal.intend(run_id, ACCOUNT, [create("1")], {})
    (operation,) = journal.open_operations(ACCOUNT)
    assert operation.marks == {}


def test_numbers_rise_in_the_order_of_intent(journal: Journal) -> None:
    first = intend(journal, [create("b"), create("a")])
    second = intend(journal, [create("c")])
    assert first + second == sorted(first + second)
    assert [operation.key for operation in journal.open_operations(ACCOUNT)] == ["b", "a", "c"]


def test_a_handle_is_kept_for_those_that_it_covers(journal: Journal) -> None:
    numbers = intend(journal, [create(key) for key in "abc"])
    journal.handle(numbers[:2], "job-7")
    assert [operation.handle for operation in journal.open_operations(ACCOUNT)] == [
        "job-7",
        "job-7",
        None,
    ]


def test_open_operations_belong_to_their_destination(journal: Journal) -> None:
    here = intend(journal, [create("1")])
    there = intend(journal, [create("1")], "trial")
    assert open_numbers(journal) == here
    assert open_numbers(journal, "trial") == there


def test_many_open_operations_can_be_decided_while_they_are_listed(journal: Journal) -> None:
    numbers = intend(journal, [create(key) for key, _, _ in jobs(2500)])
    met = []
    for operation in journal.open_operations(ACCOUNT):
        met.append(operation.id)
        if operation.id % 500 == 0:
            journal.decide([landed(number, str(number)) for number in met])
    assert met == numbers


def test_a_landed_create_is_a_link_of_ours(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    journal.decide([landed(number, "77")])
    assert link(journal) == Link("deal", "1", "77", "created", b"i" * 16, b"d" * 16, number)
    assert open_numbers(journal) == []


def test_a_create_that_was_adopted_says_so(journal: Journal) -> None:
    (number,) = intend(journal, [create("1", origin="adopted")])
    journal.decide([landed(number)])
    found = link(journal)
    assert found is not None
    assert found.origin == "adopted"


def test_a_landed_update_moves_the_link_and_keeps_its_origin(journal: Journal) -> None:
    journal.link_matched("deal", ACCOUNT, [("1", "9", b"old")])
    (number,) = intend(journal, [update("1")])
    journal.decide([landed(number, None)])
    assert link(journal) == Link("deal", "1", "9", "matched", b"j" * 16, b"e" * 16, number)


def test_a_record_that_is_created_again_is_ours_under_its_new_id(journal: Journal) -> None:
    journal.link_matched("deal", ACCOUNT, [("1", "9", b"old")])
    (number,) = intend(journal, [create("1")])
    journal.decide([landed(number, "10")])
    found = link(journal)
    assert found is not None
    assert (found.destination_id, found.origin) == ("10", "created")


def test_a_landed_delete_takes_the_link_away(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    journal.decide([landed(number)])
    (removal,) = intend(journal, [Intent("deal", "deals", Kind.DELETE, "1", "9")])
    journal.decide([landed(removal, None)])
    assert link(journal) is None


def test_an_action_leaves_the_link_as_it_is(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    journal.decide([landed(number)])
    before = link(journal)
    (action,) = intend(journal, [Intent("deal", "deals", Kind.ACT, "1", "9", action="won")])
    journal.decide([landed(action)])
    assert link(journal) == before


def test_of_two_operations_on_a_record_in_one_batch_the_later_rules(journal: Journal) -> None:
    first, second, third = intend(
        journal,
        [create("1"), update("1"), Intent("deal", "deals", Kind.DELETE, "2", "5")],
    )
    journal.link_matched("deal", ACCOUNT, [("2", "5", None)])
    journal.decide([landed(third, None), landed(second, None), landed(first, "9")])
    assert link(journal) == Link("deal", "1", "9", "created", b"j" * 16, b"e" * 16, second)
    assert link(journal, "2") is None


@pytest.mark.parametrize("status", [Status.REFUSED, Status.ABSENT, Status.UNKNOWN])
def test_what_did_not_land_is_not_linked(journal: Journal, status: Status) -> None:
    (number,) = intend(journal, [create("1")])
    journal.decide([Decision(number, status, code="CODE", message="words", fields=("name",))])
    assert link(journal) is None
    (kept,) = journal.operations()
    assert (kept.status, kept.code, kept.message, kept.fault_fields) == (
        status,
        "CODE",
        "words",
        ("name",),
    )
    assert open_numbers(journal) == ([number] if status is Status.UNKNOWN else [])


def test_what_is_unknown_can_still_turn_out_to_have_landed(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    journal.decide([Decision(number, Status.UNKNOWN, code="TIMEOUT")])
    (operation,) = journal.open_operations(ACCOUNT)
    assert (operation.status, operation.marks) == (Status.UNKNOWN, {"deals": "100"})
    journal.decide([landed(number, "77")])
    found = link(journal)
    assert found is not None
    assert found.destination_id == "77"
    (kept,) = journal.operations()
    assert (kept.status, kept.code) == (Status.LANDED, "")


def test_the_same_verdict_again_changes_nothing(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    journal.decide([landed(number)])
    head = journal.chain_head()
    journal.decide([landed(number), landed(number)])
    assert journal.chain_head() == head
    assert journal.verify_chain().length == 1


def test_another_verdict_is_refused_with_its_whole_batch(journal: Journal) -> None:
    first, second = intend(journal, [create("1"), create("2")])
    journal.decide([landed(first)])
    with pytest.raises(JournalError, match="decided already: landed, not refused"):
        journal.decide([landed(second), Decision(first, Status.REFUSED)])
    assert link(journal, "2") is None
    assert open_numbers(journal) == [second]


def test_an_unheard_of_operation_cannot_be_decided(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    with pytest.raises(JournalError, match=f"no operation {number + 1}"):
        journal.decide([landed(number), landed(number + 1)])
    assert open_numbers(journal) == [number]


def test_a_record_cannot_land_without_an_id(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    with pytest.raises(JournalError, match=r"create deal '1'.* nobody said under which id"):
        journal.decide([landed(number, None)])
    assert open_numbers(journal) == [number]


def test_a_verdict_brings_its_reject_and_landing_takes_it_away(journal: Journal) -> None:
    first, other = intend(journal, [create("1"), create("2")])
    refused = Reject("load", "jobs", "deal", "1", rule="api", code="400", identity=ACCOUNT)
    journal.decide([Decision(first, Status.REFUSED, reject=refused), landed(other)])
    assert list(journal.rejected("deal", ACCOUNT, ["1", "2"])) == ["1"]
    (again,) = intend(journal, [create("1")])
    journal.decide([landed(again)])
    assert journal.rejected("deal", ACCOUNT, ["1", "2"]) == {}


def test_an_api_may_say_what_it_likes(journal: Journal) -> None:
    (number,) = intend(journal, [create("1")])
    words = "nul \0, half \ud800, whole 🛠"
    journal.decide([Decision(number, Status.REFUSED, code=words, message=words, fields=(words,))])
    (kept,) = journal.operations()
    assert kept.message == kept.code == "nul \\x00, half \\ud800, whole 🛠"
    assert journal.verify_chain().is_valid


def keys(page: list[OperationRecord]) -> list[str]:
    return [operation.key for operation in page]


def test_operations_are_listed_by_run_object_and_page(journal: Journal) -> None:
    intend(journal, [create("1"), create("2")])
    intend(journal, [create("3"), Intent("note", "notes", Kind.CREATE, "4")], "trial")
    assert keys(journal.operations()) == ["1", "2", "3", "4"]
    assert keys(journal.operations(run_id=2)) == ["3", "4"]
    assert keys(journal.operations(object="deal")) == ["1", "2", "3"]
    assert keys(journal.operations(identity="trial", object="deal")) == ["3"]
    first = journal.operations(limit=3)
    assert keys(journal.operations(after_id=first[-1].id)) == ["4"]
    last = journal.operations(newest_first=True, limit=3)
    assert keys(last) == ["4", "3", "2"]
    assert keys(journal.operations(newest_first=True, after_id=last[-1].id)) == ["1"]


def test_what_was_written_is_found_by_operation(journal: Journal) -> None:
    numbers = intend(journal, [create("1"), update("2"), update("3", after=None)])
    assert journal.after_image([*numbers, 999]) == {
        numbers[0]: body("1"),
        numbers[1]: b'{"name": "b", "id": 9}',
    }


def test_a_key_that_no_database_stores_is_not_intended(journal: Journal) -> None:
    with pytest.raises(JournalError, match="holds a NUL"):
        intend(journal, [create("1"), create("\0")])
    assert open_numbers(journal) == []
