"""Customers become organizations, contacts become their persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import below_each_other, filled, put_together
from tests.oracle.promises.wanted import EVERYBODY_OF_THE_GROUP, Wanted, assigned, parent, slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.people import People
    from tests.oracle.truth import Truth


def organizations(truth: Truth, people: People) -> Iterator[Wanted]:
    for row in truth.rows("customers"):
        of = row.get
        own_name = of("company_name") if of("company") else None
        address = put_together(
            ", ",
            of("service_address"),
            of("service_address_2"),
            of("service_city"),
            put_together(" ", of("service_state"), of("service_zip_code")),
            of("service_country"),
        )
        native = {
            "name": filled(
                own_name,
                of("name"),
                of("full_name"),
                of("company_name"),
                put_together(" ", of("first_name"), of("last_name")),
            ),
            **people.owns("owner_id", of("created_by")),
            "visible_to": EVERYBODY_OF_THE_GROUP,
            "add_time": of("created_at"),
            "address": {"value": address} if address else None,
        }
        custom = {
            "ks_phone": filled(of("phone_number"), of("phone")),
            "ks_email": filled(of("email_address"), of("email")),
            "ks_alt_phone": filled(of("alt_phone_number"), of("alt_phone"), of("mobile")),
            "ks_fax": of("fax"),
            "ks_billing_address": below_each_other(
                (
                    of("billing_address"),
                    of("billing_address_2"),
                    put_together(
                        " ", of("billing_city"), of("billing_state"), of("billing_zip_code")
                    ),
                    of("billing_country"),
                )
            ),
            "ks_customer_number": of("customer_number"),
            "ks_is_company": "Business" if of("company") else "Private",
            "ks_instructions": of("special_instructions"),
            "ks_balance": of("balance"),
            "ks_latitude": of("latitude"),
            "ks_longitude": of("longitude"),
            "ks_custom_fields": below_each_other(assigned(truth, "Customer", row)),
            "ks_url": f"{truth.web}/customers/{row['customer_number']}",
        }
        yield Wanted(
            "organization",
            "customers",
            str(row["id"]),
            {**native, **custom, **slots(row)},
            {"ks_parent": parent("organizations", of("parent_id"))},
        )


def persons(truth: Truth, people: People) -> Iterator[Wanted]:
    for row in truth.rows("contacts"):
        of = row.get
        customer = truth.get("customers", row["customer_id"]) or {}
        name = put_together(" ", of("first_name"), of("last_name"))
        yield Wanted(
            "person",
            "contacts",
            str(row["id"]),
            {
                "name": filled(name, of("email1"), of("phone1"), f"Contact {row['id']}"),
                **people.owns("owner_id", customer.get("created_by")),
                "visible_to": EVERYBODY_OF_THE_GROUP,
                "emails": _entries(("work", of("email1")), ("home", of("email2"))),
                "phones": _entries(("work", of("phone1")), ("mobile", of("phone2"))),
                "ks_title": of("title"),
                "ks_is_primary": {True: "yes", False: "no", None: None}[of("is_primary")],
            },
            {"org_id": parent("organizations", row["customer_id"])},
        )


def _entries(*labelled: tuple[str, str | None]) -> list[dict[str, Any]]:
    """Addresses with their labels; the first place is the primary one."""
    return [
        {"value": value, "label": label, "primary": place == 0}
        for place, (label, value) in enumerate(labelled)
        if value
    ]
