"""Services and items become products with a price in the standard price book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import filled
from tests.oracle.salesforce.promises.wanted import Parent, Wanted, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Promise
    from tests.oracle.truth import Row

FREE_LINE = "free-line"
"""The product of all lines that name none: Salesforce has no lines without a product."""
STANDARD = ("Pricebook2", "standard")


def products(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("job_types"):
        of = row.get
        yield _product(
            "service",
            row,
            {
                "Name": cut(of("name"), 255),
                "Description": of("description"),
                "ks_kind__c": "Service",
                "ks_unit__c": of("unit"),
                "ks_hours__c": of("duration"),
                "ks_created_at__c": of("created_at"),
            },
        )
    for row in promise.truth.rows("items"):
        of = row.get
        yield _product(
            "item",
            row,
            {
                "Name": cut(filled(of("full_name"), of("name")), 255),
                "ProductCode": of("list_id"),
                "Description": of("description"),
                "ks_kind__c": "Item",
                "ks_item_type__c": of("item_type"),
                "ks_cost__c": of("cost"),
                "ks_quantity_on_hand__c": of("quantity_on_hand"),
                "ks_created_at__c": of("created_on"),
            },
        )
    yield Wanted(
        "Product2",
        "free_line",
        "",
        FREE_LINE,
        {
            "Name": "Kickserv service (migrated)",
            "IsActive": True,
            "ks_kind__c": "Migrated lines",
        },
    )


def prices(promise: Promise) -> Iterator[Wanted]:
    """They are known by their product; there is one of each in the standard price book."""
    for stream, name in (("job_types", "service"), ("items", "item")):
        for row in promise.truth.rows(stream):
            key = f"{name}-{row['id']}"
            yield _price(f"{name}_price", stream, key, row.get("price"), str(row["id"]))
    yield _price("free_line_price", "", FREE_LINE, None)


def of_charge(charge: Row) -> Parent:
    """The price that a line is of."""
    item = charge.get("item_id")
    return "PricebookEntry", FREE_LINE if item is None else f"item-{item}"


def _product(name: str, row: Row, told: dict[str, Any]) -> Wanted:
    both = {
        "IsActive": True,  # lines need it
        "ks_is_active__c": row.get("active") is not False,
        "ks_price_varies__c": row.get("price") is None,
    }
    stream = "items" if name == "item" else "job_types"
    key = f"{name}-{row['id']}"
    return Wanted("Product2", name, stream, key, {**told, **both}, row=str(row["id"]))


def _price(name: str, stream: str, key: str, price: Any, row: str = "") -> Wanted:
    return Wanted(
        "PricebookEntry",
        name,
        stream,
        key,
        {"UnitPrice": price or 0, "IsActive": True},
        {"Pricebook2Id": STANDARD, "Product2Id": ("Product2", key)},
        row=row,
    )
