"""Rows that are staged well and cannot be mapped, checked or sent: each is named, others land."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.running import NAMED_BY
from tests.unit.singer.shop import (
    GOOD,
    LANDED,
    MAPPING,
    SCHEMAS,
    STATE,
    customer,
    job,
    record,
    remark,
    state,
)

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Shop

CONTENT = b"hello"


@dataclass(frozen=True)
class Bad:
    """A row and the reject that it must become.

    Attributes:
        field: of the destination; where: of the mapping document.
        others: rows that must wait because of it, as (object, key).
    """

    row: dict[str, Any]
    object: str
    field: str
    rule: str
    says: str
    where: str
    code: str = ""
    others: tuple[tuple[str, str], ...] = field(default=())


def paper(**columns: Any) -> dict[str, Any]:
    """A file that would be fine; ``path`` is within the test's folder."""
    good = {"id": "bad", "path": "hello.txt", "size": len(CONTENT), "name": "hello.txt"}
    digest = hashlib.sha256(CONTENT).hexdigest()
    return record("papers", **{**good, "sha256": digest, "job_id": "j1", **columns})


DEAL, ORGANIZATION, NOTE = "objects.deal", "objects.organization", "objects.note"
FILE = "objects.paper.fields.file"
ROWS: dict[str, Bad] = {
    "an unmapped value": Bad(
        job(status="weird"), "deal", "status", "map", '"weird" is not in the value map state',
        f"{DEAL}.fields.status",
    ),
    "an unmapped number": Bad(
        job(status="5"), "deal", "status", "map", '"5" is not', f"{DEAL}.fields.status"
    ),
    "text for a number": Bad(
        job(total="12,5"), "deal", "value", "expression", '"12,5" is no number',
        f"{DEAL}.fields.value",
    ),
    "text for a date": Bad(
        job(due="31.12.2026"), "deal", "expected_close_date", "expression", '"31.12.2026"',
        f"{DEAL}.fields.expected_close_date",
    ),
    "a day that no calendar has": Bad(
        job(due="2026-02-30"), "deal", "expected_close_date", "expression", '"2026-02-30"',
        f"{DEAL}.fields.expected_close_date",
    ),
    "NUL for a number": Bad(
        job(total="1\x002"), "deal", "value", "expression", "is no number", f"{DEAL}.fields.value"
    ),
    "an unknown option": Bad(
        customer(kind="Martian"), "organization", "shop_kind", "option",
        "'Martian' is not among the options (Business, Private)",
        f"{ORGANIZATION}.custom.shop_kind",
    ),
    "text that is too long": Bad(
        customer(name="x" * 256), "organization", "name", "length",
        "256 characters, at most 255", f"{ORGANIZATION}.fields.name",
    ),
    "a number of 15 digits": Bad(
        customer(credit="123456789012345"), "organization", "shop_limit", "digits",
        "more than 14 digits", f"{ORGANIZATION}.custom.shop_limit",
    ),
    "no name": Bad(
        customer(name=None), "organization", "name", "required field",
        "organizations need a name", f"{ORGANIZATION}.fields.name",
    ),
    "a blank title": Bad(
        job(name="  "), "deal", "title", "required field", "deals need a title",
        f"{DEAL}.fields.title",
    ),
    "a note above 100 kB": Bad(
        remark(text="x" * 100_001), "note", "content", "length", "100001 bytes",
        f"{NOTE}.fields.content",
    ),
    "a parent that does not exist": Bad(
        job(customer_id="c404"), "deal", "org_id", "parent has not landed",
        "waits for organization c404", f"{DEAL}.fields.org_id", "PARENT_MISSING",
    ),
    "a required parent that is null": Bad(
        job(customer_id=None), "deal", "org_id", "required reference", "names no record",
        f"{DEAL}.fields.org_id", "PARENT_NULL",
    ),
    "a file that is not there": Bad(
        paper(path="none.txt"), "paper", "file", "file", "cannot be read", FILE, "FILE_MISSING"
    ),
    "a file that is a folder": Bad(
        paper(path="."), "paper", "file", "file", "cannot be read", FILE, "FILE_MISSING"
    ),
    "a file of another digest": Bad(
        paper(sha256="0" * 64), "paper", "file", "file", "SHA-256", FILE, "FILE_DIGEST"
    ),
    "a file of another size": Bad(
        paper(size=6), "paper", "file", "file", "5 bytes are stored where 6", FILE, "FILE_SIZE"
    ),
    "a file above the limit": Bad(
        paper(size=2_000_000), "paper", "file", "file", "above max_file_mb", FILE,
        "FILE_TOO_LARGE",
    ),
    "a file that is larger than it says": Bad(
        paper(path="large.bin", size=None, sha256=None), "paper", "file", "file",
        "above max_file_mb", FILE, "FILE_TOO_LARGE",
    ),
    "a file without path": Bad(
        paper(path=None), "paper", "file", "type", "at least a path", FILE
    ),
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "hello.txt").write_bytes(CONTENT)
    (tmp_path / "large.bin").write_bytes(bytes(1_100_000))
    return tmp_path


