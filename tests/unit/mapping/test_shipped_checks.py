"""The checks of what is shipped: each finds the row that it is there for, and no ordinary one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.sandbox.kickserv.dataset import Dataset

from crm_transforms.mapping import Mapping
from tap_kickserv.tap import TapKickserv

DAY = "2024-01-01T08:00:00Z"
ORDINARY = {
    "customers": {"name": "Ann", "email_address": "ann@example.com", "service_address": "1 Elm"},
    "contacts": {"customer_id": 1, "first_name": "Ann", "email1": "ann@example.com"},
    "employees": {"email_address": "ann@example.com", "active": True},
    "jobs": {"customer_id": 1, "status": "complete", "completed_on": DAY, "created_by": 1},
    "job_charges": {"job_id": 1, "item_id": 1, "quantity": 2, "price_per_unit": Decimal("1.5"),
                    "discount": Decimal("0.5"), "total": Decimal("2.5")},
    "payments": {"job_id": 1, "amount": 5},
    "expenses": {"job_id": 1},
    "time_entries": {"job_id": 1, "employee_id": 1, "number_of_hours": 2},
    "tasks": {"job_id": 1, "scheduled_at": DAY, "ends_at": "2024-01-01T10:00:00Z"},
    "notes": {"noteable_id": 1, "noteable_type": "Job", "note": "x"},
    "attachments": {"job_id": 1},
    "signatures": {"job_id": 1},
    "job_types": {"name": "Repair"},
    "items": {"name": "Pipe", "list_id": "7", "price": Decimal("1.50")},
    "estimates": {"name": "Repair", "won_date": DAY},
    "invoices": {"invoice_status": "paid", "invoice_paid_on": DAY, "balance_remaining": 0},
}  # fmt: skip
VIEW_OF = {"estimates": "jobs", "invoices": "jobs"}
"""Streams that show jobs once more."""
FOUND = {
    "customers_without_name": {"name": " "},
    "customers_without_email": {"email_address": None},
    "customers_with_broken_email": {"email_address": "none"},
    "customers_refused_by_quickbooks": {"qb_error": "Error 6240"},
    "contacts_without_customer": {"customer_id": None},
    "contacts_without_name": {"first_name": None},
    "contacts_without_email": {"email1": ""},
    "contacts_with_broken_email": {"email2": "at home"},
    "employees_without_email": {"email_address": None},
    "employees_with_broken_email": {"email_address": "ann"},
    "employees_inactive": {"active": False},
    "employees_seeing_assigned_jobs_only": {"limit_access_to_assignments": True},
    "jobs_without_customer": {"customer_id": None},
    "jobs_without_status": {"status": None},
    "jobs_with_unknown_status": {"status": "on the moon"},
    "jobs_on_hold": {"status": "on_hold", "completed_on": None},
    "jobs_completed_without_date": {"completed_on": None},
    "jobs_assigned_to_nobody": {"created_by": None, "employee_ids": []},
    "jobs_refused_by_quickbooks": {"qb_error": "Error 6240"},
    "charges_without_job": {"job_id": None},
    "charges_without_item": {"item_id": None},
    "charges_without_price_or_quantity": {"quantity": None},
    "charges_that_do_not_add_up": {"total": 3},
    "payments_without_job": {"job_id": None},
    "payments_refused_by_quickbooks": {"qb_error": "Error 6240"},
    "expenses_without_job": {"job_id": None},
    "time_entries_without_job": {"job_id": None},
    "time_entries_without_employee": {"employee_id": None},
    "time_entries_still_running": {"number_of_hours": None},
    "visits_without_job": {"job_id": None},
    "notes_without_parent": {"noteable_type": None},
    "notes_without_text": {"note": ""},
    "attachments_without_job": {"job_id": None},
    "signatures_without_job": {"job_id": None},
    "services_without_name": {"name": None},
    "items_without_name": {"name": None},
}
FOUND_FOR_SALESFORCE = {
    **{name: row for name, row in FOUND.items() if name != "jobs_completed_without_date"},
    "customers_with_long_phone": {"phone_number": "9" * 41},
    "customers_with_long_address": {"service_city": "x" * 41},
    "customers_without_address": {"service_address": ""},
    "jobs_completed_without_date": {"completed_on": None, "won_date": DAY},
    "jobs_with_long_description": {"description": "x" * 32_001},
    "estimates_with_long_name": {"name": "x" * 111},
    "estimates_without_outcome_date": {"won_date": None},
    "invoices_paid_with_balance": {"balance_remaining": 5},
    "invoices_paid_without_date": {"invoice_paid_on": None},
    "contacts_with_broken_email": {"email1": "at@home"},
    "charges_of_nothing": {"quantity": 0},
    "charges_taken_back": {"quantity": -1},
    "visits_without_start": {"scheduled_at": None},
    "visits_without_end": {"ends_at": None},
    "visits_too_long": {"ends_at": "2024-01-16T08:00:00Z"},
    "notes_too_long_for_classic": {"note": "x" * 32_001},
    "attachments_too_large": {"file_size": 26_214_401},
}
SAME = {
    "customers_sharing_email": ({"email_address": "ANN@example.com "}, {"parent_id": 5}),
    "customers_sharing_name_and_address": ({"name": "ann"}, {"service_address": None}),
    "contacts_sharing_email": ({"email1": " Ann@Example.com"}, {"email1": None}),
    "employees_sharing_email": ({"email_address": "Ann@example.com"}, {"email_address": None}),
    "items_sharing_name_and_price": ({"full_name": "Pipe"}, {"name": None, "price": 9}),
}
SAME_FOR_SALESFORCE = {
    **{name: rows for name, rows in SAME.items() if name != "items_sharing_name_and_price"},
    "items_sharing_name_and_code": ({"full_name": "Pipe"}, {"list_id": None}),
}
MAPPINGS = {
    name: Mapping.load(name) for name in ("kickserv_to_pipedrive", "kickserv_to_salesforce")
}
CASES = {
    "kickserv_to_pipedrive": (FOUND, SAME),
    "kickserv_to_salesforce": (FOUND_FOR_SALESFORCE, SAME_FOR_SALESFORCE),
}
EVERY_FOUND = [(mapping, name) for mapping, (found, _) in CASES.items() for name in found]
EVERY_SAME = [(mapping, name) for mapping, (_, same) in CASES.items() for name in same]


@pytest.fixture(params=MAPPINGS)
def mapping(request):
    return MAPPINGS[request.param]


@pytest.mark.parametrize("document", CASES)
def test_every_check_has_a_case_here(document):
    found, same = CASES[document]
    by_kind = {"when": set(found), "same": set(same), "over": {"employees_over_cap"}}
    assert by_kind == {
        kind: {name for name, check in MAPPINGS[document].checks.items() if check.kind == kind}
        for kind in by_kind
    }


@pytest.mark.parametrize(("document", "name"), EVERY_FOUND)
def test_a_check_finds_its_row_and_no_ordinary_or_deleted_one(document, name):
    check = MAPPINGS[document].checks[name]
    row, odd = ORDINARY[check.stream], CASES[document][0][name]
    assert not check.holds(row)
    assert check.holds({**row, **odd})
    if check.stream in {"customers", "contacts", "jobs", "job_charges", "payments", "tasks"}:
        assert not check.holds({**row, **odd, "deleted_at": DAY})


@pytest.mark.parametrize(("document", "name"), EVERY_SAME)
def test_duplicates_are_found_whatever_their_capitals_and_blanks(document, name):
    check = MAPPINGS[document].checks[name]
    row = ORDINARY[check.stream]
    like, unlike = CASES[document][1][name]
    assert check.value(row) == check.value({**row, **like}) is not None
    assert check.value({**row, **unlike}) != check.value(row)


@pytest.mark.parametrize(
    ("document", "value_map"),
    [("kickserv_to_pipedrive", "deal_status"), ("kickserv_to_salesforce", "case_status"),
     ("kickserv_to_salesforce", "estimate_stage")],
)  # fmt: skip
def test_the_statuses_of_the_check_are_those_of_the_value_map(document, value_map):
    mapping = MAPPINGS[document]
    check = mapping.checks["jobs_with_unknown_status"]
    statuses = mapping.values["job_status"].table
    assert statuses.keys() >= mapping.values[value_map].table.keys()
    assert not [each for each in statuses if check.holds({"status": each})]


def test_all_that_the_document_names_is_in_the_source(mapping):
    settings = {"account_slug": "acme", "api_token": "none"}
    tap = TapKickserv(config=settings, validate_config=False, parse_env_config=False)
    streams = tap.catalog_dict["streams"]
    assert mapping.check({each["stream"]: each["schema"] for each in streams}) == []


def test_every_row_of_an_account_can_be_looked_at(mapping):
    account = Dataset(customers=40)
    for check in mapping.checks.values():
        for row in account.records(VIEW_OF.get(check.stream, check.stream)):
            assert check.kind != "when" or check.holds(row) in {True, False}
            assert check.kind != "same" or isinstance(check.value(row), str | None)
    for left in mapping.left_behind.values():
        for evidence in left.evidence:
            rows = account.records(VIEW_OF.get(evidence.stream, evidence.stream))
            values = [evidence.value(row) for row in rows]
            assert all(value is None or value.strip() for value in values)


def test_what_people_are_told_fits_a_line_of_a_report(mapping):
    told = [gotcha.text for gotcha in mapping.gotchas]
    told += [check.say for check in mapping.checks.values()]
    assert len(set(told)) == len(told)
    assert max(map(len, told)) <= 250
    assert {gotcha.of for gotcha in mapping.gotchas} == {"source", "destination", "pair"}
