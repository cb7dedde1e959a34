"""Mapping documents that cannot be used stop the run with file, line and path, before any write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.shop import GOOD, LANDED, MAPPING, SCHEMAS, STATE, schema, state

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Shop

TEXT = MAPPING.read_text()


@dataclass(frozen=True)
class Bad:
    """A change of the shop's mapping and what is said of it.

    Attributes:
        old: replaced, once, by ``new``.
        at: the text of the line that is named.
        read: the fault shows against the streams or the account only.
    """

    old: str
    new: str
    at: str
    says: str
    code: Exit = Exit.USAGE
    read: bool = False


DOCUMENTS: dict[str, Bad] = {
    "no YAML": Bad("values:", "values: ]", "values: ]", "is no YAML"),
    "a tab": Bad("  state:", "\tstate:", "\tstate:", "is no YAML"),
    "a key twice": Bad(
        "    target: deals\n", "    target: deals\n    target: leads\n", "target: leads",
        "the key stands here twice",
    ),
    "an anchor": Bad("objects:", "objects: &all", "objects:", "anchors and aliases"),
    "a tag": Bad("content: text", "content: !!python/name:os.system", "content: !!", "tags"),
    "another version": Bad("version: 1", "version: 9", "version: 9", "must be 1, not 9"),
    "an unknown key": Bad("    from: jobs", "    form: jobs", "form: jobs", 'did you mean "from"'),
    "an unknown function": Bad(
        "decimal(total)", "decimel(total)", "decimel(total)", 'did you mean "decimal"'
    ),
    "half an expression": Bad("decimal(total)", "decimal(total", "decimal(total", "column"),
    "code": Bad("content: text", "content: open('x').read()", "open('x')", "column"),
    "an unknown value map": Bad("{map: state,", "{map: stat,", "{map: stat,", 'mean "state"'),
    "an unknown object": Bad(
        "{ref: organization,", "{ref: organisation,", "{ref: organisation,",
        'mean "organization"',
    ),
    "a circle of required references": Bad(
        "owner_id: {ref: owner, of: seller_id}",
        "owner_id: {ref: deal, of: seller_id, required: true}",
        "ref: deal, of: seller_id", "circle",
    ),
    "an unknown field type": Bad("type: decimal", "type: number", "type: number", "no field type"),
    "a column that the stream does not have": Bad(
        "title: name", "title: nome", "title: nome", '"nome"', read=True
    ),
    "a field that the destination does not have": Bad(
        "      title: name", "      title: name\n      titel: name", "titel: name",
        "deals has no field titel", Exit.FAILURE, read=True,
    ),
    "an object that the destination does not have": Bad(
        "target: notes", "target: remarks", "  note:", "no object 'remarks'", Exit.FAILURE,
        read=True,
    ),
    "a field that cannot be written": Bad(
        "      title: name", "      title: name\n      add_time: due", "add_time: due",
        "add_time", Exit.DONE, read=True,
    ),
    "a type that no custom field can have": Bad(
        "type: decimal", "type: datetime", "type: datetime", "shop_limit", Exit.FAILURE, read=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bad_document_is_named_by_file_and_line(shop: Shop, tmp_path: Path, name: str) -> None:
    bad = DOCUMENTS[name]
    assert TEXT.count(bad.old) >= 1
    text = TEXT.replace(bad.old, bad.new, 1)
    document = tmp_path / "mine.yml"
    document.write_text(text)
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)], mapping=str(document))
    assert run.failure == ""
    assert bad.says in run.said
    assert run.code == bad.code
    assert run.states == ([STATE] if bad.read else [])
    if bad.code is Exit.DONE:
        assert shop.there() == LANDED
        return
    line = next(n for n, each in enumerate(text.splitlines(), 1) if bad.at in each)
    assert f"{document}:{line}" in run.said
    assert shop.writes() == 0


def test_a_stream_that_never_comes_is_said_and_counts_as_empty(shop: Shop, tmp_path: Path) -> None:
    document = tmp_path / "mine.yml"
    document.write_text(TEXT.replace("from: remarks", "from: remark"))
    run = shop.load([*SCHEMAS, *GOOD], mapping=str(document))
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert "remark: this stream has never come and counts as empty" in run.said
    assert "remarks: 1 records of a stream that the mapping does not use" in run.said
    assert shop.there() == {name: LANDED[name] for name in ("organizations", "deals")}


def test_every_problem_is_said_at_once(shop: Shop, tmp_path: Path) -> None:
    document = tmp_path / "mine.yml"
    document.write_text(
        TEXT.replace("title: name", "title: nome").replace("content: text", "content: txt")
    )
    run = shop.load([*SCHEMAS, *GOOD], mapping=str(document))
    assert run.code == Exit.USAGE
    assert '"nome"' in run.said
    assert '"txt"' in run.said


def test_a_custom_field_of_another_type_is_a_conflict_and_nothing_is_written(shop: Shop) -> None:
    shop.sandbox.crm.human.add_field("organizations", "shop_limit", "varchar")
    run = shop.load([*SCHEMAS, *GOOD])
    assert (run.failure, run.code) == ("", Exit.FAILURE)
    assert "organizations.shop_limit: the mapping wants decimal, the account has text" in run.said
    assert shop.writes() == 0


def test_a_column_that_only_some_runs_bring_is_known_from_the_journal(shop: Shop) -> None:
    assert shop.load([*SCHEMAS, *GOOD]).code == Exit.DONE
    run = shop.load([schema("customers"), GOOD[1]])
    assert (run.failure, run.code) == ("", Exit.DONE)


def test_a_document_of_bytes_is_refused(shop: Shop, tmp_path: Path) -> None:
    document = tmp_path / "mine.yml"
    document.write_bytes(TEXT.encode() + b"# \xff\n")
    run = shop.load(SCHEMAS, mapping=str(document))
    assert run.code == Exit.USAGE
    assert f"mine.yml:{TEXT.count(chr(10)) + 1}: is not UTF-8 text" in run.said
