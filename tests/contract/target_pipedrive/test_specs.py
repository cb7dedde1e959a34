"""Whatever target-pipedrive asks and sends is what Pipedrive's OpenAPI files say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.contract.pipedrive import published
from tests.contract.target_pipedrive.specs import faults, published_as
from tests.contract.target_pipedrive.tour import Tour
from tests.sandbox import Sandbox

from target_pipedrive.costs import TOKENS
from target_pipedrive.lines import BULK, LINES
from target_pipedrive.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.target_pipedrive.specs import Published

    from target_pipedrive.table import Table

pytestmark = published.NEEDED

PATHS = {name: table.path for name, table in TABLES.items()} | {"deal_products": LINES}
LEFT_OUT = {
    "deals": {"is_deleted"},  # removing has a method of its own
    "activities": {"attendees", "person_id"},  # of an invitation; of the primary participant
    "notes": {"pinned_to_task_flag"},  # nothing is migrated into tasks
}
"""Published keys of bodies that the target does not send."""
EMPTIED = {
    "organizations": {"address"},
    "persons": {"org_id", "birthday", "job_title", "notes", "postal_address"},
    "products": {"category", "description", "unit"},
    "deals": {"person_id", "org_id", "expected_close_date"},
    "activities": {
        "deal_id",
        "lead_id",
        "org_id",
        "project_id",
        "due_date",
        "due_time",
        "duration",
        "location",
        "note",
        "priority",
        "public_description",
    },
    "notes": {"lead_id", "org_id", "person_id", "project_id", "task_id"},
}
"""How a field is emptied that is not published as nullable is said nowhere. That null does it is a
guess: Pipedrive's own client allows null for some of them."""
BESIDE = {
    "deal_products": {"deal_id"},  # in the path
    "files": {"description", "name"},  # the one in a second request, the other as the file's name
}
"""Fields of a create that do not go into its body."""


def operation(endpoint: str) -> Published:
    found = published_as(endpoint)
    assert found is not None, f"{endpoint} is not published"
    return found


@pytest.mark.parametrize("endpoint", TOKENS)
def test_an_endpoint_is_published_at_this_cost(endpoint: str) -> None:
    assert operation(endpoint).schema["x-token-cost"] == TOKENS[endpoint]


def keys_of(endpoint: str) -> set[str]:
    (body,) = operation(endpoint).media.values()
    return set(body["properties"])


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_create_can_send_the_published_keys(table: Table) -> None:
    ours = {native.name for native in table.fields if native.create}
    ours |= {"custom_fields"} if table.custom else set()
    theirs = keys_of(f"POST {PATHS[table.name]}")
    assert ours - BESIDE.get(table.name, set()) == theirs - LEFT_OUT.get(table.name, set())


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_an_update_can_send_the_published_keys(table: Table) -> None:
    ours = {native.name for native in table.fields if native.update}
    ours |= {"custom_fields"} if table.custom else set()
    theirs = keys_of(f"{table.update} {PATHS[table.name]}/{{id}}")
    assert ours == theirs - LEFT_OUT.get(table.name, set())


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_what_a_create_must_have_is_required_here(table: Table) -> None:
    (body,) = operation(f"POST {PATHS[table.name]}").media.values()
    ours = {native.name for native in table.fields if native.required}
    assert body["required"] <= ours


def test_no_more_lines_are_sent_than_a_request_may_have() -> None:
    (body,) = operation(f"POST {LINES}/bulk").media.values()
    assert body["properties"]["data"]["maxItems"] == BULK


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with Sandbox(customers=1) as sandbox:
        tour = Tour(sandbox, tmp_path_factory.mktemp("tour"))
        tour.walk()
        yield tour


def test_the_tour_visits_every_endpoint(tour: Tour) -> None:
    visited = [operation(sent.endpoint).schema for sent in tour.sent]
    missed = [endpoint for endpoint in TOKENS if operation(endpoint).schema not in visited]
    assert missed == []
    assert tour.refused == []


def test_every_query_has_published_parameters(tour: Tour) -> None:
    wrong = []
    for sent in tour.sent:
        theirs = operation(sent.endpoint).query
        for name, value in sent.query.items():
            if name not in theirs:
                wrong.append(f"{sent.endpoint} takes no {name}")
                continue
            allowed = theirs[name].get("enum")
            # A list with commas is published with the enum of its parts.
            if allowed and not set(value.split(",")) <= set(map(str, allowed)):
                wrong.append(f"{sent.endpoint}: {name} is {value}, none of {allowed}")
    assert wrong == []


def test_every_body_is_as_published(tour: Tour) -> None:
    wrong = []
    for sent in tour.sent:
        found = operation(sent.endpoint)
        if sent.body is None:
            assert not found.media, sent.endpoint
            continue
        body = sent.body
        schema = found.media[sent.media]
        if sent.media != "application/json":  # forms hold nothing but text
            unknown = set(body) - set(schema["properties"])
            wrong += [f"{sent.endpoint} has no {name}" for name in sorted(unknown)]
            wrong += [f"{sent.endpoint} lacks {n}" for n in sorted(schema["required"] - set(body))]
            continue
        method, path = sent.endpoint.split(" ")
        emptied = EMPTIED.get(path.split("/")[-2], set()) if method != "POST" else set()
        wrong += [
            f"{sent.endpoint}: {one}"
            for one in faults(found.version, schema, body)
            if one.removesuffix(" may not be null") not in emptied
        ]
    assert wrong == []
