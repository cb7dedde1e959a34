"""What an account's rows become, through either door."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from singer_sdk.exceptions import ConfigValidationError, FatalAPIError
from tests.unit.tap_kickserv.account import customer, job
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv, Reply, xml_list

from tap_kickserv.streams import STREAMS
from tap_kickserv.tap import TapKickserv

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.tap_kickserv.conftest import Run

    RunTap = Callable[..., Run]


def test_every_stream_is_filled_from_few_requests(account: Kickserv, run: RunTap) -> None:
    result = run(api="xml")
    assert set(result.records) == {stream.name for stream in STREAMS}
    calls = account.calls()
    details = {path: calls.pop(path) for path in list(calls) if "/jobs/" in path}
    # An opportunity's charges, notes and so on stand on no page of a list.
    assert details.pop(f"/{SLUG}/jobs/901.xml") == 1
    assert details == {f"/{SLUG}/jobs/{number}.json": 1 for number in (1, 2, 3, 4, 5, 901)}
    assert calls == {
        f"/{SLUG}/employees.xml": 1,
        f"/{SLUG}/items.xml": 3,
        f"/{SLUG}/calendar.json": 1,
        f"/{SLUG}/customers.xml": 3,
        f"/{SLUG}/opportunities.json": 3,
        f"/{SLUG}/jobs.xml": 3,
    }  # each list: its pages, the empty one, and an only page twice, for it may have been full


@pytest.mark.usefixtures("account")
def test_parents_come_before_children(run: RunTap) -> None:
    messages = run(api="xml").messages
    order = list(dict.fromkeys(m["stream"] for m in messages if m["type"] == "RECORD"))
    for parent, child in [
        ("employees", "customers"),
        ("customers", "contacts"),
        ("customers", "jobs"),
        ("job_types", "jobs"),
        ("job_statuses", "jobs"),
        ("items", "job_charges"),
        ("jobs", "job_charges"),
        ("jobs", "notes"),
        ("jobs", "payments"),
        ("expenses", "attachments"),
    ]:
        assert order.index(parent) < order.index(child)


def test_only_selected_children_are_included(account: Kickserv, run: RunTap) -> None:
    run("jobs", "notes", api="xml")
    included = {r.path: r.query.get("include") for r in account.requests}
    assert included[f"/{SLUG}/jobs.xml"] == "employees,notes"
    assert included[f"/{SLUG}/customers.xml"] == "notes"


def test_without_children_no_job_is_asked_for_alone(account: Kickserv, run: RunTap) -> None:
    account.lists["opportunities"] = []
    result = run("jobs", "job_charges", "time_entries", "notes", api="xml")
    assert len(result.records["job_charges"]) == 2
    assert not [path for path in account.calls() if "/jobs/" in path]


def test_one_request_for_each_job_serves_all_records_that_only_the_json_has(
    account: Kickserv,
    run: RunTap,
) -> None:
    run("payments", "expenses", "attachments", "tags", api="xml")
    assert account.calls()[f"/{SLUG}/jobs/1.json"] == 1
    assert account.requests[-1].query.get("include") is None


def test_requests_for_single_jobs_stay_within_concurrency_and_in_order(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.page_size = 50
    account.lists["jobs"] = [job(number) for number in range(1, 41)]
    for number in range(1, 41):
        account.details[str(number)] = {"payments": [{"id": number}]}
    result = run("payments", api="xml", concurrency=3)
    assert result.ids("payments") == list(range(1, 41))
    assert account.busiest <= 3


@pytest.mark.usefixtures("account")
def test_records_know_their_parents(run: RunTap) -> None:
    records = run(api="xml").records
    assert records["contacts"][0]["customer_id"] == 1001
    assert records["tasks"][0]["customer_id"] == 1001
    assert records["job_charges"][0]["job_id"] == 5001
    assert records["time_entries"][0]["job_id"] == 5001
    assert records["payments"][0] | {"id": 901} == records["payments"][0]
    assert (records["payments"][0]["job_id"], records["payments"][0]["customer_id"]) == (5001, 1001)
    assert records["expenses"][0]["employee_id"] == 11
    assert (records["expenses"][0]["vendor_id"], records["expenses"][0]["vendor_name"]) == (
        931,
        "Depot",
    )
    assert records["tags"] == [{"id": 961, "job_id": 5001, "name": "vip"}]
    assert {(n["noteable_type"], n["noteable_id"]) for n in records["notes"]} == {
        ("Customer", 1001),
        ("Job", 5001),
    }
    assert {
        (a["customizable_type"], a["customizable_id"]) for a in records["custom_field_assignments"]
    } == {("Customer", 1001), ("Job", 5001)}
    assert [(a["id"], a["job_id"], a.get("expense_id")) for a in records["attachments"]] == [
        (942, 5001, 921),
        (941, 5001, None),
    ]


@pytest.mark.usefixtures("account")
def test_embedded_employees_become_ids_on_the_job(run: RunTap) -> None:
    jobs = run("jobs", api="xml").records["jobs"]
    assert jobs[0]["employee_ids"] == [11]
    assert jobs[1]["employee_ids"] == []
    assert "employees" not in jobs[0].get("_extra", {})


@pytest.mark.usefixtures("account")
def test_both_doors_give_the_same_jobs_estimates_and_invoices(
    run: RunTap,
) -> None:
    names = ("jobs", "estimates", "invoices")
    by_door = [run(*names, api=api).records for api in ("xml", "json")]
    for name in names:
        xml, json = (sorted(records[name], key=lambda r: r["id"]) for records in by_door)
        for row in (*xml, *json):
            row.pop("employee_ids", None)  # only the XML can include the employees
        assert xml == json


def test_an_estimate_and_an_invoice_are_views_of_their_job(account: Kickserv, run: RunTap) -> None:
    account.lists["jobs"][1]["estimate_sent_on"] = "2022-05-17T10:04:14-04:00"
    records = run("estimates", "invoices", api="xml").records
    assert [(r["id"], r["job_id"], r["job_number"]) for r in records["estimates"]] == [
        (5002, 5002, 2),
        (5901, 5901, 901),
    ]
    (invoice,) = records["invoices"]
    assert invoice["job_id"] == invoice["id"] == 5001
    assert invoice["total"] == Decimal("1464.27")
    assert invoice["invoice_status"] == "paid"
    assert "_extra" not in invoice


def test_a_location_is_the_service_address_of_a_customer(account: Kickserv, run: RunTap) -> None:
    account.lists["customers"].append(customer(6, parent_id=1001))
    locations = run("locations", api="xml").records["locations"]
    assert len(locations) == 6
    assert (locations[0]["id"], locations[0]["customer_id"]) == (1001, 1001)
    assert locations[0]["city"] == "Albany"
    assert locations[5]["parent_id"] == 1001


def test_pages_in_the_web_app_are_named(account: Kickserv, run: RunTap) -> None:
    records = run("customers", "jobs", "invoices", api="xml").records
    assert records["customers"][0]["web_url"] == f"{account.url}/{SLUG}/customers/1"
    assert records["jobs"][0]["web_url"] == f"{account.url}/{SLUG}/jobs/1"
    assert records["invoices"][0]["web_url"] == f"{account.url}/{SLUG}/jobs/1"


def test_a_nested_child_customer_is_a_customer(account: Kickserv, run: RunTap) -> None:
    listed = customer(6, parent_id=1001)
    only_nested = customer(7, parent_id=1001, children=[customer(8, parent_id=1007)])
    account.lists["customers"][0]["children"] = [customer(6, name="stale"), only_nested]
    account.lists["customers"].append(listed)
    customers = run("customers", api="xml").records["customers"]
    assert sorted(row["id"] for row in customers) == list(range(1001, 1009))
    assert {row["id"]: row["name"] for row in customers}[1006] == "Customer 6"


@pytest.mark.parametrize(
    ("job_changed", "opportunity_changed", "outcome"),
    [
        ("2022-08-01T08:00:00-04:00", "2022-08-01T09:00:00-04:00", ("new", True)),
        ("2022-08-01T09:00:00-04:00", "2022-08-01T08:00:00-04:00", ("scheduled", False)),
        ("2022-08-01T09:00:00-04:00", "2022-08-01T14:00:00Z", ("new", True)),
    ],
)
def test_of_a_job_in_both_lists_the_later_row_wins(
    account: Kickserv,
    run: RunTap,
    job_changed: str,
    opportunity_changed: str,
    outcome: tuple[str, bool],
) -> None:
    account.lists["jobs"] = [
        job(1, updated_at=job_changed, job_charges=[{"id": 701, "description": "Filter"}]),
    ]
    account.lists["opportunities"] = [
        {"id": 5001, "job_number": 1, "status": "new", "updated_at": opportunity_changed},
    ]
    result = run("jobs", "job_charges", api="xml")
    (row,) = result.records["jobs"]
    assert (row["status"], row["is_opportunity"]) == outcome
    assert row["name"] == "Job 1"
    assert result.ids("job_charges") == [701]


@pytest.mark.usefixtures("account")
def test_an_opportunity_brings_its_charges_from_its_own_page(
    run: RunTap,
) -> None:
    result = run("jobs", "job_charges", api="xml")
    assert [(c["id"], c["job_id"]) for c in result.records["job_charges"]][-1] == (791, 5901)
    assert [row["is_opportunity"] for row in result.records["jobs"]] == [*[False] * 5, True]


def test_an_opportunity_that_the_xml_does_not_show_is_asked_for_as_json(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.on(f"/{SLUG}/jobs/901.xml", lambda _: Reply("Invalid job.", 400))
    result = run("jobs", "job_charges", api="xml")
    assert result.ids("job_charges")[-1] == 791
    assert result.completed() == {"jobs", "job_charges"}


@pytest.mark.usefixtures("account")
def test_shared_records_come_once(run: RunTap) -> None:
    result = run("job_types", "tax_entities", "job_statuses", api="xml")
    assert result.ids("job_types") == [31, 32]
    assert result.ids("tax_entities") == [501]
    assert result.ids("job_statuses") == [41]
    assert {row["name"] for row in result.records["job_types"]} == {"Service", "Repair"}


def test_times_are_utc_and_amounts_exact(account: Kickserv, run: RunTap) -> None:
    account.lists["jobs"][0]["total"] = Decimal("12345678901234567.891")
    result = run("customers", "jobs", "payment_requests", api="xml")
    assert result.records["customers"][0]["created_at"] == "2022-05-17T14:04:14Z"
    assert '"total":12345678901234567.891' in result.output
    assert result.records["payment_requests"][0]["amount"] == 146427


def test_unknown_fields_are_kept_and_counted_once(
    account: Kickserv,
    run: RunTap,
    caplog: pytest.LogCaptureFixture,
) -> None:
    account.lists["jobs"][0]["brand_new"] = 7
    account.lists["jobs"][1]["brand_new"] = 8
    caplog.set_level(logging.INFO)
    jobs = run("jobs", api="xml").records["jobs"]
    assert jobs[0]["_extra"] == {"brand_new": 7}
    assert "_extra" not in jobs[2]
    assert [m for m in caplog.messages if "_extra" in m] == [
        "jobs: kept fields that this stream does not declare in _extra: brand_new (2 rows)",
    ]


SECRETS = ("salt-of-ann", "hash-of-ann", "session-of-ann", "digest-of-a-password", TOKEN)


@pytest.mark.parametrize("api", ["xml", "json"])
def test_no_secret_reaches_a_record_or_a_log(
    account: Kickserv,
    run: RunTap,
    caplog: pytest.LogCaptureFixture,
    api: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    account.details["1"]["payments"][0]["customer"]["token"] = "digest-of-a-password"
    output = run(api=api).output
    assert [secret for secret in SECRETS if secret in output or secret in caplog.text] == []


@pytest.mark.usefixtures("account")
def test_employees_pass_by_allow_list(run: RunTap) -> None:
    (employee,) = run("employees", api="xml").records["employees"]
    assert employee["email_address"] == "ann@example.com"
    assert not {"favourite_colour", "password_salt", "_extra"} & set(employee)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("total", "NaN"),
        ("total", "1e309"),
        ("updated_at", "2026-01-01T24:00:00Z"),
        ("updated_at", "next week"),
        ("scheduled_on", "0001-01-01T00:00:00Z"),
        ("scheduled_on", "9999-12-31T23:59:59Z"),
        ("customer_id", "many"),
    ],
)
def test_a_malformed_value_stays_text_in_its_row_and_harms_no_other(
    account: Kickserv,
    run: RunTap,
    column: str,
    value: str,
) -> None:
    account.lists["jobs"][1][column] = value
    jobs = run("jobs", api="xml").records["jobs"]
    assert jobs[1][column] == value
    assert len(jobs) == 6


@pytest.mark.parametrize("api", ["xml", "json"])
def test_a_long_and_strange_text_arrives_whole(account: Kickserv, run: RunTap, api: str) -> None:
    text = "👩\u200d🔧 \u202eabc e\u0301 \u0430 =cmd()" + "x" * 200_000
    account.lists["jobs"][0]["description"] = text
    assert run("jobs", api=api).records["jobs"][0]["description"] == text


def test_a_job_with_ten_thousand_charges_is_read_whole(account: Kickserv, run: RunTap) -> None:
    account.lists["jobs"][0]["job_charges"] = [
        {"id": number, "total": Decimal("1.10")} for number in range(100_001, 110_001)
    ]
    assert len(run("job_charges", api="xml").records["job_charges"]) == 10_001


def test_auto_takes_the_xml_where_it_answers(account: Kickserv, run: RunTap) -> None:
    run("items", api="auto")
    assert account.requests[0].query == {"page": "1", "only": "id"}
    assert f"/{SLUG}/items.xml" in account.calls()


def test_auto_takes_the_json_where_the_xml_is_gone(account: Kickserv, run: RunTap) -> None:
    account.on(f"/{SLUG}/customers.xml", lambda _: Reply("", 404))
    assert len(run("customers", api="auto").records["customers"]) == 5
    assert account.calls()[f"/{SLUG}/customers.json"] == 3


def test_the_page_number_goes_by_both_names_to_json_customers(
    account: Kickserv,
    run: RunTap,
) -> None:
    run("customers", api="json", page_size=2)
    assert account.requests[1].query == {"page": "2", "customers_page": "2", "per_page": "2"}


@pytest.mark.parametrize("api", ["export", "supergood"])
def test_a_door_that_is_not_built_says_so(run: RunTap, api: str) -> None:
    with pytest.raises(ConfigValidationError, match=f"{api}.*not built yet"):
        run(api=api)


@pytest.mark.parametrize("missing", ["account_slug", "api_token"])
def test_a_missing_setting_is_named(run: RunTap, missing: str) -> None:
    with pytest.raises(ConfigValidationError, match=missing):
        run(**{missing: ""})


def test_an_account_without_its_lists_is_an_error(account: Kickserv, run: RunTap) -> None:
    account.on(f"/{SLUG}/jobs.xml", lambda _: Reply("", 404))
    with pytest.raises(FatalAPIError, match=r"/jobs\.xml answered 404"):
        run("jobs", api="xml")


def test_a_cut_page_is_read_again_and_nothing_comes_twice(account: Kickserv, run: RunTap) -> None:
    whole = xml_list("jobs", account.lists["jobs"][:3])
    replies = iter([Reply(whole[: len(whole) // 2])])
    account.on(
        f"/{SLUG}/jobs.xml",
        lambda request: next(replies, None) if request.query["page"] == "1" else None,
    )
    assert run("jobs", api="xml").ids("jobs") == [5001, 5002, 5003, 5004, 5005, 5901]


@pytest.mark.usefixtures("account")
def test_a_slug_with_slashes_and_an_address_with_a_path_work() -> None:
    tap = TapKickserv(
        config={"api_url": "http://localhost:1/k/", "account_slug": "/acme/", "api_token": "t"},
    )
    assert tap.web_url == "http://localhost:1/k/acme"
