"""The JSON, against section 3 of what is known of Kickserv."""

from __future__ import annotations

import pytest
from tests.sandbox.kickserv.fields import EMPLOYEE_SHORT, JOB


@pytest.mark.parametrize(
    "path",
    ["customers.json", "jobs.json", "employees.json", "opportunities.json", "tasks.json"],
)
def test_lists_are_bare_arrays(client, path):
    """3.2"""
    rows = client.json(path)
    assert isinstance(rows, list)
    assert rows


def test_invoices_are_an_object_with_the_sum_beside_one_list(client, sandbox):
    """3.1, 3.2"""
    envelope = client.json("invoices.json")
    lists = [value for value in envelope.values() if isinstance(value, list)]
    assert len(lists) == 1
    assert all({"customer", "tasks"} <= row.keys() for row in lists[0])
    owed = sum(
        round(float(row["balance_remaining"]) * 100)
        for row in sandbox.source.records("jobs")
        if row.get("invoice_status") == "unpaid"
    )
    assert round(float(envelope["total_balance_remaining"]) * 100) == owed


def test_invoices_are_filtered_by_their_status(client):
    """3.1"""
    rows = client.json("invoices.json?invoice_status=unpaid")["invoices"]
    assert {row["invoice_status"] for row in rows} == {"unpaid"}


def test_a_job_has_the_fields_of_the_xml_in_its_order(client):
    """1.1"""
    assert list(client.json("jobs.json")[0])[: len(JOB)] == list(JOB)


def test_money_is_decimal_text_and_a_payment_request_whole_cents(client, sandbox):
    """1.5, 3.5"""
    request = next(sandbox.source.records("payment_requests"))
    number = sandbox.source.get("jobs", request["job_id"])["job_number"]
    job = client.json(f"jobs/{number}.json")
    assert isinstance(job["total"], str)
    assert isinstance(job["payment_request"]["amount"], int)
    assert job["payment_request"]["amount"] == round(float(job["total"]) * 100)


def test_job_detail_holds_what_the_xml_cannot_give(client, sandbox):
    """3.5"""
    seen: dict[str, int] = {}
    for payment_job in list(sandbox.source.records("jobs"))[:60]:
        job = client.json(f"jobs/{payment_job['job_number']}.json")
        for name in (
            *("job_charges", "payments", "expenses", "notes", "attachments", "signatures"),
            *("tags", "tasks"),
        ):
            seen[name] = seen.get(name, 0) + len(job[name])
        assert all(payment["customer"]["id"] == job["customer_id"] for payment in job["payments"])
        assert all("job_id" not in payment for payment in job["payments"])
        for charge in job["job_charges"]:
            assert (charge["item"] is None) == (charge["item_id"] is None)
    assert all(seen.values()), seen


def test_detail_answers_for_opportunities_too(client, sandbox):
    """3.1"""
    job_id = sandbox.source.ids("opportunities")[0]
    number = sandbox.source.get("jobs", job_id)["job_number"]
    assert client.json(f"jobs/{number}.json")["id"] == job_id


def test_a_missing_job_is_refused_with_errors(client):
    """3.4"""
    response = client.get("jobs/99999.json")
    assert (response.status_code, response.json()) == (400, {"errors": ["Invalid job."]})


def test_jobs_come_25_to_a_page_newest_first(client):
    """3.1"""
    numbers = [job["job_number"] for job in client.json("jobs.json")]
    assert len(numbers) == 25
    assert numbers == sorted(numbers, reverse=True)
    assert len(client.json("jobs.json?per_page=30")) == 30


def test_jobs_and_opportunities_are_apart_and_together_whole(client, sandbox):
    """6.10"""

    def read(name: str) -> list[int]:
        ids: list[int] = []
        page = 1
        while rows := client.json(f"{name}.json?page={page}"):
            ids += [row["id"] for row in rows]
            page += 1
        return ids

    jobs, opportunities = read("jobs"), read("opportunities")
    assert not set(jobs) & set(opportunities)
    assert sorted(jobs + opportunities) == list(sandbox.source.ids("jobs"))


