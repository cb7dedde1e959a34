from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.journeys.world import World

TRIP = "item-70148"
"""Trip charge, 48.0, the sixteenth item."""


def _product(world: World, name: str, price: float, **more: Any) -> int:
    prices = [{"currency": "USD", "price": price, "cost": 0}]
    return world.sandbox.crm.human.create("products", name=name, prices=prices, **more)["id"]


def test_a_product_of_the_same_name_and_price_is_taken_over(fresh: World) -> None:
    known = _product(fresh, "Trip charge", 48)
    dearer = _product(fresh, "Diagnostic", 99)

    outcome = fresh.run()

    assert outcome.code == 0, outcome.log
    assert fresh.crm_row("products", TRIP)["id"] == known
    assert fresh.findings(others={("products", dearer)}) == []

    assert fresh.run().commits == ()


def test_what_people_wrote_into_such_a_product_stays(fresh: World) -> None:
    known = _product(fresh, "Trip charge", 48, code="OURS", description="As we say it")

    outcome = fresh.run()

    row = fresh.sandbox.crm.tables["products"].rows[known]
    assert outcome.code == 0, outcome.log
    assert (row["code"], row["description"]) == ("OURS", "As we say it")
    assert ("item", TRIP, "code") in fresh.conflicts()


def test_between_two_products_that_match_nobody_guesses(fresh: World) -> None:
    twins = {_product(fresh, "Trip charge", 48), _product(fresh, "Trip charge", 48)}

    outcome = fresh.run()

    assert outcome.code == 3, outcome.log
    assert ("item", TRIP, "match") in fresh.rejects()
    others = {("products", twin) for twin in twins}
    assert fresh.findings(rejects=fresh.rejects(), others=others) == []

    fresh.sandbox.crm.human.delete("products", max(twins))
    retried = fresh.command("retry")

    assert retried.code == 0, retried.log
    assert fresh.crm_row("products", TRIP)["id"] == min(twins)
    assert fresh.findings() == []
