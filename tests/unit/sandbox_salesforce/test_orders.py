"""Orders: drafts first, activated alone, fixed from then on."""

from __future__ import annotations

import pytest

ACTIVATION = "FAILED_ACTIVATION"


@pytest.fixture
def filled(shop):
    """An order with one item."""
    order = shop.order()
    shop.item(order)
    return order


def code(saved):
    return saved.problems[0].code


def test_a_draft_gets_items_and_is_activated(shop, filled):
    order = shop.row(filled)
    assert (order["StatusCode"], order["TotalAmount"]) == ("Draft", 60)
    assert order["OrderNumber"] == "00000001"
    assert shop.org.update("Order", filled, {"Status": "Activated"}).success
    assert order["StatusCode"] == "Activated"
    assert order["ActivatedById"] == shop.org.user


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"Status": "Activated"}, ACTIVATION),
        ({"Status": "Nonsense"}, ACTIVATION),
        ({"Status": None}, "REQUIRED_FIELD_MISSING"),
        ({"AccountId": None}, "REQUIRED_FIELD_MISSING"),
        ({"EffectiveDate": None}, "REQUIRED_FIELD_MISSING"),
        ({"StatusCode": "Draft"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"TotalAmount": 5}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_an_order_is_refused(shop, told, wanted):
    whole = {"AccountId": shop.account, "EffectiveDate": "2026-01-01", "Status": "Draft"}
    assert shop.code("Order", **{**whole, **told}) == wanted


def test_an_order_without_items_is_not_activated(shop):
    assert code(shop.org.update("Order", shop.order(), {"Status": "Activated"})) == ACTIVATION


def test_activation_comes_alone(shop, filled):
    told = {"Status": "Activated", "Description": "and more"}
    assert code(shop.org.update("Order", filled, told)) == ACTIVATION
    assert shop.row(filled)["Status"] == "Draft"


def test_what_is_activated_is_fixed(shop, filled):
    (item,) = shop.org.rows["OrderItem"]
    shop.org.update("Order", filled, {"Status": "Activated"})
    told = {"OrderId": filled, "PricebookEntryId": shop.entry, "Quantity": 1, "UnitPrice": 1}
    assert shop.code("OrderItem", **told) == ACTIVATION
    assert code(shop.org.update("OrderItem", item, {"Quantity": 5})) == ACTIVATION
    assert code(shop.org.delete("OrderItem", item)) == "DELETE_FAILED"
    assert code(shop.org.delete("Order", filled)) == "DELETE_FAILED"
    other = shop.make("Account", Name="Other")
    fixed = shop.org.update("Order", filled, {"AccountId": other})
    assert code(fixed) == "FIELD_INTEGRITY_EXCEPTION"
    assert shop.org.update("Order", filled, {"Description": "may change"}).success


def test_an_order_is_deleted_once_it_is_a_draft_again(shop, filled):
    shop.org.update("Order", filled, {"Status": "Activated"})
    assert shop.org.update("Order", filled, {"Status": "Draft"}).success
    assert "ActivatedDate" not in shop.row(filled)
    assert shop.org.delete("Order", filled).success
    assert shop.org.rows["OrderItem"] == {}


def test_items_have_prices_of_the_book_of_their_order(shop):
    for book in (None, shop.make("Pricebook2", Name="Special", IsActive=True)):
        order = shop.order(Pricebook2Id=book)
        told = {"OrderId": order, "PricebookEntryId": shop.entry, "Quantity": 1, "UnitPrice": 1}
        assert shop.code("OrderItem", **told) == "FIELD_INTEGRITY_EXCEPTION"


def test_the_book_of_an_order_with_items_stays(shop, filled):
    book = shop.make("Pricebook2", Name="Special", IsActive=True)
    saved = shop.org.update("Order", filled, {"Pricebook2Id": book})
    assert code(saved) == "FIELD_INTEGRITY_EXCEPTION"


def test_statuses_tell_their_category(client):
    assert client.query("SELECT ApiName, StatusCode FROM OrderStatus") == [
        {"ApiName": "Draft", "StatusCode": "Draft"},
        {"ApiName": "Activated", "StatusCode": "Activated"},
    ]


def test_orders_may_be_switched_off(org, client):
    org.orders_enabled = False
    names = {one["name"] for one in client.get("sobjects").json()["sobjects"]}
    assert not {"Order", "OrderItem"} & names
    assert client.refusal("GET", "sobjects/Order/describe") == (404, "NOT_FOUND")
    assert client.refusal("GET", "query?q=SELECT Id FROM Order") == (400, "INVALID_TYPE")
