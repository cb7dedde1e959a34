"""Replies that are not what Pipedrive documents: never guessed to be success, never a traceback."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS, STAGED, STATE, state

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop


@dataclass(frozen=True)
class Odd:
    """A reply and what it must lead to.

    Attributes:
        body: instead of the fault's usual one, as JSON.
        says: parts of what is said to a person.
    """

    kind: str
    method: str
    path: str
    body: Any = None
    times: int | None = 1
    status: int = 200
    says: tuple[str, ...] = ()


def fault(shop: Shop, odd: Odd) -> Any:
    how: dict[str, Any] = {"method": odd.method, "path": odd.path, "times": odd.times}
    if odd.body is not None:
        how["body"] = json.dumps(odd.body)
    return shop.sandbox.fault(odd.kind, "pipedrive", status=odd.status, **how)


HTML, JSON = "html_page", "json_error_200"
MADE = "/api/v2/organizations$"


def ok(data: Any) -> dict[str, Any]:
    return {"success": True, "data": data}


SILENT: dict[str, Odd] = {
    "HTML": Odd(HTML, "POST", MADE),
    "a list": Odd(JSON, "POST", MADE, []),
    "text": Odd(JSON, "POST", MADE, "done"),
    "no data": Odd(JSON, "POST", MADE, {"success": True}),
    "data that is null": Odd(JSON, "POST", MADE, ok(None)),
    "data that is a list": Odd(JSON, "POST", MADE, ok([1])),
    "no id": Odd(JSON, "POST", MADE, ok({"name": "Good Ltd"})),
    "an id that is no number": Odd(JSON, "POST", MADE, ok({"id": "abc"})),
    "an unknown success": Odd("server_error", "POST", MADE, {}, status=299),
    "an error of the server": Odd("server_error", "POST", MADE, status=500),
}


@pytest.mark.parametrize("name", SILENT)
def test_an_answer_that_does_not_tell_is_looked_up_and_nothing_is_doubled(
    shop: Shop, name: str
) -> None:
    armed = fault(shop, SILENT[name])
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)])
    assert armed.hits == 1
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert shop.there() == LANDED
    assert len(shop.sandbox.crm.snapshot()["organizations"]) == len(LANDED["organizations"])


REFUSALS: dict[str, Odd] = {
    "success: false with 200": Odd(JSON, "POST", MADE, says=("HTTP_200", "something went wrong")),
    "an unknown status": Odd("server_error", "POST", MADE, status=418, says=("HTTP_418",)),
    "a refusal in the API's words": Odd(
        "server_error", "POST", MADE, {"success": False, "error": "name is silly", "code": "E1"},
        status=422, says=("E1", "name is silly"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_costs_one_record_and_keeps_the_apis_words(shop: Shop, name: str) -> None:
    fault(shop, REFUSALS[name])
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)])
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    refused, *waiting = shop.rejects()
    assert (refused.stream, refused.object) == ("customers", "organization")
    for part in REFUSALS[name].says:
        assert part in f"{refused.code} {refused.message}"
    assert refused.place.endswith("objects.organization") or refused.field
    assert {reject.code for reject in waiting} <= {"PARENT_MISSING"}
    assert len(shop.there()["organizations"]) == len(LANDED["organizations"]) - 1
    assert len(shop.there()["deals"]) == len(LANDED["deals"]) - 1


def test_a_record_that_is_never_answered_for_says_what_came_instead(shop: Shop) -> None:
    fault(shop, Odd(HTML, "POST", MADE, times=None))
    run = shop.load([*SCHEMAS, *GOOD])
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    mine = [reject for reject in shop.rejects() if reject.object == "organization"]
    assert {reject.key for reject in mine} == {"c1", "c2"}
    for reject in mine:
        assert reject.code == "NO_ANSWER"
        assert "without a readable JSON body" in reject.message


READ = "GET"
STOPS: dict[str, Odd] = {
    "HTML for the account": Odd(HTML, READ, "users/me", None, None, says=("users/me", "JSON")),
    "no data for the account": Odd(JSON, READ, "users/me", ok({}), says=("users/me",)),
    "a list for the account": Odd(JSON, READ, "users/me", ok([]), says=("users/me",)),
    "text for the account": Odd(JSON, READ, "users/me", ok("me"), says=("users/me",)),
    "no users": Odd(JSON, READ, "users$", ok(None), says=("/v1/users",)),
    "text for users": Odd(JSON, READ, "users$", ok("all"), says=("/v1/users",)),
    "users without id": Odd(JSON, READ, "users$", ok([{"name": "x"}]), says=("/v1/users",)),
    "no fields": Odd(JSON, READ, "organizationFields", ok(None), says=("organizationFields",)),
    "fields without code": Odd(
        JSON, READ, "organizationFields", ok([{"x": 1}]), says=("organizationFields",)
    ),
    "a refusal of fields": Odd(
        JSON, READ, "organizationFields", {"success": False, "error": "no rights"},
        says=("organizationFields", "no rights"),
    ),
    "numbers for records": Odd(JSON, READ, MADE, ok([5]), says=("/organizations",)),
    "records without id": Odd(JSON, READ, MADE, ok([{"name": "x"}]), says=("/organizations",)),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_an_odd_answer_to_a_question_stops_the_load_and_the_next_run_goes_on(
    shop: Shop, name: str
) -> None:
    odd = STOPS[name]
    fault(shop, odd)
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)])
    assert (run.failure, run.code) == ("", Exit.FAILURE)
    for part in ("stopped: ", *odd.says):
        assert part in run.said
    assert run.states == [STATE]
    assert shop.staged() == STAGED
    shop.sandbox.clear_faults()
    run = shop.load([*SCHEMAS, *GOOD])
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert shop.there() == LANDED
