"""Products and the lines of deals.

Sources: https://developers.pipedrive.com/docs/api/v1/Products, …/Deals and the published v2 file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client

PRODUCTS = "/api/v2/products"


@pytest.fixture
def lines(deal: dict[str, Any]) -> str:
    return f"/api/v2/deals/{deal['id']}/products"


@pytest.fixture
def line(product: dict[str, Any]) -> dict[str, Any]:
    return {"product_id": product["id"], "item_price": 50, "quantity": 2}


def value_of(api: Client, deal: dict[str, Any]) -> float:
    return api.get(f"/api/v2/deals/{deal['id']}").json()["data"]["value"]


def test_a_product_answers_201_and_has_a_price(api: Client) -> None:
    """Published status; "a default price of 0 and the user's default currency"."""
    made = api("POST", PRODUCTS, {"name": "Pipe"})
    assert made.status_code == 201
    (price,) = made.json()["data"]["prices"]
    assert (price["price"], price["currency"]) == (0, "USD")
    assert price["product_id"] == made.json()["data"]["id"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prices", [{"currency": "USD", "price": 1}, {"currency": "USD", "price": 2}]),
        ("prices", [{"currency": "USD"}]),
        ("prices", [{"currency": "usd", "price": 1}]),
        ("prices", [{"currency": "USD", "price": 1, "overhead_cost": 1}]),
        ("prices", {"USD": 1}),
        ("tax", "19"),
        ("category", 1),
        ("stock_quantity", 3),
        ("product_variable", True),
        ("billing_frequency", "daily"),
        ("billing_frequency_cycles", 3),
        ("name", ""),
    ],
)
def test_a_wrong_value_is_refused(
    api: Client, product: dict[str, Any], key: str, value: Any
) -> None:
    """One price per currency; there is no stock and no "variable" flag in the published body."""
    assert api.refused("PATCH", f"{PRODUCTS}/{product['id']}", {key: value}).startswith(key)


def test_a_weekly_product_needs_cycles(api: Client) -> None:
    """The description of billing_frequency_cycles."""
    message = api.refused("POST", PRODUCTS, {"name": "Visit", "billing_frequency": "weekly"})
    assert message.startswith("billing_frequency_cycles")


def test_recurring_products_belong_to_the_larger_plans(api: Client, account: Account) -> None:
    """ "Only available in Growth and above plans"."""
    account.plan = "lite"
    message = api.refused("POST", PRODUCTS, {"name": "Visit", "billing_frequency": "monthly"})
    assert message.startswith("billing_frequency")


def test_enabled_lines_make_the_deals_value(
    api: Client, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    first = api("POST", lines, {**line, "discount": 10})
    assert first.status_code == 201
    assert first.json()["data"]["sum"] == 90
    assert value_of(api, deal) == 90
    api.make(lines, **line, is_enabled=False)
    assert value_of(api, deal) == 90
    other = api.make(lines, **line, discount=5, discount_type="amount")
    assert value_of(api, deal) == 185
    api("DELETE", f"{lines}/{other['id']}")
    assert value_of(api, deal) == 90


def test_a_value_sent_for_a_deal_with_lines_is_not_kept(
    api: Client, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    """The lines make up the value; what becomes of one sent beside them is a guess."""
    api.make(lines, **line)
    assert api("PATCH", f"/api/v2/deals/{deal['id']}", {"value": 5}).ok
    assert value_of(api, deal) == 100


def test_a_line_has_the_name_of_its_product_and_the_currency_of_its_deal(
    api: Client, product: dict[str, Any], line: dict[str, Any]
) -> None:
    deal = api.make("/api/v2/deals", title="Boiler", currency="EUR")
    made = api.make(f"/api/v2/deals/{deal['id']}/products", **line)
    assert (made["name"], made["currency"]) == (product["name"], "EUR")


def test_a_changed_tax_method_goes_to_all_lines(
    api: Client, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    """The description of tax_method."""
    api.make(lines, **line, tax=10)
    assert value_of(api, deal) == 100
    api.make(lines, **line, tax=10, tax_method="exclusive")
    listed = api.get(lines).json()["data"]
    assert {row["tax_method"] for row in listed} == {"exclusive"}
    assert value_of(api, deal) == 220


def test_many_lines_go_in_one_request_or_none(
    api: Client, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    made = api("POST", f"{lines}/bulk", {"data": [line] * 100})
    assert made.status_code == 201
    assert [row["order_nr"] for row in made.json()["data"]][:3] == [10, 20, 30]
    assert value_of(api, deal) == 10_000
    bad = {**line, "product_id": 1}
    message = api.refused("POST", f"{lines}/bulk", {"data": [line, bad]})
    assert message.startswith("data[1].product_id")
    assert value_of(api, deal) == 10_000


@pytest.mark.parametrize("count", [0, 101])
def test_too_many_or_no_lines_are_refused(
    api: Client, lines: str, line: dict[str, Any], count: int
) -> None:
    """Published maxItems of 100."""
    assert api.refused("POST", f"{lines}/bulk", {"data": [line] * count}).startswith("data")


@pytest.mark.parametrize("missing", ["product_id", "item_price", "quantity"])
def test_a_line_needs_product_price_and_quantity(
    api: Client, lines: str, line: dict[str, Any], missing: str
) -> None:
    del line[missing]
    assert api.refused("POST", lines, line).startswith(missing)
    assert api.refused("POST", f"{lines}/bulk", {"data": [line]}).startswith(f"data[0].{missing}")


def test_a_line_has_no_name_of_its_own(api: Client, lines: str, line: dict[str, Any]) -> None:
    assert api.refused("POST", lines, {**line, "name": "Pipe"}).startswith("name")


def test_a_product_that_is_not_linkable_is_refused(
    api: Client, lines: str, line: dict[str, Any]
) -> None:
    """The description of is_linkable."""
    api("PATCH", f"{PRODUCTS}/{line['product_id']}", {"is_linkable": False})
    assert api.refused("POST", lines, line).startswith("product_id")


def test_a_cap_on_lines_is_a_403(
    api: Client, account: Account, lines: str, line: dict[str, Any]
) -> None:
    """https://developers.pipedrive.com/changelog, 2024-11-14."""
    account.products_per_deal = 1
    api.make(lines, **line)
    assert api("POST", lines, line).status_code == 403


