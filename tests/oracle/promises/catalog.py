"""Services and items become products, known by name and price."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.oracle.plain import filled
from tests.oracle.promises.wanted import CURRENCY, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.truth import Truth

FREE_LINE = "free-line"
"""The product of all lines that name none: Pipedrive has no lines without a product."""


def services(truth: Truth) -> Iterator[Wanted]:
    for row in truth.rows("job_types"):
        price = row.get("price")
        yield Wanted(
            "service",
            "job_types",
            f"service-{row['id']}",
            {
                "name": row["name"],
                "unit": row.get("unit"),
                "prices": _price(price, None),
                "ks_price_variable": "yes" if price is None else "no",
                "ks_kind": "Service",
            },
        )


def items(truth: Truth) -> Iterator[Wanted]:
    for row in truth.rows("items"):
        yield Wanted(
            "item",
            "items",
            f"item-{row['id']}",
            {
                "name": filled(row.get("full_name"), row["name"]),
                "code": row.get("list_id"),
                "description": row.get("description"),
                "prices": _price(row.get("price"), row.get("cost")),
                "ks_quantity_on_hand": row.get("quantity_on_hand"),
                "ks_kind": "Item",
            },
        )


def free_line() -> Wanted:
    return Wanted(
        "free_line",
        "",
        FREE_LINE,
        {
            "name": "Kickserv service (migrated)",
            "prices": _price(None, None),
            "ks_kind": "Migrated lines",
        },
    )


def _price(price: Decimal | None, cost: Decimal | None) -> list[dict[str, Any]]:
    """Pipedrive knows no product without a price and a cost: nothing is zero there."""
    zero = Decimal(0)
    return [{"currency": CURRENCY, "price": price or zero, "cost": cost or zero}]
