"""Pipedrive's published OpenAPI files, reduced to what the sandbox's tables state."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Schema = dict[str, Any]


FOLDER = os.environ.get("CRM_SPECS")
NEEDED = pytest.mark.skipif(
    not FOLDER, reason="CRM_SPECS does not name the folder of the OpenAPI files"
)


@cache
def document(version: str) -> Schema:
    """The OpenAPI file of `v1` or `v2`; a folder that is set must have it."""
    assert FOLDER, "CRM_SPECS is not set"
    return json.loads(Path(FOLDER, f"pipedrive-{version}.json").read_text())


def operation(version: str, method: str, path: str) -> Schema | None:
    return document(version)["paths"].get(path, {}).get(method.lower())


def media(published: Schema) -> dict[str, Schema]:
    """Schemas of the request body, by content type."""
    content = published.get("requestBody", {}).get("content", {})
    return {kind: part["schema"] for kind, part in content.items()}


def merged(version: str, schema: Schema) -> Schema:
    """`schema` with references followed and `allOf` parts put together."""
    while "$ref" in schema:
        found: Any = document(version)
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    result = {**schema, "properties": dict(schema.get("properties", {}))}
    result["required"] = set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        inner = merged(version, part)
        result["properties"] |= inner["properties"]
        result["required"] |= inner["required"]
        for key in ("type", "enum", "items", "maxLength", "minLength", "nullable"):
            if key in inner:
                result.setdefault(key, inner[key])
    return result


def answered(version: str, published: Schema) -> tuple[str, Schema]:
    """Status of the success and the schema of its `data`, of one item where it is a list."""
    status = next(code for code in ("200", "201") if code in published["responses"])
    content = published["responses"][status].get("content", {})
    schema = merged(version, content.get("application/json", {}).get("schema", {}))
    data = merged(version, schema["properties"].get("data", {}))
    return status, merged(version, data["items"]) if "items" in data else data


def example(published: Schema) -> Any:
    """The `data` of the published example of a success."""
    status = next(code for code in ("200", "201") if code in published["responses"])
    content = published["responses"][status].get("content", {})
    return content.get("application/json", {}).get("example", {}).get("data")
