"""The CSV of jobs: cells, headers, files on disk."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.destination import Kind, Operation
from target_salesforce.bulk.columns import header_of
from target_salesforce.bulk.csv_file import csv_files
from target_salesforce.bulk.limits import CLEAR, fits
from target_salesforce.bulk.results import problem_of
from target_salesforce.bulk.sheet import Sheet, Waiting
from target_salesforce.described import Described

KEY = "Key__c"
USUAL = {"createable": True, "updateable": True, "nillable": True}
ACTIVE = {"active": True}


def field(name, type_, **more):
    return {"name": name, "type": type_, **USUAL, **more}


FIELDS = [
    field(KEY, "string", length=255),
    field("Name", "string", length=255),
    field("Done", "boolean"),
    field("Price", "currency", precision=18, scale=2),
    field("Count", "int", digits=9),
    field("Day", "date"),
    field("At", "datetime"),
    field("Hour", "time"),
    field("Text", "textarea", length=32_000),
    field("Rich", "textarea", length=32_000, extraTypeInfo="richtextarea"),
    field(
        "Kind",
        "picklist",
        custom=True,
        restrictedPicklist=True,
        picklistValues=[{"label": "On Hold", "value": "hold", **ACTIVE}],
    ),
    field(
        "Kinds",
        "multipicklist",
        picklistValues=[{"label": x, "value": x.lower(), **ACTIVE} for x in "AB"],
    ),
    field("AccountId", "reference", referenceTo=["Account"], relationshipName="Account"),
    field("WhoId", "reference", referenceTo=["Contact", "Lead"], relationshipName="Who"),
]
THING = Described({"name": "Thing__c", "fields": FIELDS, "createable": True})
RECORD = {
    KEY: "k1",
    "Name": 'say "hi", ok',
    "Done": False,
    "Price": Decimal("1E+3"),
    "Count": 7,
    "Day": "2026-01-31",
    "At": "2026-01-31T10:00:00Z",
    "Hour": "10:00",
    "Text": "one\r\ntwo\rthree",
    "Rich": "<p>x</p>",
    "Kind": "On Hold",
    "Kinds": ["A", "B"],
    "AccountId": "0015g0000000001AAA",
}


def create(number, **fields):
    return Operation(number, "Thing__c", Kind.CREATE, str(number), fields)


def update(number, id_, **fields):
    return Operation(number, "Thing__c", Kind.UPDATE, str(number), fields, id_)


def written(sheet, operations, **how):
    """The rows of each file, and its bytes."""
    files = []
    for one in csv_files(sheet, operations, **how):
        content = one.file.read()
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        files.append((rows, content, one.operations))
    return files


def only(kind, operations, key_field=KEY):
    sheet = Sheet(THING, kind, operations, key_field)
    ((rows, content, within),) = written(sheet, operations)
    assert list(within) == list(operations)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]], rows[0], content


def test_values_are_spelt_as_jobs_want_them():
    ((row,), header, content) = only(Kind.CREATE, [create(1, **RECORD)])
    assert header[0] == KEY
    assert header[1:] == sorted(set(RECORD) - {KEY})
    assert row == {
        **RECORD,
        "Done": "false",
        "Price": "1000",
        "Count": "7",
        "Hour": "10:00:00.000Z",
        "Text": "one\ntwo\nthree",
        "Kind": "hold",
        "Kinds": "a;b",
    }
    assert b"\r" not in content
    assert content.endswith(b"\n")


def test_the_order_of_columns_does_not_depend_on_the_records():
    one = create(1, Key__c="a", Text="x", Name="y")
    other = create(2, Name="y", Key__c="b", Done=True)
    _, first, _ = only(Kind.CREATE, [one, other])
    _, second, _ = only(Kind.CREATE, [other, one])
    assert first == second == [KEY, "Done", "Name", "Text"]


@pytest.mark.parametrize("name", sorted(set(RECORD) - {KEY}))
def test_creates_leave_out_what_is_empty(name):
    ((row,), _, _) = only(Kind.CREATE, [create(1, Key__c="k", **{name: None})])
    assert row[name] == ""


@pytest.mark.parametrize("name", sorted(RECORD))
def test_updates_clear_what_is_empty_and_leave_what_is_not_named(name):
    id_ = "a015g0000000001AAA"
    both = [update(1, id_, **{name: None}), update(2, id_, Name="x", Done=True)]
    rows, header, _ = only(Kind.UPDATE, both)
    assert header[0] == "Id"
    assert rows[0][name] == ("false" if name == "Done" else CLEAR)
    if name not in ("Name", "Done"):
        assert rows[1][name] == ""
    assert rows[1]["Name"] == "x"


def test_blank_texts_clear_as_well():
    id_ = "a015g0000000001AAA"
    ((row,), _, _) = only(
        Kind.UPDATE, [update(1, id_, Name="  ", Rich="<script></script>", Kinds=[])]
    )
    assert set(row.values()) == {id_, CLEAR}


def test_deletes_carry_ids_alone():
    operation = Operation(1, "Thing__c", Kind.DELETE, "", {}, "a015g0000000001AAA")
    rows, header, content = only(Kind.DELETE, [operation])
    assert header == ["Id"]
    assert rows == [{"Id": "a015g0000000001AAA"}]
    assert content == b"Id\na015g0000000001AAA\n"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_but_for_its_line_ends(text):
    ((row,), _, _) = only(Kind.CREATE, [create(1, Key__c="k", Text=text)])
    wanted = "" if text.isspace() else text.replace("\r\n", "\n").replace("\r", "\n")
    assert row["Text"] == wanted


def test_large_sets_are_cut_into_files_of_a_size_and_no_record_is_lost():
    operations = [create(n, Key__c=f"k{n}", Text="x" * 20_000) for n in range(200)]
    sheet = Sheet(THING, Kind.CREATE, operations, KEY)
    files = written(sheet, operations, most_bytes=1_000_000)
    assert len(files) > 3
    assert [one for _, _, within in files for one in within] == operations
    for rows, content, within in files:
        assert len(content) <= 1_000_000
        assert rows[0] == [KEY, "Text"]
        assert [row[0] for row in rows[1:]] == [one.fields[KEY] for one in within]


def test_a_file_is_gone_once_the_next_one_is_asked_for():
    operations = [create(n, Key__c=f"k{n}", Text="x" * 300_000) for n in range(4)]
    files = []
    for one in csv_files(Sheet(THING, Kind.CREATE, operations, KEY), operations, 400_000):
        assert all(before.closed for before in files)
        files.append(one.file)
    assert len(files) == 4
    assert all(file.closed for file in files)


def test_a_file_is_closed_when_nobody_asks_any_more():
    operations = [create(1, Key__c="k")]
    files = csv_files(Sheet(THING, Kind.CREATE, operations, KEY), operations)
    file = next(files).file
    files.close()
    assert file.closed


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Name", "Name"),
        ("Account.Key__c", "Account.Key__c"),
        ("Account:Account.Key__c", "Account.Key__c"),
        ("Contact:Who.Key__c", "Contact:Who.Key__c"),
    ],
)
def test_headers_name_the_object_only_where_there_are_several(name, header):
    assert header_of(THING, name) == header


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Nope", KeyError),
        ("Nope.Key__c", KeyError),
        ("Who.Key__c", ValueError),
        ("Case:Who.Key__c", ValueError),
        ("Contact:Account.Key__c", ValueError),
    ],
)
def test_headers_that_lead_nowhere_are_refused(name, error):
    with pytest.raises(error):
        header_of(THING, name)


def test_parents_by_their_keys_are_columns():
    fields = {KEY: "k", "Account.Key__c": "a\r\nb", "Lead:Who.Key__c": None}
    ((row,), header, _) = only(Kind.CREATE, [create(1, **fields)])
    assert header == [KEY, "Account.Key__c", "Lead:Who.Key__c"]
    assert list(row.values()) == ["k", "a\nb", ""]


@pytest.mark.parametrize(
    ("record", "fine"),
    [
        ({"a": "x"}, True),
        ({"a": CLEAR}, False),
        ({"a": "x" * 32_000}, True),
        ({"a": "x" * 32_001}, False),
        ({str(n): "x" * 32_000 for n in range(13)}, False),
        ({str(n): None for n in range(5_001)}, False),
        ({"a": ["x"] * 3, "b": 1, "c": Decimal(1), "d": True}, True),
    ],
)
def test_what_no_csv_can_say_is_known_before(record, fine):
    assert fits(record) is fine


def test_rows_are_recognised_by_the_key_or_by_the_id_or_by_all_they_say():
    keyed = [create(1, Key__c="a", Name="x"), create(2, Key__c="b", Name="x")]
    sheet = Sheet(THING, Kind.CREATE, keyed, KEY)
    assert sheet.places(["sf__Id", "Name", KEY]) == [2]
    waiting = Waiting(sheet, keyed)
    assert (waiting.take("b"), waiting.take("b"), waiting.take("c")) == (keyed[1], None, None)
    assert list(waiting.rest()) == [keyed[0]]
    plain = [create(1, Name="x"), create(2, Name="x"), create(3, Name="y")]
    waiting = Waiting(Sheet(THING, Kind.CREATE, plain, ""), plain)
    assert {waiting.take("x").id, waiting.take("x").id} == {1, 2}
    assert (waiting.take("x"), len(waiting)) == (None, 1)
    changes = [update(1, "a015g0000000001AAA", Name="x")]
    sheet = Sheet(THING, Kind.UPDATE, changes, KEY)
    assert Waiting(sheet, changes).take("a015g0000000001AAA") == changes[0]
    assert sheet.places(["Name"]) is None


def test_keys_that_do_not_tell_apart_are_not_relied_on():
    twice = [create(1, Key__c="a", Name="x"), create(2, Key__c="a", Name="y")]
    waiting = Waiting(Sheet(THING, Kind.CREATE, twice, KEY), twice)
    assert waiting.take(("a", "y")) == twice[1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
            ("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ("Name",)),
        ),
        (
            "DUPLICATE_VALUE:duplicate value found: Key__c duplicates value with id: 1:--",
            (
                "DUPLICATE_VALUE",
                "duplicate value found: Key__c duplicates value with id: 1",
                (),
            ),
        ),
        (
            "STRING_TOO_LONG:A: too long:Name Site --",
            ("STRING_TOO_LONG", "A: too long", ("Name", "Site")),
        ),
        (
            "UNABLE_TO_LOCK_ROW:cannot lock 1 record: 001A:--",
            ("UNABLE_TO_LOCK_ROW", "cannot lock 1 record: 001A", ()),
        ),
        ("NO_TAIL:words", ("NO_TAIL", "words", ())),
        ("something else", ("UNKNOWN", "something else", ())),
        ("", ("UNKNOWN", "", ())),
    ],
)
def test_errors_of_rows_are_taken_apart(text, problem):
    assert tuple(problem_of(text)) == problem
