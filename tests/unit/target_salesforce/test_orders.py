"""Orders: drafts first, activated last, and back again before they go."""

from __future__ import annotations

import pytest

from crm_transforms.destination import Kind, Status


@pytest.fixture
def order(hand):
    account = hand.made("Account", Name="Acme")
    product = hand.made("Product2", Name="Pipe", IsActive=True)
    (book,) = hand.destination.find("Pricebook2", [{"IsStandard": True}])[0]
    hand.write(hand.change("Pricebook2", book, IsActive=True))
    price = hand.made(
        "PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice=5, IsActive=True
    )
    id_ = hand.made("Order", AccountId=account, EffectiveDate="2024-05-01", Pricebook2Id=book)
    hand.made("OrderItem", OrderId=id_, PricebookEntryId=price, Quantity=2, UnitPrice=5)
    return id_


def status_of(hand, order):
    return hand.destination.read("Order", [order], ["Status"])[order]["Status"]


def test_an_order_is_made_as_a_draft(hand, order):
    assert status_of(hand, order) == "Draft"


def test_an_order_is_activated_and_returned_to_draft(hand, order):
    (verdict,) = hand.write(hand.act("Order", order, "activate"))
    assert verdict.status is Status.LANDED
    assert status_of(hand, order) == "Activated"
    back = hand.destination.inverse("Order", "activate")
    (verdict,) = hand.write(hand.act("Order", order, back))
    assert verdict.status is Status.LANDED
    assert status_of(hand, order) == "Draft"


def test_an_act_is_known_by_the_status_that_is_there(hand, order):
    activate = hand.act("Order", order, "activate")
    assert [verdict.status for verdict in hand.resolve([activate])] == [Status.ABSENT]
    hand.write(activate)
    assert [verdict.status for verdict in hand.resolve([activate])] == [Status.LANDED]


def test_an_activated_order_is_made_a_draft_before_it_goes(hand, order):
    hand.write(hand.act("Order", order, "activate"))
    (verdict,) = hand.write(hand.remove("Order", order))
    assert verdict.status is Status.LANDED
    assert hand.destination.read("Order", [order], ["Status"]) == {}


def test_an_act_that_there_is_not_is_refused(hand, order):
    (verdict,) = hand.write(hand.act("Order", order, "explode"))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "NO_SUCH_ACTION")
    (verdict,) = hand.write(hand.act("Account", "001000000000001AAA", "activate"))
    assert verdict.code == "NO_SUCH_ACTION"


def test_only_orders_have_acts_that_are_taken_back(hand):
    assert hand.destination.inverse("Account", "activate") is None
    assert hand.destination.cost("Order", Kind.ACT, 400).calls == 2
