"""Every odd value is really there, three times and more (T-17, T-18, T-19, T-29)."""

from __future__ import annotations

import math

import pytest
from tests.sandbox.kickserv import ODDITIES, Dataset, Outcome


@pytest.fixture(scope="module")
def data() -> Dataset:
    return Dataset(seed=7, customers=300, heavy=True)


def planted(data, kind):
    return next(found for found in data.planted if found.oddity.kind == kind)


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.kind)
def test_an_oddity_is_in_three_records_that_lists_show(data, oddity):
    ids = planted(data, oddity.kind).ids
    assert len(set(ids)) >= 3
    assert set(ids) <= {row["id"] for row in data.records(oddity.stream)}
    if oddity.children:
        return
    values = [data.get(oddity.stream, row_id)[oddity.field] for row_id in ids]
    if oddity.kind == "not_a_number":
        assert all(math.isnan(value) for value in values)
        return
    expected = {
        (value[oddity.field] if isinstance(value, dict) else value).replace(
            "{files}", data.base_url
        )
        for value in oddity.values
    }
    assert set(values) == expected


def test_no_record_holds_two(data):
    held = [(found.oddity.stream, row_id) for found in data.planted for row_id in found.ids]
    assert len(held) == len(set(held))


def test_what_is_below_a_rejected_parent_holds_none(data):
    rejected = {
        row_id
        for found in data.planted
        if found.oddity.outcome is Outcome.REJECTED and found.oddity.stream == "jobs"
        for row_id in found.ids
    }
    assert 3 <= len(rejected) <= 6
    below = {
        row["id"]
        for stream in ("notes", "time_entries", "job_charges", "tasks", "expenses", "payments")
        for job_id in rejected
        for row in data.children(stream, "jobs", job_id)
    }
    children = {row_id for p in data.planted if p.oddity.stream != "jobs" for row_id in p.ids}
    assert not below & children


def test_each_has_a_rule(data):
    assert all(oddity.rule for oddity in ODDITIES)
    kinds = [oddity.kind for oddity in ODDITIES]
    assert len(kinds) == len(set(kinds))
    assert {oddity.outcome for oddity in ODDITIES} == set(Outcome)
    assert {found.oddity.kind for found in data.planted} == set(kinds)


def test_heavy_ones_are_planted_on_request_only():
    kinds = {found.oddity.kind for found in Dataset().planted}
    assert kinds == {oddity.kind for oddity in ODDITIES if not oddity.heavy}


@pytest.mark.parametrize(
    ("kind", "stream", "count"),
    [("charges_300", "job_charges", 300), ("children_10000", "time_entries", 10_000)],
)
def test_parents_of_many_have_them_all(data, kind, stream, count):
    for job_id in planted(data, kind).ids:
        assert len(data.children(stream, "jobs", job_id)) >= count


def test_a_job_of_300_lines_adds_up(data):
    for job_id in planted(data, "charges_300").ids:
        job = data.get("jobs", job_id)
        cents = [
            round(float(charge["total"]) * 100)
            for charge in data.children("job_charges", "jobs", job_id)
        ]
        assert sum(cents) == round(float(job["subtotal"]) * 100)


def test_only_the_planted_subtotals_differ_from_the_charges(data):
    differing = {
        job["id"]
        for job in data.records("jobs")
        if round(float(job["subtotal"]) * 100)
        != sum(
            round(float(charge["total"]) * 100)
            for charge in data.children("job_charges", "jobs", job["id"])
        )
    }
    assert differing == set(planted(data, "subtotal_differs").ids)


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("emoji", {"Sunny \U0001f31e Pools", "\U0001f355 & Sons"}),
        ("markup_characters", {'Smith & "Sons" <HVAC>', "A ]]> B"}),
        ("right_to_left", None),
        ("address_lines", {"12 Mill St\nUnit 4"}),
    ],
)
def test_texts_cross_the_xml_unchanged(client, sandbox, kind, seen):
    found = planted(sandbox.source, kind)
    values = set()
    for row_id in found.ids:
        record = sandbox.source.get("customers", row_id)
        xml = client.xml(f"customers/{record['customer_number']}.xml")
        assert xml.findtext(found.oddity.field.replace("_", "-")) == record[found.oddity.field]
        values.add(record[found.oddity.field])
    assert seen is None or values == seen


def test_line_ends_become_line_feeds_in_the_xml_and_stay_in_the_json(client, sandbox):
    for row_id in planted(sandbox.source, "line_ends").ids:
        number = sandbox.source.get("jobs", row_id)["job_number"]
        assert client.xml(f"jobs/{number}.xml").findtext("description") == "first\nsecond"
        assert "\r" in client.json(f"jobs/{number}.json")["description"]


def test_what_xml_cannot_hold_is_replaced_in_it(client, sandbox):
    for row_id in planted(sandbox.source, "control_character").ids:
        entry = sandbox.source.get("time_entries", row_id)
        number = sandbox.source.get("jobs", entry["job_id"])["job_number"]
        notes = client.xml(f"jobs/{number}/time_entries.xml").findall("time-entry/note")
        assert any("\ufffd" in (note.text or "") for note in notes)


def test_nan_is_written_out_in_the_xml(client, sandbox):
    for row_id in planted(sandbox.source, "not_a_number").ids:
        entry = sandbox.source.get("time_entries", row_id)
        number = sandbox.source.get("jobs", entry["job_id"])["job_number"]
        entries = client.xml(f"jobs/{number}/time_entries.xml").findall("time-entry/mileage")
        assert "NaN" in {mileage.text for mileage in entries}