def test_opportunities_carry_their_customer_and_are_filtered_by_status(client):
    """3.1"""
    rows = client.json("opportunities.json?status=new")
    assert {row["status"] for row in rows} == {"new"}
    assert all(row["customer"]["id"] == row["customer_id"] for row in rows)


def test_customers_page_by_customers_page_and_ignore_page(client, sandbox):
    """3.1, 3.3: a loop over `page` alone would read page 1 for ever"""
    first = client.json("customers.json")
    assert client.json("customers.json?page=2") == first
    second = client.json("customers.json?customers_page=2")
    assert not {row["id"] for row in first} & {row["id"] for row in second}
    sandbox.switches.customers_page_only = False
    assert client.json("customers.json?page=2") == second


def test_customers_are_found_by_part_and_by_beginning_of_the_name(client, sandbox):
    """3.1"""
    name = sandbox.source.numbered("customers", 9)["name"]
    parts = client.json(f"customers.json?q={name[1:6]}")
    assert name in {row["name"] for row in parts}
    starts = client.json(f"customers.json?begins_with={name[:4].upper()}")
    assert {row["name"][:4].lower() for row in starts} == {name[:4].lower()}


def test_customers_do_not_carry_contacts(client):
    """2.1: contacts are reached by the XML's include alone"""
    assert all("contacts" not in row for row in client.json("customers.json"))


def test_customer_notes_are_listed_by_customer_number(client, sandbox):
    """3.1"""
    note = next(
        note for note in sandbox.source.records("notes") if note["noteable_type"] == "Customer"
    )
    number = sandbox.source.get("customers", note["noteable_id"])["customer_number"]
    notes = client.json(f"customers/{number}/notes.json")
    assert note["id"] in {row["id"] for row in notes}


def test_tasks_carry_job_customer_contact_and_employees(client):
    """3.1"""
    for task in client.json("tasks.json"):
        assert task["job"]["id"] == task["job_id"]
        assert task["customer"]["id"] == task["customer_id"]
        assert {"primary_contact", "employees"} <= task.keys()


def test_the_end_of_a_range_of_tasks_is_exclusive(client, sandbox):
    """3.1"""
    task = next(sandbox.source.records("tasks"))
    sandbox.source.edit("tasks", task["id"], scheduled_at="2031-05-04T09:00:00-04:00")

    def read(query: str) -> list[int]:
        return [row["id"] for row in client.json(f"tasks.json?{query}")]

    assert read("from=2031-05-04&to=2031-05-05") == [task["id"]]
    assert read("from=2031-05-03&to=2031-05-04") == []
    assert task["id"] in read(f"job_id={task['job_id']}")


def test_the_job_list_of_tasks_holds_active_jobs_in_short(client):
    """3.1"""
    rows = client.json("tasks/job_list.json")
    assert {frozenset(row) for row in rows} == {frozenset({"id", "name", "status"})}
    assert not {row["status"] for row in rows} & {"canceled", "lost", "complete"}


def test_employees_are_active_ones_in_short(client):
    """3.1, 3.5"""
    employees = client.json("employees.json")
    assert {tuple(employee) for employee in employees} == {tuple(EMPLOYEE_SHORT)}
    assert all(employee["active"] for employee in employees)


def test_services_are_listed_in_the_calendar(client):
    """3.1"""
    services = client.json("calendar.json")["job_types"]
    assert {"Service", "Estimate"} <= {service["name"] for service in services}
    assert None in {service["price"] for service in services}


def test_items_have_no_json(client):
    """3.1"""
    assert client.get("items.json").status_code == 404


def test_xml_and_json_tell_the_same(client):
    """1.1"""
    xml, json = client.xml("jobs/1.xml"), client.json("jobs/1.json")
    for field in JOB:
        element = xml.find(field.replace("_", "-"))
        if element is None:
            continue
        value = None if element.get("nil") == "true" else element.text or ""
        if isinstance(json[field], bool):
            assert value == str(json[field]).lower()
        else:
            assert value == (None if json[field] is None else str(json[field]))
