"""Rows for the server, shaped like the recorded ones."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.unit.tap_kickserv.server import Kickserv

Row = dict[str, Any]


def customer(number: int, **columns: Any) -> Row:
    return {
        "id": 1000 + number,
        "customer_number": number,
        "name": f"Customer {number}",
        "service_city": "Albany",
        "balance": Decimal("12.50"),
        "company": number % 2 == 0,
        "created_at": "2022-05-17T10:04:14-04:00",
        "updated_at": "2022-06-01T08:00:00-04:00",
        "password_digest": "digest-of-a-password",
        "contacts": [],
        "tasks": [],
        "notes": [],
        "tax_entity": None,
        "custom_field_assignments": [],
        **columns,
    }


def job(number: int, **columns: Any) -> Row:
    return {
        "id": 5000 + number,
        "job_number": number,
        "customer_id": 1001,
        "name": f"Job {number}",
        "status": "scheduled",
        "total": Decimal("1464.27"),
        "updated_at": "2022-06-01T08:00:00-04:00",
        "employees": [],
        "job_charges": [],
        "time_entries": [],
        "notes": [],
        "job_type": None,
        "job_status": None,
        "tax_entity": None,
        "custom_field_assignments": [],
        **columns,
    }


def fill(kickserv: Kickserv) -> None:
    """A little of everything."""
    kickserv.lists["employees"] = [
        {
            "id": 11,
            "employee_number": 1,
            "name": "Ann",
            "email_address": "ann@example.com",
            "active": True,
            "password_salt": "salt-of-ann",
            "encrypted_password": "hash-of-ann",
            "remember_token": "session-of-ann",
            "favourite_colour": "green",
            "created_at": "2020-01-01T00:00:00-05:00",
        },
    ]
    kickserv.lists["items"] = [
        {"id": 71, "name": "Filter", "price": Decimal("45.0"), "active": True},
        {"id": 72, "name": "Labor", "price": Decimal("95.00"), "active": False},
    ]
    kickserv.calendar = {
        "events": [],
        "job_types": [{"id": 31, "name": "Service"}, {"id": 32, "name": "Repair"}],
    }
    kickserv.lists["customers"] = [
        customer(
            1,
            contacts=[{"id": 201, "first_name": "Bo", "is_primary": True}],
            tasks=[{"id": 301, "name": "Visit", "scheduled_at": "2022-07-01T09:00:00-04:00"}],
            notes=[{"id": 401, "note": "Gate code 1234"}],
            tax_entity={"id": 501, "name": "NY", "rate": Decimal("8.25")},
            custom_field_assignments=[{"id": 601, "name": "Roof", "value": "flat"}],
        ),
        *(customer(number) for number in range(2, 6)),
    ]
    kickserv.lists["jobs"] = [
        job(
            1,
            employees=[{"id": 11, "name": "Ann"}],
            job_charges=[
                {"id": 701, "description": "Filter", "quantity": Decimal("6.0")},
                {"id": 702, "description": "Labor", "quantity": Decimal("1.5")},
            ],
            time_entries=[{"id": 801, "employee_id": 11, "number_of_hours": Decimal("2.25")}],
            notes=[{"id": 402, "note": "Done"}],
            job_type={"id": 31, "name": "Service"},
            job_status={"id": 41, "name": "Parts ordered"},
            tax_entity={"id": 501, "name": "NY"},
            custom_field_assignments=[{"id": 602, "name": "Brand", "value": "Carrier"}],
            invoice_status="paid",
        ),
        *(job(number, job_type={"id": 31, "name": "Service"}) for number in range(2, 6)),
    ]
    kickserv.details["1"] = {
        "payments": [
            {
                "id": 901,
                "date": "2022-05-09",
                "amount": "1464.27",
                "customer": {"id": 1001, "name": "Customer 1"},
            },
        ],
        "payment_request": {"id": 911, "job_id": 5001, "amount": 146427, "paid": False},
        "expenses": [
            {
                "id": 921,
                "amount": "1999.66",
                "employee": {"id": 11, "name": "Ann"},
                "vendor": {"id": 931, "name": "Depot", "active": True},
                "attachments": [{"id": 942, "file_name": "receipt.pdf"}],
            },
        ],
        "attachments": [{"id": 941, "file_name": "roof.jpg", "url": "/files/roof.jpg"}],
        "signatures": [{"id": 951, "file_name": "signature.png", "signed_by": "Bo"}],
        "tags": [{"id": 961, "name": "vip"}],
    }
    kickserv.lists["opportunities"] = [
        {
            "id": 5901,
            "job_number": 901,
            "customer_id": 1002,
            "status": "estimate_sent",
            "total": "99.00",
            "updated_at": "2022-08-01T08:00:00-04:00",
            "job_charges": [{"id": 791, "description": "Offer"}],
        },
    ]
