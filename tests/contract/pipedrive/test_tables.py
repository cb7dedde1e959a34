"""The sandbox's tables say what Pipedrive's OpenAPI files say, no more and no less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.pipedrive import published
from tests.sandbox.pipedrive.routes import RETIRED, ROUTES, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.pipedrive.tables.attribute import Attribute

pytestmark = published.NEEDED

WITH_BODY = [route for route in ROUTES if route.body is not None]

# Published as plain objects or left open; the keys stand in the descriptions.
OPEN = {"prices", "custom_fields", "statuses"}


def name_of(route: Route) -> str:
    return f"{route.method} /{route.version}{route.path}"


@pytest.fixture
def spec(route: Route) -> dict[str, Any]:
    found = published.operation(route.version, route.method, route.path)
    assert found is not None, f"{name_of(route)} is not published"
    return found


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_an_operation_costs_what_is_published(route: Route, spec: dict[str, Any]) -> None:
    assert route.cost == spec["x-token-cost"]


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_an_operation_takes_the_published_query(route: Route, spec: dict[str, Any]) -> None:
    theirs = {p["name"]: p for p in spec.get("parameters", ()) if p["in"] == "query"}
    assert set(route.params) == set(theirs)
    for name, param in route.params.items():
        schema = published.merged(route.version, theirs[name].get("schema", {}))
        assert param.type == schema["type"], name
        assert param.required == theirs[name].get("required", False), name
        assert single(param.enum) == single(schema.get("enum", ())), name
        if param.published_maximum or "maximum" in schema:
            assert param.maximum == schema.get("maximum"), name


def single(values: Any) -> set[Any]:
    """An enum, where combinations joined by commas are published, as the single values."""
    return {part for v in values for part in (v.split(",") if isinstance(v, str) else [v])}


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_an_operation_has_a_body_where_one_is_published(route: Route, spec: dict[str, Any]) -> None:
    theirs = published.media(spec)
    assert [route.body.media] * bool(theirs) == list(theirs) if route.body else not theirs


@pytest.mark.parametrize("route", WITH_BODY, ids=name_of)
def test_a_body_has_the_published_keys(route: Route, spec: dict[str, Any]) -> None:
    assert route.body is not None
    (schema,) = published.media(spec).values()
    theirs = published.merged(route.version, schema)
    if theirs.get("type") == "array":
        assert route.body.bare_array
        theirs = published.merged(route.version, theirs["items"])
    compare(route.version, route.body.attributes, theirs, "", required=route.body.creating)


def compare(
    version: str,
    ours: Mapping[str, Attribute],
    theirs: dict[str, Any],
    path: str,
    *,
    required: bool,
) -> None:
    assert set(ours) == set(theirs["properties"]), path
    if required:
        needed = {name for name, attribute in ours.items() if attribute.required}
        assert needed == theirs["required"], path
    else:
        assert not theirs["required"], path
    for name, attribute in ours.items():
        schema = published.merged(version, theirs["properties"][name])
        compare_one(version, attribute, schema, f"{path}/{name}")


def compare_one(version: str, ours: Attribute, theirs: dict[str, Any], path: str) -> None:
    assert ours.type == theirs["type"], path
    assert set(ours.enum) == set(theirs.get("enum", ())), path
    assert ours.nullable == theirs.get("nullable", False), path
    for key, value in (("maxLength", ours.max_length), ("minLength", ours.min_length)):
        assert key not in theirs or theirs[key] == value, path
    members = {member.name: member for member in ours.of}
    if ours.name in OPEN:
        assert not theirs["properties"], path
        assert not theirs.get("items", {}).get("properties"), path
        return
    if "items" in theirs:
        theirs = published.merged(version, theirs["items"])
        assert members or ours.items == theirs["type"], path
    if theirs["properties"]:
        compare(version, members, theirs, path, required=True)
    else:
        assert not members, path


@pytest.mark.parametrize("path", RETIRED)
def test_a_retired_path_has_lost_its_published_operations(path: str) -> None:
    """What v1 has lost is published in v2 alone."""
    assert "delete" not in published.document("v1")["paths"].get(path, {})
    assert path not in published.document("v1")["paths"]
    assert path in published.document("v2")["paths"]
