"""Links: which record there is which record here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.journal.samples import ACCOUNT, create, intend

from crm_transforms.destination import Status
from crm_transforms.journal import Decision, Link

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def land(journal: Journal, *keys: str, identity: str = ACCOUNT) -> list[int]:
    numbers = intend(journal, [create(key) for key in keys], identity)
    journal.decide(
        [
            Decision(number, Status.LANDED, f"id-{key}")
            for number, key in zip(numbers, keys, strict=True)
        ]
    )
    return numbers


def test_a_match_is_a_link_that_nobody_wrote(journal: Journal) -> None:
    journal.link_matched("owner", ACCOUNT, [("7", "99", b"f"), ("8", "98", None)])
    assert journal.links("owner", ACCOUNT, ["7", "8", "9"]) == {
        "7": Link("owner", "7", "99", "matched", b"f", None, None),
        "8": Link("owner", "8", "98", "matched", None, None, None),
    }


def test_a_record_of_ours_that_is_matched_with_itself_stays_ours(journal: Journal) -> None:
    (number,) = land(journal, "1")
    journal.link_matched("deal", ACCOUNT, [("1", "id-1", b"new")])
    link = journal.links("deal", ACCOUNT, ["1"])["1"]
    assert link == Link("deal", "1", "id-1", "created", b"new", b"d" * 16, number)


def test_a_record_that_is_matched_with_another_is_not_ours(journal: Journal) -> None:
    land(journal, "1")
    journal.link_matched("deal", ACCOUNT, [("1", "other", b"new")])
    link = journal.links("deal", ACCOUNT, ["1"])["1"]
    assert link == Link("deal", "1", "other", "matched", b"new", None, None)


def test_links_belong_to_one_identity_and_one_object(journal: Journal) -> None:
    land(journal, "1")
    land(journal, "1", identity="trial")
    journal.link_matched("owner", ACCOUNT, [("1", "9", None)])
    assert journal.count_links("deal", ACCOUNT) == 1
    assert journal.count_links("deal", "trial") == 1
    assert journal.count_links("deal", "elsewhere") == 0
    assert journal.links("deal", "elsewhere", ["1"]) == {}


def test_links_are_paged_by_key(journal: Journal) -> None:
    land(journal, *"dbeac")
    first = journal.scan_links("deal", ACCOUNT, None, 3)
    rest = journal.scan_links("deal", ACCOUNT, first[-1].key, 3)
    assert [[link.key for link in page] for page in (first, rest)] == [["a", "b", "c"], ["d", "e"]]


def test_keys_are_found_by_destination_id(journal: Journal) -> None:
    journal.link_matched("owner", ACCOUNT, [("b", "1", None), ("a", "1", None), ("c", "2", None)])
    assert journal.link_keys("owner", ACCOUNT, ["1", "2", "3"]) == {"1": "a", "2": "c"}


def test_a_new_input_with_the_same_outcome_only_moves_the_input(journal: Journal) -> None:
    land(journal, "1", "2")
    journal.touch_links("deal", ACCOUNT, [("1", b"new"), ("unknown", b"new")])
    found = journal.links("deal", ACCOUNT, ["1", "2", "unknown"])
    assert {key: (link.input_fp, link.desired_fp) for key, link in found.items()} == {
        "1": (b"new", b"d" * 16),
        "2": (b"i" * 16, b"d" * 16),
    }