def test_lines_of_several_deals_are_listed_together(
    api: Client, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    other = api.make("/api/v2/deals", title="Other")
    api.make(lines, **line)
    api.make(f"/api/v2/deals/{other['id']}/products", **line)
    ids = f"{deal['id']},{other['id']}"
    listed = api.get("/api/v2/deals/products", deal_ids=ids).json()["data"]
    assert [row["deal_id"] for row in listed] == [deal["id"], other["id"]]
    too_many = ",".join(map(str, range(101)))
    assert api.get("/api/v2/deals/products", deal_ids=too_many).status_code == 400
    assert api.get("/api/v2/deals/products").status_code == 400


def test_lines_are_deleted_together(
    api: Client, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    """Published: by ids, or up to a hundred."""
    made = [row["id"] for _ in (1, 2) for row in api.make(f"{lines}/bulk", data=[line] * 60)]
    answer = api("DELETE", lines, params={"ids": f"{made[0]},{made[1]}"}).json()
    assert answer["data"] == {"ids": made[:2]}
    answer = api("DELETE", lines).json()
    assert len(answer["data"]["ids"]) == 100
    assert answer["additional_data"] == {"more_items_in_collection": True}
    assert len(api.get(lines).json()["data"]) == 18
    assert value_of(api, deal) == 1800


def test_the_lines_of_a_deleted_deal_are_gone_with_it(
    api: Client, account: Account, deal: dict[str, Any], lines: str, line: dict[str, Any]
) -> None:
    api.make(lines, **line)
    api("DELETE", f"/api/v2/deals/{deal['id']}")
    assert api.get(lines).status_code == 404
    assert account.snapshot()["deal_products"] == []
