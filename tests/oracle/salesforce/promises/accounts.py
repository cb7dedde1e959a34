"""Customers become accounts, their sites service locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import below_each_other, filled, put_together
from tests.oracle.salesforce.promises.wanted import (
    OWN_COMPANY,
    Wanted,
    address,
    assigned,
    cut,
    each_once,
    parent,
    slots,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Promise
    from tests.oracle.truth import Row

COUNTRIES = {"US": "United States", "USA": "United States", "CA": "Canada"}


def accounts(promise: Promise) -> Iterator[Wanted]:
    yield Wanted(
        "Account", "own_account", "", OWN_COMPANY, {"Name": "Our technicians (from Kickserv)"}
    )
    for row in promise.truth.rows("customers"):
        of = row.get
        own_name = of("company_name") if of("company") else None
        yield Wanted(
            "Account",
            "account",
            "customers",
            str(row["id"]),
            {
                "Name": filled(
                    own_name,
                    of("name"),
                    of("full_name"),
                    of("company_name"),
                    put_together(" ", of("first_name"), of("last_name")),
                ),
                **promise.people.owns(of("created_by")),
                **promise.made("Account", of("created_at")),
                "AccountNumber": str(row["customer_number"]),
                "Phone": cut(filled(of("phone_number"), of("phone")), 40),
                "Fax": cut(of("fax"), 40),
                **_address("Shipping", row, "service"),
                "ShippingLatitude": of("latitude"),
                "ShippingLongitude": of("longitude"),
                **_billing(promise, row),
                **_kept(promise, row),
                **slots(row),
            },
            {"ParentId": parent("Account", of("parent_id"))},
        )


def locations(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("customers") if promise.ways.locations else ():
        of = row.get
        street, city = of("service_address"), of("service_city")
        if not filled(street, of("service_address_2"), city, of("service_zip_code")):
            continue
        one_line = None if street is None else street.replace("\n", ", ")
        name = put_together(", ", one_line, city, of("service_zip_code"), of("name"))
        yield Wanted(
            "Service_Location__c",
            "location",
            "locations",
            str(row["id"]),
            {
                "Name": cut(name, 80),
                **promise.people.owns(of("created_by")),
                **promise.made("Service_Location__c", of("created_at")),
                "Street__c": below_each_other((street, of("service_address_2"))),
                "City__c": city,
                "State__c": of("service_state"),
                "Postal_Code__c": of("service_zip_code"),
                "Country__c": of("service_country"),
                "Latitude__c": of("latitude"),
                "Longitude__c": of("longitude"),
                "Instructions__c": of("special_instructions"),
                "ks_created_at__c": of("created_at"),
            },
            {
                "Account__c": parent("Account", row["id"]),
                "Main_Account__c": parent("Account", of("parent_id")),
            },
        )


def _billing(promise: Promise, row: Row) -> dict[str, Any]:
    """Bills go to the customer's parent, to an address of their own, or to where the work is."""
    payer = row
    if row.get("which_billing_address") == "parent":
        payer = promise.truth.get("customers", row.get("parent_id")) or {}
    own = payer.get("which_billing_address") != "service" and filled(
        payer.get("billing_address"), payer.get("billing_city")
    )
    return _address("Billing", payer, "billing" if own else "service")


def _address(prefix: str, row: Row, kind: str) -> dict[str, Any]:
    def of(name: str) -> Any:
        return row.get(f"{kind}_{name}")

    country = of("country")
    return {
        f"{prefix}Street": cut(below_each_other((of("address"), of("address_2"))), 255),
        f"{prefix}City": cut(of("city"), 40),
        f"{prefix}State": cut(of("state"), 80),
        f"{prefix}PostalCode": cut(of("zip_code"), 20),
        f"{prefix}Country": cut(COUNTRIES.get(country, country), 80),
    }


def _kept(promise: Promise, row: Row) -> dict[str, Any]:
    of = row.get
    phones = ("phone_number", "phone", "alt_phone_number", "alt_phone", "mobile", "pager", "fax")
    return {
        "ks_created_at__c": of("created_at"),
        "ks_email__c": address(filled(of("email_address"), of("email"))),
        "ks_emails__c": each_once(
            of("email_address"), of("email"), of("notification_email_address")
        ),
        "ks_phones__c": each_once(*map(of, phones)),
        "ks_service_address__c": _as_written(row, "service"),
        "ks_billing_address__c": _as_written(row, "billing"),
        "ks_bills_go_to__c": of("which_billing_address"),
        "ks_is_company__c": "Business" if of("company") else "Private",
        "ks_is_active__c": of("is_active") is not False,
        "ks_full_name__c": of("full_name"),
        "ks_instructions__c": of("special_instructions"),
        "ks_balance__c": of("balance"),
        "ks_stripe_customer_id__c": of("stripe_customer_id"),
        "ks_quickbooks_id__c": of("list_id"),
        "ks_custom_fields__c": assigned(promise.truth, "Customer", row),
        "ks_url__c": f"{promise.truth.web}/customers/{row['customer_number']}",
    }


def _as_written(row: Row, kind: str) -> str | None:
    def of(name: str) -> Any:
        return row.get(f"{kind}_{name}")

    area = put_together(" ", of("state"), of("zip_code"))
    town = put_together(", ", of("city"), area)
    return below_each_other((of("address"), of("address_2"), town, of("country")))
