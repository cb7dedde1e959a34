"""People: contacts of customers, customers themselves, and employees who are no users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import filled, put_together
from tests.oracle.salesforce.promises.wanted import (
    OWN_COMPANY,
    Wanted,
    address,
    cut,
    each_once,
    is_person,
    parent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Promise
    from tests.oracle.truth import Row


def technicians(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("employees"):
        of = row.get
        if promise.people.is_user(row["id"]):
            continue
        first, _, rest = (of("name") or "").partition(" ")
        yield Wanted(
            "Contact",
            "technician",
            "employees",
            f"employee-{row['id']}",
            {
                "LastName": cut(filled(rest, first, f"Employee {of('employee_number')}"), 80),
                "FirstName": cut(first, 40) if rest else None,
                **promise.made("Contact", of("created_at")),
                "Email": address(of("email_address")),
                "Phone": cut(filled(of("home_phone"), of("cell_phone")), 40),
                "MobilePhone": cut(of("cell_phone"), 40),
                "ks_kind__c": "Technician",
                "ks_created_at__c": of("created_at"),
                "ks_employee_id__c": str(row["id"]),
                "ks_employee_number__c": str(of("employee_number")),
                "ks_role__c": _role(row),
                "ks_is_active__c": of("active") is not False,
                "ks_emails__c": of("email_address"),
                "ks_phones__c": each_once(of("home_phone"), of("cell_phone"), of("pager")),
            },
            {"AccountId": ("Account", OWN_COMPANY)},
            row=str(row["id"]),
        )


def contacts(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("contacts"):
        of = row.get
        number = row["id"]
        yield Wanted(
            "Contact",
            "contact",
            "contacts",
            f"contact-{number}",
            {
                **_name(row, of("email1"), of("phone1"), f"Contact {number}"),
                **promise.people.owns(promise.customer(row).get("created_by")),
                **promise.made("Contact", of("created_at")),
                "Email": address(of("email1")),
                "Phone": cut(of("phone1"), 40),
                "MobilePhone": cut(of("phone2"), 40),
                "Title": cut(of("title"), 128),
                "ks_kind__c": "Contact",
                "ks_is_primary__c": of("is_primary") is True,
                "ks_created_at__c": of("created_at"),
                "ks_title__c": of("title"),
                "ks_emails__c": put_together(", ", of("email1"), of("email2")),
                "ks_phones__c": put_together(", ", of("phone1"), of("phone2")),
            },
            {"AccountId": parent("Account", row["customer_id"])},
            row=str(number),
        )


def customers(promise: Promise) -> Iterator[Wanted]:
    """Those without a primary contact are their own, if they are anybody."""
    for row in promise.truth.rows("customers"):
        of = row.get
        listed = promise.truth.rows("contacts", customer_id=row["id"])
        if any(one["is_primary"] for one in listed) or not is_person(row):
            continue
        yield Wanted(
            "Contact",
            "customer_contact",
            "customers",
            f"customer-{row['id']}",
            {
                **_name(row, of("name"), of("email_address"), of("email")),
                **promise.people.owns(of("created_by")),
                **promise.made("Contact", of("created_at")),
                "Email": address(filled(of("email_address"), of("email"))),
                "Phone": cut(filled(of("phone_number"), of("phone")), 40),
                "MobilePhone": cut(
                    filled(of("mobile"), of("alt_phone_number"), of("alt_phone")), 40
                ),
                "ks_kind__c": "Customer",
                "ks_is_primary__c": True,
                "ks_created_at__c": of("created_at"),
                "ks_emails__c": each_once(of("email_address"), of("email")),
            },
            {"AccountId": parent("Account", row["id"])},
            row=str(row["id"]),
        )


def _name(row: Row, *instead: str | None) -> dict[str, Any]:
    """First and last name; Salesforce asks for a last one, so something has to stand there."""
    first, last = row.get("first_name"), row.get("last_name")
    return {
        "LastName": cut(filled(last, first, *instead), 80),
        "FirstName": cut(first, 40) if filled(last) else None,
        "ks_name__c": put_together(" ", first, last),
    }


def _role(row: Row) -> str:
    told = (
        ("is_account_owner", "account owner"),
        ("admin", "administrator"),
        ("limit_access_to_assignments", "assigned jobs only"),
    )
    return ", ".join(text for name, text in told if row.get(name)) or "technician"
