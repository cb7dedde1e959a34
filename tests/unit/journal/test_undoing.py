"""The journal read backwards: what a rollback asks of it, and what it notes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.journal.samples import ACCOUNT, create, intend

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import UNDO, Decision, Intent, Reject
from crm_transforms.journal.undoing import Extent

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def land(journal: Journal, *intents: Intent, identity: str = ACCOUNT) -> list[int]:
    """A run carries these out; their numbers."""
    numbers = intend(journal, intents, identity)
    ids = [intent.destination_id or f"id-{intent.key}" for intent in intents]
    verdicts = zip(numbers, ids, strict=True)
    journal.decide([Decision(number, Status.LANDED, id_) for number, id_ in verdicts])
    return numbers


def change(key: str, kind: Kind = Kind.UPDATE, **more: Any) -> Intent:
    given = {
        "destination_id": f"id-{key}",
        "fields": b'{"name":"new"}',
        "before": b'{"name":"old"}',
    }
    return Intent("deal", "deals", kind, key, **(given | more))


def undo(key: str, kind: Kind = Kind.DELETE, **more: Any) -> Intent:
    return change(key, kind, action=UNDO, **more)


def last_run(journal: Journal) -> int:
    return journal.runs()[-1].id


def test_operations_come_newest_first_and_a_page_at_a_time(journal: Journal) -> None:
    numbers = land(journal, *map(create, "abcde"))
    land(journal, change("a"))
    land(journal, create("z"), identity="elsewhere")
    place = (ACCOUNT, "deal", "deals", Kind.CREATE)
    first = journal.operations_back(*place, limit=3)
    rest = journal.operations_back(*place, before_id=first[-1].id, limit=3)
    assert [[op.id for op in page] for page in (first, rest)] == [numbers[:1:-1], numbers[1::-1]]
    assert journal.operations_back(*place, before_id=numbers[0]) == []


def test_of_some_runs_only_theirs_come(journal: Journal) -> None:
    land(journal, create("a"))
    (second,) = land(journal, create("b"))
    runs = [last_run(journal)]
    found = journal.operations_back(ACCOUNT, "deal", "deals", Kind.CREATE, runs=runs)
    assert [op.id for op in found] == [second]


def test_an_operation_is_undone_once_what_undoes_it_has_landed(journal: Journal) -> None:
    first, second = land(journal, create("a"), create("b"))
    (number,) = intend(journal, [undo("a", undoes=first)])
    assert journal.undone([first, second]) == frozenset()
    journal.decide([Decision(number, Status.LANDED)])
    assert journal.undone([first, second]) == {first}
    (operation,) = journal.operations(after_id=second)
    assert (operation.action, operation.undoes) == (UNDO, first)
    assert journal.verify_chain().is_valid


def test_what_was_written_is_listed_the_latest_first(journal: Journal) -> None:
    land(journal, create("a"), Intent("note", "notes", Kind.CREATE, "n"))
    land(journal, create("b"))
    journal.link_matched("owner", ACCOUNT, [("o", "9", None)])
    assert journal.written_objects(ACCOUNT) == [("deal", "deals"), ("note", "notes")]
    assert journal.linked_objects(ACCOUNT) == ["deal", "note", "owner"]
    assert journal.written_objects("elsewhere") == journal.linked_objects("elsewhere") == []


def test_how_much_there_is_to_take_back(journal: Journal) -> None:
    land(journal, *map(create, "abc"))
    land(journal, change("d", origin="adopted"))
    journal.link_matched("deal", ACCOUNT, [("e", "9", None)])
    assert journal.undo_extent(ACCOUNT) == {"deal": Extent(3, 1, 1)}
    assert journal.undo_extent("elsewhere") == {}


def test_how_much_one_run_did_that_still_stands(journal: Journal) -> None:
    land(journal, create("a"), create("b"))
    first = last_run(journal)
    land(journal, create("c"), change("c"), change("a"))
    second = last_run(journal)
    assert journal.undo_extent(ACCOUNT, [first]) == {"deal": Extent(2, 0)}
    assert journal.undo_extent(ACCOUNT, [second]) == {"deal": Extent(1, 1)}
    assert journal.undo_extent(ACCOUNT, [first, second]) == {"deal": Extent(3, 0)}
    land(journal, undo("c"))
    assert journal.undo_extent(ACCOUNT, [second]) == {"deal": Extent(0, 1)}


def test_what_a_rollback_did_is_counted_by_record(journal: Journal) -> None:
    land(journal, create("a"), create("b"), create("c"))
    land(journal, undo("a"), undo("b"))
    since = last_run(journal)
    land(journal, undo("c", Kind.UPDATE))
    land(journal, undo("c", Kind.UPDATE))
    assert journal.undo_counts(ACCOUNT, since) == {"deal": {Kind.DELETE: 2, Kind.UPDATE: 1}}
    assert journal.undo_counts(ACCOUNT, since + 1) == {"deal": {Kind.UPDATE: 1}}


def test_what_is_released_is_linked_and_rejected_no_longer(journal: Journal) -> None:
    land(journal, create("a"), create("b"))
    journal.reject([Reject("conflict", object="deal", key="a", identity=ACCOUNT)])
    journal.release("deal", ACCOUNT, ["a"])
    journal.release("deal", ACCOUNT, [])
    assert set(journal.links("deal", ACCOUNT, ["a", "b"])) == {"b"}
    assert journal.rejects() == []


def test_removals_of_a_rollback_wait_to_be_read_back_and_no_others(journal: Journal) -> None:
    land(journal, create("a"), create("b"), create("c"))
    first, _ = land(journal, undo("a"), change("b", Kind.DELETE))
    (second,) = land(journal, undo("c", Kind.UPDATE))
    waiting = journal.unconfirmed_undoing(ACCOUNT, "deal")
    assert [op.id for op in waiting] == [first, second]
    assert [op.id for op in journal.unconfirmed_undoing(ACCOUNT, "deal", first)] == [second]
    journal.confirm([first, second], [])
    assert journal.unconfirmed_undoing(ACCOUNT, "deal") == []


def test_nothing_waits_to_be_read_back_of_records_that_are_gone(journal: Journal) -> None:
    land(journal, create("a"))
    (kept,) = land(journal, create("b"))
    land(journal, undo("a"))
    journal.forget_unlinked(ACCOUNT)
    assert [op.id for op in journal.unconfirmed(ACCOUNT, "deal")] == [kept]


def test_restoring_clears_what_was_rejected_but_not_what_the_rollback_kept(
    journal: Journal,
) -> None:
    land(journal, create("a"), create("b"))
    journal.reject(
        [
            Reject("conflict", object="deal", key="a", identity=ACCOUNT),
            Reject(UNDO, object="deal", key="b", identity=ACCOUNT),
        ]
    )
    land(journal, undo("a", Kind.UPDATE), undo("b", Kind.UPDATE))
    assert [(one.stage, one.key) for one in journal.rejects()] == [(UNDO, "b")]
    land(journal, undo("b"))
    assert journal.rejects() == []


def test_a_restored_record_is_planned_anew(journal: Journal) -> None:
    land(journal, create("a"))
    (number,) = land(journal, undo("a", Kind.UPDATE, after=b'{"name":"old"}'))
    link = journal.links("deal", ACCOUNT, ["a"])["a"]
    assert (link.origin, link.input_fp, link.desired_fp) == ("created", None, None)
    assert journal.after_image([link.operation_id or 0]) == {number: b'{"name":"old"}'}


def test_the_removal_of_another_record_leaves_the_link_of_its_key(journal: Journal) -> None:
    land(journal, create("a"))
    before = journal.links("deal", ACCOUNT, ["a"])
    land(journal, change("a", Kind.DELETE, destination_id="late", action="late duplicate"))
    assert journal.links("deal", ACCOUNT, ["a"]) == before


def test_a_record_found_late_is_linked_with_the_operation_that_made_it(journal: Journal) -> None:
    (number,) = intend(journal, [create("a")])
    journal.decide([Decision(number, Status.ABSENT)])
    ours = ("a", "9", None)
    journal.link_matched("deal", ACCOUNT, [ours], origin="created", operation_id=number)
    assert journal.links("deal", ACCOUNT, ["a"])["a"].operation_id == number


def test_rejects_of_one_stage_are_cleared_together(journal: Journal) -> None:
    journal.reject(
        [
            Reject("conflict", object="deal", key="a", identity=ACCOUNT),
            Reject(UNDO, object="deal", key="b", identity=ACCOUNT),
            Reject(UNDO, object="note", key="c", identity=ACCOUNT),
        ]
    )

    def left() -> list[str | None]:
        return [one.key for one in journal.rejects()]

    assert [one.key for one in journal.rejects(stage=UNDO, identity=ACCOUNT)] == ["b", "c"]
    assert journal.rejects(stage=UNDO, identity="elsewhere") == []
    journal.clear_stage(UNDO, "elsewhere")
    assert left() == ["a", "b", "c"]
    journal.clear_stage(UNDO, ACCOUNT)
    assert left() == ["a"]


def test_values_are_forgotten_by_their_beginning(journal: Journal) -> None:
    for name in ("loaded.a.deal", "loaded.a.note", "loaded_a.deal", "loaded.b.deal"):
        journal.put(name, 1)
    journal.forget("loaded.a.")
    left = ("loaded.a.deal", "loaded.a.note", "loaded_a.deal", "loaded.b.deal")
    assert [journal.get(name) for name in left] == [None, None, 1, 1]