def placed(row: dict[str, Any], files: Path) -> dict[str, Any]:
    """The row with the path of its file made absolute."""
    columns = row["record"]
    if columns.get("path"):
        columns = {**columns, "path": str(files / columns["path"])}
    return {**row, "record": columns}


def place_of(where: str) -> str:
    """``file:line`` of a dotted path of the shop's mapping, found without the mapping's reader."""
    lines = MAPPING.read_text().splitlines()
    number = 0
    for depth, step in enumerate(where.split(".")):
        indent = "  " * depth
        number = next(
            later
            for later in range(number, len(lines))
            if lines[later].startswith(f"{indent}{step}:")
        )
    return f"{MAPPING}:{number + 1}: {where}"


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_names_record_field_rule_and_place_and_costs_nothing_else(
    shop: Shop, files: Path, name: str
) -> None:
    bad = ROWS[name]
    run = shop.load([*SCHEMAS, placed(bad.row, files), *GOOD, state(STATE)], max_file_mb=1)
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    (reject,) = shop.rejects()
    assert (reject.stream, reject.object, reject.key) == (bad.row["stream"], bad.object, "bad")
    assert (reject.field, reject.rule, reject.code) == (bad.field, bad.rule, bad.code)
    assert bad.says in reject.message
    assert reject.place.startswith(place_of(bad.where))
    assert shop.there() == LANDED
    assert run.states == [STATE]


def test_children_of_a_rejected_row_wait_and_say_for_whom(shop: Shop) -> None:
    child, grandchild = job(customer_id="bad"), remark(job_id="bad")
    rows = [*SCHEMAS, grandchild, child, *GOOD]
    assert shop.load([*rows, customer(kind="Martian")]).code == Exit.REJECTS
    assert {(one.object, one.code, one.message) for one in shop.rejects()} == {
        ("organization", "", "'Martian' is not among the options (Business, Private)"),
        ("deal", "PARENT_MISSING", "waits for organization bad"),
        ("note", "PARENT_MISSING", "waits for deal bad"),
    }
    assert shop.there() == LANDED
    assert shop.load([*rows, customer()]).code == Exit.DONE
    assert shop.rejects() == []
    assert shop.there()["deals"] == {*LANDED["deals"], "Bad job"}


MENDED = {"customers": customer, "jobs": job, "remarks": remark, "papers": paper}


def test_all_bad_rows_at_once_leave_every_good_one_and_land_when_they_are_mended(
    shop: Shop, files: Path
) -> None:
    rows, mended = [], []
    for number, bad in enumerate(ROWS.values()):
        row = placed(bad.row, files)
        rows.append({**row, "record": {**row["record"], "id": f"bad{number}"}})
        mended.append(placed(MENDED[row["stream"]](id=f"bad{number}"), files))
    run = shop.load([*SCHEMAS, *rows, *GOOD], max_file_mb=1)
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    assert {(one.object, one.key, one.field) for one in shop.rejects()} == {
        (bad.object, f"bad{number}", bad.field) for number, bad in enumerate(ROWS.values())
    }
    assert shop.there() == LANDED
    run = shop.load([*SCHEMAS, *mended, *GOOD], max_file_mb=1)
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert shop.rejects() == []
    snapshot = shop.sandbox.crm.snapshot()
    assert sum(len(snapshot[name]) for name in NAMED_BY) == len(ROWS) + len(GOOD) - 1


@pytest.mark.parametrize("apart", [1, 600], ids=["next to each other", "far apart"])
def test_two_rows_with_one_external_key_are_never_one_record_in_silence(
    shop: Shop, tmp_path: Path, apart: int
) -> None:
    document = tmp_path / "by_name.yml"
    document.write_text(MAPPING.read_text().replace("{shop_id: id}", "{shop_id: name}", 1))
    shop.mapping = document
    rows = [customer(id=f"c{n:04}", name=f"Number {n}") for n in range(apart)]
    first, second = customer(id="c0000", name="Twin"), customer(id="c9999", name="Twin")
    lines = [*SCHEMAS, *rows[1:], first, second]
    for _ in range(2):
        run = shop.load(lines)
        assert (run.failure, run.code) == ("", Exit.REJECTS)
        (reject,) = shop.rejects()
        assert (reject.object, reject.rule) == ("organization", "key")
        assert "Twin" in f"{reject.key} {reject.message}"
    assert len(shop.sandbox.crm.snapshot()["organizations"]) == apart


def test_hostile_text_arrives_as_it_is(shop: Shop) -> None:
    names = {"=1+1", "'; DROP TABLE deals; --", "<script>alert(1)</script>", "%s {0} ${HOME}"}
    rows = [customer(id=str(number), name=name) for number, name in enumerate(sorted(names))]
    assert shop.load([*SCHEMAS, *rows]).code == Exit.DONE
    assert shop.there()["organizations"] == names
