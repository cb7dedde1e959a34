"""Plans: a row is mapped only when its input has changed, and sent only when its outcome has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import GOOD, LANDED, MAPPING, SCHEMAS, customer, job, record

from crm_transforms.exits import Exit
from crm_transforms.mapping import MappedObject

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Shop

LINES = [*SCHEMAS, *GOOD]


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(object, key of the row) of every record that was mapped."""
    seen: list[tuple[str, str]] = []
    build = MappedObject.build

    def watched(self: MappedObject, row: Any, *scope: Any) -> dict[str, Any]:
        seen.append((self.name, row["id"]))
        return build(self, row, *scope)

    monkeypatch.setattr(MappedObject, "build", watched)
    return seen


@pytest.fixture
def loaded(shop: Shop, mapped: list[tuple[str, str]]) -> Shop:
    assert shop.load(LINES).code == Exit.DONE
    assert len(mapped) == sum(map(len, LANDED.values()))
    mapped.clear()
    shop.sandbox.requests.clear()
    return shop


def test_an_unchanged_input_is_not_even_mapped(loaded: Shop, mapped: list[tuple[str, str]]) -> None:
    assert loaded.load(LINES).code == Exit.DONE
    assert mapped == []
    assert loaded.writes() == 0


def test_of_many_rows_the_changed_one_is_mapped(
    loaded: Shop, mapped: list[tuple[str, str]]
) -> None:
    row = job(id="j1", name="New name", customer_id="c1", status="done", total="3")
    assert loaded.load([*LINES, row]).code == Exit.DONE
    assert mapped == [("deal", "j1")]
    assert [r.method for r in loaded.sandbox.requests if r.method != "GET"] == ["PATCH"]
    assert loaded.there()["deals"] == {"New name", "Fair job"}


def test_a_change_that_no_field_shows_is_mapped_and_not_sent(
    loaded: Shop, mapped: list[tuple[str, str]]
) -> None:
    row = job(id="j1", name="Good job", customer_id="c1", status="done", total="3.00", odd=1)
    for _ in range(2):
        assert loaded.load([*LINES, row]).code == Exit.DONE
        assert mapped == [("deal", "j1")]
    assert loaded.writes() == 0


def test_a_comment_in_the_mapping_changes_nothing(
    loaded: Shop, mapped: list[tuple[str, str]], tmp_path: Path
) -> None:
    loaded.mapping = tmp_path / "commented.yml"
    loaded.mapping.write_text(f"# Changed.\n{MAPPING.read_text()}\n# Really.\n")
    assert loaded.load(LINES).code == Exit.DONE
    assert mapped == []


def test_a_changed_object_of_the_mapping_is_mapped_again_and_no_other(
    loaded: Shop, mapped: list[tuple[str, str]], tmp_path: Path
) -> None:
    loaded.mapping = tmp_path / "changed.yml"
    text = MAPPING.read_text()
    loaded.mapping.write_text(text.replace("title: name", 'title: join(" ", name, "!")'))
    assert loaded.load(LINES).code == Exit.DONE
    assert sorted(mapped) == [("deal", "j1"), ("deal", "j2")]
    assert loaded.there()["deals"] == {"Good job !", "Fair job !"}


def test_a_mapping_that_says_the_same_otherwise_sends_nothing(
    loaded: Shop, mapped: list[tuple[str, str]], tmp_path: Path
) -> None:
    loaded.mapping = tmp_path / "changed.yml"
    loaded.mapping.write_text(MAPPING.read_text().replace("title: name", "title: coalesce(name)"))
    assert loaded.load(LINES).code == Exit.DONE
    assert sorted(mapped) == [("deal", "j1"), ("deal", "j2")]
    assert loaded.writes() == 0


def test_a_new_owner_maps_what_that_owner_has(loaded: Shop, mapped: list[tuple[str, str]]) -> None:
    seller = record("sellers", id="s1", email="omar.haddad@example.com")
    assert loaded.load([*LINES, seller]).code == Exit.DONE
    assert mapped == [("organization", "c1")]
    assert [r.method for r in loaded.sandbox.requests if r.method != "GET"] == ["PATCH"]


def test_a_rejected_row_is_not_tried_again_until_it_changes(
    loaded: Shop, mapped: list[tuple[str, str]]
) -> None:
    bad = [*LINES, customer(kind="Martian")]
    assert loaded.load(bad).code == Exit.REJECTS
    mapped.clear()
    loaded.sandbox.requests.clear()
    assert loaded.load(bad).code == Exit.REJECTS
    assert mapped == []
    assert loaded.writes() == 0
    assert loaded.load([*LINES, customer(kind="Private")]).code == Exit.DONE
    assert mapped == [("organization", "bad")]


def test_a_change_of_several_fields_is_one_request_with_just_those(
    loaded: Shop, mapped: list[tuple[str, str]]
) -> None:
    row = job(id="j2", name="Newer", customer_id="c2", status="done", total="5")
    assert loaded.load([*LINES, row]).code == Exit.DONE
    (request,) = [r for r in loaded.sandbox.requests if r.method != "GET"]
    assert request.method == "PATCH"
    (deal,) = [d for d in loaded.sandbox.crm.snapshot()["deals"] if d["title"] == "Newer"]
    assert (deal["status"], deal["value"]) == ("won", 5)
    assert mapped == [("deal", "j2")]
