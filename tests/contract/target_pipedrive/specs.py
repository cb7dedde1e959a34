"""Pipedrive's published operations, found by this target's way of writing endpoints."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.contract.pipedrive import published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.pipedrive.published import Schema

PREFIXES = {"v2": "/api/v2", "v1": "/v1"}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
OPEN = {"custom_fields", "prices"}
"""Published without their keys: those are an account's own, or stand in the description."""


class Published(NamedTuple):
    """One published operation."""

    version: str
    schema: Schema

    @property
    def media(self) -> dict[str, Schema]:
        """The body's schema by content type."""
        bodies = published.media(self.schema)
        return {kind: published.merged(self.version, body) for kind, body in bodies.items()}

    @property
    def query(self) -> dict[str, Schema]:
        """The query's parameters by name."""
        every = self.schema.get("parameters", ())
        return {one["name"]: one.get("schema", {}) for one in every if one["in"] == "query"}


def published_as(endpoint: str) -> Published | None:
    """The operation of an endpoint such as ``PATCH /api/v2/deals/{id}``, or of a request to it."""
    method, path = endpoint.split(" ")
    for version, prefix in PREFIXES.items():
        if path.startswith(f"{prefix}/"):
            found = _operation(version, method.lower(), path.removeprefix(prefix))
            return None if found is None else Published(version, found)
    return None


@cache
def _operation(version: str, method: str, path: str) -> Schema | None:
    paths = published.document(version)["paths"]
    wanted = path.split("/")
    # What is spelt out goes before what is left open: /deals/products is no /deals/{id}.
    for theirs in sorted(paths, key=lambda each: each.count("{")):
        steps = theirs.split("/")
        alike = len(steps) == len(wanted) and all(
            step == want or (step.startswith("{") and want)
            for step, want in zip(steps, wanted, strict=True)
        )
        if alike and method in paths[theirs]:
            return paths[theirs][method]
    return None


def faults(version: str, schema: Schema, value: Any, place: str = "") -> Iterator[str]:
    """What of a value its schema does not allow: unknown keys, missing ones, other types."""
    schema = published.merged(version, schema)
    wrong = _misfit(schema, value)
    if wrong:
        yield f"{place} {wrong}"
    elif isinstance(value, list) and place not in OPEN:
        for item in value:
            yield from faults(version, schema.get("items", {}), item, f"{place}[]")
    elif isinstance(value, dict) and place not in OPEN:
        yield from (f"{place} lacks {name}" for name in sorted(schema["required"] - set(value)))
        for name, part in value.items():
            if name in schema["properties"]:
                yield from faults(version, schema["properties"][name], part, name)
            else:
                yield f"{place} has no {name}"


def _misfit(schema: Schema, value: Any) -> str:
    kind = schema.get("type")
    if value is None:
        return "" if schema.get("nullable", False) else "may not be null"
    if kind and (isinstance(value, bool) != (kind == "boolean") or type(value) not in TYPES[kind]):
        return f"is {value!r}, not of type {kind}"
    if schema.get("enum") and value not in schema["enum"]:
        return f"is {value!r}, none of {schema['enum']}"
    if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        return f"has {len(value)} items"
    return ""
