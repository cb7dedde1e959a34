"""Changes are picked up until somebody cuts over; from then on nothing is loaded any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.journeys.world import Outcome, World


def done(outcome: Outcome, code: int = 0) -> Outcome:
    assert outcome.code == code, outcome.log + outcome.out
    return outcome


def edit(world: World) -> None:
    """Something changes in Kickserv."""
    customer = next(world.sandbox.source.records("customers"))
    world.sandbox.source.edit("customers", customer["id"], phone_number="207-555-0111")


def window(world: World) -> dict[str, Any]:
    return world.status()["window"]


def test_the_window_opens_with_the_first_read_and_closes_with_the_cutover(world: World) -> None:
    opened = window(world)
    assert (bool(opened["opened_at"]), opened["closed_at"]) == (True, None)
    assert "window: open since" in world.command("status").out

    outcome = done(world.command("cutover", "--yes", "--format", "json"))

    assert outcome.writes == []
    told = json.loads(outcome.out)
    assert told["reconciliation"]["clean"]
    assert told["window"] == window(world)
    assert told["window"]["opened_at"] == opened["opened_at"]
    assert "window: closed by the cutover at" in world.command("status").out
    assert "already cut over" in done(world.command("cutover", "--yes")).out


def test_after_a_cutover_nothing_is_loaded_until_it_is_reopened(world: World) -> None:
    done(world.command("cutover", "--yes"))
    edit(world)

    outcome = done(world.run(), 1)

    said = " ".join(outcome.log.split())
    assert "the window was closed by the cutover" in said
    assert "`cutover --reopen`" in said
    assert outcome.writes == []
    assert outcome.state()["bookmarks"]
    for command in ("apply", "retry"):
        assert done(world.command(command), 1).writes == []
    assert done(world.command("sample", "--here"), 1).writes == []

    opened = window(world)["opened_at"]
    done(world.command("cutover", "--reopen"))
    assert window(world) == {"opened_at": opened, "closed_at": None}
    assert len(done(world.command("apply")).writes) == 1
    assert world.findings() == []


def test_what_is_staged_and_not_loaded_has_to_be_loaded_first(world: World) -> None:
    edit(world)
    done(world.run(mode="stage"))

    outcome = done(world.command("cutover", "--yes"), 1)

    assert "staged and not loaded yet: organization" in outcome.out
    assert "next: `target-pipedrive-migration apply`" in outcome.out
    assert window(world)["closed_at"] is None
    done(world.command("apply"))
    done(world.command("cutover", "--yes"))


def test_what_is_amiss_has_to_be_accepted(world: World) -> None:
    contact = next(world.sandbox.source.records("contacts"))
    number = world.crm_row("persons", contact["id"])["id"]
    world.sandbox.crm.human.edit("persons", number, name="By hand")

    outcome = done(world.command("cutover", "--yes"), 3)

    assert "edited there" in outcome.out
    assert "cutover --accept" in outcome.out
    assert window(world)["closed_at"] is None
    done(world.command("cutover", "--yes", "--accept"))
    assert window(world)["closed_at"]


def test_nobody_who_cannot_be_asked_cuts_over_by_accident(world: World) -> None:
    outcome = done(world.command("cutover"), 2)
    assert "--yes" in outcome.log
    assert window(world)["closed_at"] is None
