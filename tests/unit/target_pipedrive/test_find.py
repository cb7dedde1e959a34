"""Existing records that equal what is wanted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.target_pipedrive.conftest import KEY


@pytest.fixture
def products(hand):
    def made(name, price):
        prices = [] if price is None else [{"currency": "USD", "price": Decimal(price)}]
        return hand.made("products", name=name, prices=prices)

    return [made("Pipe", "12.50"), made("Pipe", "13"), made("Pipe", "12.5"), made("Free", None)]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"name": "Pipe", "price": Decimal("12.5")}, [0, 2]),
        ({"name": " Pipe ", "price": 13}, [1]),
        ({"name": "pipe", "price": 13}, []),
        ({"name": "Pip", "price": 13}, []),
        ({"name": "Free", "price": None}, [3]),
        ({"name": "Free", "price": Decimal(0)}, [3]),
        ({"name": "Pipe", "price": 13, "currency": "EUR"}, []),
        ({"name": "Pipe", "price": 13, "currency": "USD"}, [1]),
    ],
)
def test_products_are_found_by_name_and_price(hand, products, wanted, places):
    assert hand.destination.find("products", [wanted]) == [[products[n] for n in places]]


def test_many_are_looked_for_in_one_list(sandbox, hand, products, asked):
    for number in range(700):
        sandbox.crm.human.create("products", name=f"P {number}")
    wanted = [{"name": f"P {n}", "price": 0} for n in range(700)]
    found = hand.destination.find("products", [*wanted, {"name": "Pipe", "price": 13}])
    assert all(len(ids) == 1 for ids in found)
    assert found[-1] == [products[1]]
    assert asked("GET").count("GET /api/v2/products") == 2


def test_persons_are_found_by_any_address(hand):
    ann = hand.made(
        "persons", name="Ann", emails=[{"value": "a@x.example"}, {"value": "b@x.example"}]
    )
    found = hand.destination.find(
        "persons", [{"email": "b@x.example"}, {"email": "c@x.example"}, {"email": None}]
    )
    assert found == [[ann], [], []]


def test_records_are_found_by_their_key(keyed):
    ids = [keyed.made("organizations", name="Same", **{KEY: str(n)}) for n in range(3)]
    found = keyed.destination.find("organizations", [{KEY: "2"}, {KEY: "7"}])
    assert found == [[ids[2]], []]


def test_nothing_wanted_asks_nothing(hand, asked):
    hand.destination.describe("products")
    before = asked()
    assert hand.destination.find("products", []) == []
    assert asked() == before


def test_what_was_just_found_is_not_asked_for_again_until_something_is_written(
    sandbox, hand, asked
):
    id_ = hand.made("organizations", name="Acme")
    other = hand.made("organizations", name="Other")
    assert hand.destination.find("organizations", [{"name": "Acme"}]) == [[id_]]
    sandbox.requests.clear()
    read = hand.destination.read("organizations", [id_], ["name"])
    assert read == {id_: {"name": "Acme"}}
    assert asked() == []
    sandbox.crm.human.edit("organizations", int(id_), name="Neu")
    read = hand.destination.read("organizations", [id_, other], ["name"])
    assert read == {id_: {"name": "Neu"}, other: {"name": "Other"}}
    assert asked() == ["GET /api/v2/organizations"]
    hand.destination.find("organizations", [{"name": "Neu"}])
    hand.write(hand.change("organizations", id_, name="Once more"))
    assert hand.destination.read("organizations", [id_], ["name"]) == {id_: {"name": "Once more"}}


def test_what_was_found_without_its_custom_fields_is_asked_for(keyed):
    keyed.write(keyed.field("organizations", "ks_more", "text"))
    id_ = keyed.made("organizations", name="Acme", **{KEY: "1", "ks_more": "x"})
    assert keyed.destination.find("organizations", [{KEY: "1"}]) == [[id_]]
    read = keyed.destination.read("organizations", [id_], [KEY, "ks_more"])
    assert read == {id_: {KEY: "1", "ks_more": "x"}}
