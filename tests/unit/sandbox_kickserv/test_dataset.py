"""The data set: the same every time, right in its sums, and large if asked."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import islice, pairwise

import pytest
from tests.sandbox.kickserv import Dataset
from tests.sandbox.kickserv.fields import FIELDS
from tests.sandbox.kickserv.outline import OPPORTUNITY, STATUSES

STREAMS = tuple(name for name in FIELDS if name != "employees_short")


@pytest.fixture(scope="module")
def clean() -> Dataset:
    return Dataset(oddities=False)


@pytest.fixture
def small() -> Dataset:
    return Dataset(customers=40)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_seed_makes_the_same_records_every_time(stream):
    # By text: NaN, which is planted, equals nothing.
    first, second = (repr(list(Dataset(customers=60).records(stream))) for _ in range(2))
    assert first == second


def test_another_seed_makes_others(clean):
    other = Dataset(seed=8, oddities=False)
    assert [row["name"] for row in other.records("customers")] != [
        row["name"] for row in clean.records("customers")
    ]


@pytest.mark.parametrize("stream", STREAMS)
def test_records_have_known_fields_and_ids_of_their_own(clean, stream):
    rows = list(clean.records(stream))
    assert rows
    assert {name for row in rows for name in row} <= FIELDS[stream].keys()
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_record_is_found_by_its_id(clean, stream):
    for row in islice(clean.records(stream), 200):
        assert clean.get(stream, row["id"]) == row


def test_the_account_has_the_size_asked_for(clean):
    assert 280 <= len(clean.ids("customers")) <= 300
    assert 850 <= len(clean.ids("jobs")) <= 900
    assert len(clean.ids("employees")) == 14


def test_every_status_occurs_and_settled_jobs_are_the_most(clean):
    counts = Counter(job["status"] for job in clean.records("jobs"))
    assert counts.keys() == {name for name, *_ in STATUSES}
    assert counts["complete"] > len(clean.ids("jobs")) / 2


def test_charges_add_up_to_the_job(clean):
    for job in clean.records("jobs"):
        charges = clean.children("job_charges", "jobs", job["id"])
        for charge in charges:
            assert Decimal(charge["quantity"]) * Decimal(charge["price_per_unit"]) == Decimal(
                charge["total"]
            )
        subtotal = sum((Decimal(charge["total"]) for charge in charges), Decimal(0))
        assert subtotal == Decimal(job["subtotal"])
        assert subtotal + Decimal(job["tax"]) == Decimal(job["total"])


def test_payments_and_what_is_left_make_the_total(clean):
    for job in clean.records("jobs"):
        payments = clean.children("payments", "jobs", job["id"])
        paid = sum((Decimal(payment["amount"]) for payment in payments), Decimal(0))
        assert paid + Decimal(job["balance_remaining"]) == Decimal(job["total"])
        if job.get("invoice_status") == "paid":
            assert Decimal(job["balance_remaining"]) == 0


def test_expenses_add_up(clean):
    for job in clean.records("jobs"):
        expenses = clean.children("expenses", "jobs", job["id"])
        spent = sum((Decimal(expense["amount"]) for expense in expenses), Decimal(0))
        assert spent == Decimal(job["total_expenses"])


def test_the_count_of_tasks_is_right(clean):
    for job in clean.records("jobs"):
        assert int(job["tasks_count"]) == len(clean.children("tasks", "jobs", job["id"]))


def test_references_lead_to_live_records(clean):
    customers, jobs = set(clean.ids("customers")), set(clean.ids("jobs"))
    employees = set(clean.ids("employees"))
    assert {job["customer_id"] for job in clean.records("jobs")} <= customers
    parents = {row["parent_id"] for row in clean.records("customers") if row.get("parent_id")}
    assert parents
    assert parents <= customers
    assert {entry["employee_id"] for entry in clean.records("time_entries")} <= employees
    assert {task["job_id"] for task in clean.records("tasks")} <= jobs
    items = {row["item_id"] for row in clean.records("job_charges") if row["item_id"]}
    assert items <= set(clean.ids("items"))


def test_internal_ids_are_no_numbers_of_the_product(clean):
    """1.4: code that mixes them up is found out."""
    for stream, number in (("customers", "customer_number"), ("jobs", "job_number")):
        rows = list(clean.records(stream))
        assert not {row["id"] for row in rows} & {row[number] for row in rows}
        steps = {b["id"] - a["id"] for a, b in pairwise(rows)}
        assert len(steps) > 1


def test_times_carry_the_offset_of_their_season(clean):
    """1.5"""
    offsets = Counter(job["created_at"][-6:] for job in clean.records("jobs"))
    assert offsets.keys() == {"-04:00", "-05:00"}
    for job in clean.records("jobs"):
        month = int(job["created_at"][5:7])
        if month not in {3, 11}:
            assert job["created_at"][-6:] == ("-04:00" if 3 < month < 11 else "-05:00")


def test_money_is_written_as_recorded(clean):
    """1.5: "45.0", "1464.27", never padded to two digits"""
    for job in clean.records("jobs"):
        for field in ("subtotal", "tax", "total", "balance_remaining"):
            assert re.fullmatch(r"-?\d+\.(\d|\d[1-9])", job[field]), job[field]


def test_employees_share_and_lack_mail_addresses(clean):
    """T-31"""
    mails = [row["email_address"] for row in clean.records("employees")]
    folded = Counter(mail.strip().lower() for mail in mails if mail)
    assert max(folded.values()) == 2
    assert {None, ""} <= set(mails)
    assert {row["active"] for row in clean.records("employees")} == {True, False}


def test_items_have_zero_costs_and_names_that_repeat(clean):
    items = list(clean.records("items"))
    assert "0.0" in {item["cost"] for item in items}
    assert max(Counter(item["name"] for item in items).values()) > 1


def test_regions_are_visible_on_customers(clean):
    regions = {row["custom_text1"] for row in clean.records("customers")}
    assert regions == {"Coast", "Inland", "South"}


def test_some_notes_are_html_with_pictures_of_the_account(clean):
    texts = [note["note"] for note in clean.records("notes")]
    assert sum(f'<img src="{clean.base_url}/attachments/' in text for text in texts) >= 3


def test_an_edit_moves_the_time_of_change_and_nothing_else(small):
    before = next(small.records("customers"))
    after = small.edit("customers", before["id"], name="New name")
    changed = {field for field in after if after[field] != before.get(field)}
    assert changed == {"name", "updated_at"}
    assert small.get("customers", before["id"]) == after
    again = small.edit("customers", before["id"], name="Newer name")
    assert again["updated_at"] > after["updated_at"]


def test_an_edited_status_moves_a_job_between_lists(small):
    job_id = small.ids("opportunities")[0]
    small.edit("jobs", job_id, status="unscheduled")
    assert job_id in small.ids("work")
    assert job_id not in small.ids("opportunities")
    assert list(small.ids("work")) == sorted(small.ids("work"))


def test_an_added_job_and_its_children_are_found(small):
    owner = small.ids("customers")[0]
    job = small.add("jobs", customer_id=owner, name="Added", status="new")
    charge = small.add("job_charges", job_id=job["id"], total="5.0")
    payment = small.add("payments", job_id=job["id"], amount="5.0")
    assert small.numbered("jobs", job["job_number"]) == job
    assert job["id"] in small.ids("opportunities")
    assert job in small.jobs_of(owner)
    assert small.children("job_charges", "jobs", job["id"]) == [charge]
    assert small.children("payments", "jobs", job["id"]) == [payment]
    assert "job_id" not in payment


def test_deleting_softly_keeps_the_record_and_removing_does_not(small):
    first, second = small.ids("customers")[:2]
    small.delete("customers", first)
    small.remove("customers", second)
    assert not {first, second} & set(small.ids("customers"))
    assert small.get("customers", first)["deleted_at"]
    assert small.get("customers", second) is None


def test_children_of_a_deleted_job_are_gone_too(small):
    task = next(small.records("tasks"))
    small.delete("jobs", task["job_id"])
    assert task["id"] not in small.ids("tasks")
    assert task["id"] not in {row["id"] for row in small.records("tasks")}


@pytest.mark.parametrize(
    ("work", "error"),
    [
        (lambda data: data.edit("jobs", data.ids("jobs")[0], colour="red"), ValueError),
        (lambda data: data.edit("jobs", 1, name="x"), KeyError),
        (lambda data: data.add("notes", note="whose?"), ValueError),
        (lambda data: data.add("tasks", name="whose?"), ValueError),
        (lambda data: data.delete("notes", next(data.records("notes"))["id"]), ValueError),
        (lambda data: data.remove("jobs", 1), KeyError),
    ],
)
def test_a_mistaken_edit_is_an_error(small, work, error):
    with pytest.raises(error):
        work(small)


def test_reset_undoes_edits(small):
    before = repr(list(small.records("jobs")))
    small.edit("jobs", small.ids("jobs")[3], name="x")
    small.add("jobs", customer_id=small.ids("customers")[0], status="new")
    small.reset()
    assert repr(list(small.records("jobs"))) == before


def test_opportunities_are_the_statuses_before_work_begins(clean):
    statuses = {clean.get("jobs", job_id)["status"] for job_id in clean.ids("opportunities")}
    assert statuses == OPPORTUNITY


def test_a_large_account_costs_its_outline_only():
    data = Dataset(customers=200_000)
    assert len(data.ids("jobs")) > 580_000
    last = data.get("jobs", data.ids("jobs")[-1])
    assert data.numbered("jobs", last["job_number"]) == last
    assert all(planted.ids for planted in data.planted)
