"""The XML, against sections 2.1 to 2.5 of what is known of Kickserv."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from tests.sandbox.kickserv.fields import FIELDS, JSON_ONLY


def test_a_list_is_an_array_of_singular_elements(client):
    """2.4"""
    jobs = client.xml("jobs.xml")
    assert jobs.tag == "jobs"
    assert jobs.get("type") == "array"
    assert {job.tag for job in jobs} == {"job"}


def test_an_empty_list_is_one_closed_element_with_status_200(client):
    """2.4"""
    response = client.get("jobs.xml?page=9999")
    assert response.status_code == 200
    assert response.text == ('<?xml version="1.0" encoding="UTF-8"?>\n<jobs type="array"/>\n')


def test_one_job_has_its_own_root_and_one_customer_a_plural_one_without_type(client):
    """2.4, recorded in 2018"""
    assert client.xml("jobs/1.xml").tag == "job"
    customer = client.xml("customers/1.xml")
    assert customer.tag == "customers"
    assert customer.get("type") is None
    assert customer.findtext("customer-number") == "1"


def test_elements_are_dashed_typed_and_null_by_attribute(client):
    """2.4"""
    job = client.xml("jobs/1.xml")
    assert job.find("customer-id").get("type") == "integer"
    assert job.find("subtotal").get("type") == "decimal"
    assert job.find("created-at").get("type") == "dateTime"
    assert job.find("ok-to-sync").get("type") == "boolean"
    assert job.find("ok-to-sync").text == "true"
    assert job.find("name").get("type") is None
    assert dict(job.find("txn-id").attrib) == {"nil": "true"}
    assert dict(job.find("deleted-at").attrib) == {"type": "dateTime", "nil": "true"}


def test_an_empty_text_is_an_empty_element_without_nil(client, sandbox):
    """2.4"""
    sandbox.source.edit("customers", sandbox.source.numbered("customers", 1)["id"], fax="")
    fax = client.xml("customers/1.xml").find("fax")
    assert (fax.text, dict(fax.attrib)) == (None, {})


@pytest.mark.parametrize("stream", ["jobs", "customers"])
def test_every_known_field_is_there_in_wire_order(client, stream):
    """2.5"""
    record = client.xml(f"{stream}/1.xml")
    fields = [name.replace("_", "-") for name in FIELDS[stream] if name not in JSON_ONLY]
    assert [element.tag for element in record][: len(fields)] == fields


def test_the_account_id_is_left_to_the_json(client):
    """1.1"""
    assert client.xml("jobs/1.xml").find("account-id") is None
    assert client.json("jobs/1.json")["account_id"]


def test_custom_slots_run_text_number_datetime_by_number(client):
    """2.5"""
    tags = [element.tag for element in client.xml("jobs/1.xml")]
    first = tags.index("custom-text1")
    assert tags[first : first + 4] == [
        "custom-text1",
        "custom-number1",
        "custom-datetime1",
        "custom-text2",
    ]
    assert tags.index("custom-text11") > tags.index("custom-datetime10")


def test_children_of_a_customer_are_typed_full_records(client, sandbox):
    """2.4, 1.4"""
    source = sandbox.source
    branch = next(row for row in source.records("customers") if row.get("parent_id"))
    head = source.get("customers", branch["parent_id"])
    children = client.xml(f"customers/{head['customer_number']}.xml").find("children")
    assert children.get("type") == "array"
    assert [(child.tag, child.get("type")) for child in children] == [("child", "Customer")]
    assert children[0].findtext("id") == str(branch["id"])
    assert children[0].find("custom-text20") is not None


def test_a_missing_record_is_400_and_not_404(client):
    """2.4"""
    for path, message in (
        ("customers/99999.xml", "Invalid customer."),
        ("jobs/99999.xml", "Invalid job."),
        ("jobs/99999/notes.xml", "Invalid job."),
        ("customers/99999/jobs.xml", "Invalid customer."),
    ):
        response = client.get(path)
        assert response.status_code == 400
        assert response.text == f"<errors>\n  <error>{message}</error>\n</errors>\n"


def test_pages_hold_thirty_and_end_with_an_empty_one(client, sandbox):
    """2.1, 2.4"""
    pages = client.xml_pages("customers.xml")
    assert {len(page) for page in pages[:-1]} == {30}
    assert sorted(chain(*pages)) == list(sandbox.source.ids("customers"))


def test_the_page_size_can_be_the_fifty_that_were_recorded(client, sandbox):
    """2.4"""
    sandbox.switches.xml_page_size = 50
    assert len(client.xml("jobs.xml")) == 50


def test_lists_ascend_unless_switched(client, sandbox):
    """1.6"""
    numbers = [int(job.findtext("job-number")) for job in client.xml("jobs.xml")]
    assert numbers == sorted(numbers)
    sandbox.switches.xml_order = "desc"
    numbers = [int(job.findtext("job-number")) for job in client.xml("jobs.xml")]
    assert numbers == sorted(numbers, reverse=True)
    assert sorted(chain(*client.xml_pages("jobs.xml"))) == list(sandbox.source.ids("work"))


def test_only_limits_the_fields_and_keeps_the_order_of_the_record(client):
    """2.3, recorded: five names gave exactly five elements"""
    job = client.xml("jobs.xml?only=job_number,id,customer_id,name,status")[0]
    assert [element.tag for element in job] == [
        "id",
        "customer-id",
        "job-number",
        "name",
        "status",
    ]


@pytest.mark.parametrize("mark", [",", "%20"])
def test_includes_are_separated_by_comma_or_space(client, mark):
    """2.3"""
    include = mark.join(["job_charges", "job_status", "employees"])
    job = client.xml(f"jobs.xml?include={include}")[0]
    assert [element.tag for element in job][-3:] == ["job-charges", "job-status", "employees"]


JOB_INCLUDES = (
    "customer,employees,job_charges,time_entries,notes,job_type,job_status,tax_entity,"
    "custom_field_assignments"
)
CUSTOMER_INCLUDES = "contacts,jobs,tasks,notes,tax_entity,custom_field_assignments"


@pytest.mark.parametrize(
    ("stream", "include", "arrays"),
    [
        (
            "jobs",
            JOB_INCLUDES,
            {
                "employees": "employee",
                "job-charges": "job-charge",
                "time-entries": "time-entry",
                "notes": "note",
                "custom-field-assignments": "custom-field-assignment",
            },
        ),
        (
            "customers",
            CUSTOMER_INCLUDES,
            {
                "contacts": "contact",
                "jobs": "job",
                "tasks": "task",
                "notes": "note",
                "custom-field-assignments": "custom-field-assignment",
            },
        ),
    ],
)
def test_every_documented_include_is_served(client, stream, include, arrays):
    """2.3"""
    rows = client.xml(f"{stream}.xml?include={include}&page=2")
    for row in rows:
        assert {name.replace("_", "-") for name in include.split(",")} <= {e.tag for e in row}
        for array in arrays:
            assert row.find(array).get("type") == "array"
    for array, element in arrays.items():
        assert {child.tag for row in rows for child in row.find(array)} == {element}


def test_included_children_are_those_of_the_record(client, sandbox):
    """2.3, 2.4"""
    source = sandbox.source
    for job in client.xml("jobs.xml?include=job_charges,time_entries,notes&page=3"):
        job_id = int(job.findtext("id"))
        for stream, tag in (
            ("job_charges", "job-charges"),
            ("time_entries", "time-entries"),
            ("notes", "notes"),
        ):
            sent = [int(child.findtext("id")) for child in job.find(tag)]
            assert sent == [row["id"] for row in source.children(stream, "jobs", job_id)]


def test_an_unknown_parameter_or_include_is_ignored(client):
    """2.2, 2.3"""
    assert len(client.xml("jobs.xml?updated_since=2026-01-01&include=invoices")) == 30


def test_customers_are_filtered_by_exact_match_and_all_filters_hold(client, sandbox):
    """2.2"""
    wanted = sandbox.source.numbered("customers", 5)
    query = f"name={wanted['name']}&phone_number={wanted['phone_number']}"
    assert [row.findtext("id") for row in client.xml(f"customers.xml?{query}")] == [
        str(wanted["id"])
    ]
    assert not len(client.xml(f"customers.xml?name={wanted['name'][:-1]}"))
    assert not len(client.xml(f"customers.xml?name={wanted['name']}&service_city=Nowhere"))


def test_jobs_are_filtered_by_status_state_and_service(client):
    """2.2"""
    done = client.xml("jobs.xml?status=complete")
    assert {job.findtext("status") for job in done} == {"complete"}
    states = client.xml("jobs.xml?state=uncompleted%20in_progress")
    assert len(states)
    assert not {job.findtext("status") for job in states} & {"complete", "canceled", "lost"}
    services = client.xml("jobs.xml?job_type_id=602")
    assert {job.findtext("job-type-id") for job in services} == {"602"}


def test_jobs_are_filtered_by_employee_number(client, sandbox):
    """1.4, 2.2"""
    jobs = client.xml("jobs.xml?employee_number=4&include=employees")
    assert len(jobs)
    for job in jobs:
        numbers = [e.findtext("employee-number") for e in job.find("employees")]
        assert "4" in numbers
        internal = sandbox.source.ids("employees")
        assert int(job.find("employees")[0].findtext("id")) in internal


def test_scheduled_words_select_by_the_schedule_date(client, sandbox):
    """2.2"""
    job_id = sandbox.source.ids("work")[0]
    for word, moment in (
        ("today", "2026-11-02T15:00:00-05:00"),
        ("tomorrow", "2026-11-03T00:00:00-05:00"),
        ("this_week", "2026-11-08T23:59:00-05:00"),
        ("last_week", "2026-10-26T08:00:00-04:00"),
        ("next_week", "2026-11-09T08:00:00-05:00"),
        ("this_month", "2026-11-30T08:00:00-05:00"),
        ("last_month", "2026-10-01T08:00:00-04:00"),
        ("next_month", "2026-12-31T08:00:00-05:00"),
    ):
        sandbox.source.edit("jobs", job_id, scheduled_on=moment)
        found = set(chain(*client.xml_pages(f"jobs.xml?scheduled={word}")))
        assert job_id in found, word
        assert len(found) < len(sandbox.source.ids("work"))


def test_items_show_active_ones_unless_asked(client):
    """2.1"""

    def active(query: str) -> set[str]:
        return {item.findtext("active") for item in client.xml(f"items.xml{query}")}

    assert active("") == {"true"}
    assert active("?which=inactive") == {"false"}
    assert active("?which=all") == {"true", "false"}


def test_employees_come_whole_active_or_not_unpaged_and_with_secrets(client, sandbox):
    """2.1, 3.5"""
    sandbox.switches.xml_page_size = 5
    employees = client.xml("employees.xml")
    assert len(employees) == 14
    assert {employee.findtext("active") for employee in employees} == {"true", "false"}
    for secret in ("password-salt", "encrypted-password", "remember-token"):
        assert all(employee.findtext(secret) for employee in employees)


def test_customers_carry_secrets(client):
    """2.5"""
    texts = client.get("customers.xml").text
    for secret in ("password-digest", "token", "remember-me-token"):
        assert re.search(f"<{secret}>secret-", texts)


def test_nested_lists_have_addresses_of_their_own(client, sandbox):
    """2.1"""
    source = sandbox.source
    job = next(row for row in source.records("jobs") if source.children("notes", "jobs", row["id"]))
    number = job["job_number"]
    notes = client.xml(f"jobs/{number}/notes.xml")
    assert {note.findtext("noteable-id") for note in notes} == {str(job["id"])}
    assert {note.findtext("noteable-type") for note in notes} == {"Job"}
    assert client.xml(f"jobs/{number}/time_entries.xml").tag == "time-entries"
    owner = source.get("customers", job["customer_id"])["customer_number"]
    jobs = client.xml(f"customers/{owner}/jobs.xml")
    assert {row.findtext("customer-id") for row in jobs} == {str(job["customer_id"])}
    task = next(source.records("tasks"))
    assert client.xml(f"tasks/{task['id']}.xml").tag == "task"


def test_deleted_rows_are_left_out(client, sandbox):
    """1.6"""
    source = sandbox.source
    jobs = source.ids("work")[:2]
    source.delete("jobs", jobs[0])
    source.remove("jobs", jobs[1])
    listed = set(chain(*client.xml_pages("jobs.xml")))
    assert listed.isdisjoint(jobs)
    number = source.get("jobs", jobs[0])["job_number"]
    assert client.get(f"jobs/{number}.xml").status_code == 400


@pytest.mark.parametrize("path", ["estimates.xml", "invoices.xml", "payments.xml", "contacts.xml"])
def test_addresses_that_the_vendor_does_not_offer_are_404(client, path):
    """2.1"""
    assert client.get(path).status_code == 404
