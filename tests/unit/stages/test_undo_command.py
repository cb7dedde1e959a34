"""``rollback``: asks before, tells after, and says by its exit code how it ended."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.shop import GOOD, SCHEMAS

from crm_transforms.commands.rollback import question
from crm_transforms.exits import Exit
from crm_transforms.journal.undoing import Extent

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop


class Terminal(io.StringIO):
    """Somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def loaded(shop: Shop) -> Shop:
    assert shop.load([*SCHEMAS, *GOOD]).code == Exit.DONE
    return shop


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(text))


def test_it_asks_and_says_how_much_will_go(loaded: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    there = loaded.there()
    answer(monkeypatch, "n\n")
    ended = loaded.command("rollback")
    assert ended.code == Exit.FAILURE
    sentence = "Acme Service: 5 records (2 deal, 1 note, 2 organization) and 4 custom fields will"
    assert sentence in ended.said
    assert "nothing was changed" in ended.said
    assert loaded.there() == there
    answer(monkeypatch, "y\n")
    assert loaded.command("rollback").code == Exit.DONE
    assert loaded.there() == {}


def test_the_next_load_may_begin_after_a_no(loaded: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "n\n")
    loaded.command("rollback")
    assert loaded.command("apply").code == Exit.DONE


def test_what_was_kept_is_shown_and_the_code_is_three(loaded: Shop) -> None:
    (deal, *_) = loaded.sandbox.crm.tables["deals"]
    loaded.sandbox.crm.human.edit("deals", deal["id"], title="By hand")
    ended = loaded.command("rollback", "--yes")
    assert ended.code == Exit.REJECTS
    assert "kept: " in ended.printed
    assert "somebody set 'By hand'" in ended.printed


def test_as_json_it_tells_all_that_the_journal_keeps(loaded: Shop) -> None:
    ended = loaded.command("rollback", "--yes", "--format", "json")
    told = json.loads(ended.printed)
    with loaded.open_journal() as journal:
        kept = journal.get(f"rollback.{told['account']['id']}")
        assert journal.runs()[-1].verb == "rollback"
    assert {name: told[name] for name in kept} == kept
    assert (told["dry_run"], told["notes"], told["kept"]) == (False, [], [])
    assert told["spent"]["requests"] > 0


def test_a_dry_run_also_says_what_no_rollback_takes_back(loaded: Shop) -> None:
    there = loaded.there()
    ended = loaded.command("rollback", "--dry-run")
    assert ended.code == Exit.DONE
    assert "a dry run: nothing was changed" in ended.printed
    assert "Ids are used up" in ended.printed
    assert loaded.there() == there


def test_without_anything_loaded_there_is_nothing_to_take_back(loaded: Shop) -> None:
    loaded.command("rollback", "--yes")
    ended = loaded.command("rollback", "--yes")
    assert ended.code == Exit.DONE
    assert "there is nothing to take back" in ended.printed


@pytest.mark.parametrize("flags", [("--run", "7"), ("--object", "shop"), ("--sample",)])
def test_what_is_unknown_is_a_usage_error(loaded: Shop, flags: tuple[str, ...]) -> None:
    ended = loaded.command("rollback", "--yes", *flags)
    assert ended.code == Exit.USAGE
    assert "there is no" in ended.said


def test_a_sample_and_a_run_exclude_each_other(loaded: Shop) -> None:
    ended = loaded.command("rollback", "--yes", "--sample", "--run", "1")
    assert ended.code == Exit.USAGE
    assert "leave out --run" in ended.said


def test_a_question_names_what_goes_and_what_comes_back() -> None:
    extent = {"deal": Extent(made=1_200), "item": Extent(changed=3, matched=9)}
    assert question("Acme", extent) == (
        "Acme: 1,200 records (1,200 deal) and 0 custom fields will be removed, 3 records restored."
    )
