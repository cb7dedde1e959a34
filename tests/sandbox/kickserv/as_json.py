"""Kickserv's JSON: the same records with underscores, decimals as text, nulls written out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tests.sandbox.kickserv.fields import FIELDS
from tests.sandbox.kickserv.node import ALLOCATIONS, Node

if TYPE_CHECKING:
    from collections.abc import Iterable


def encode(value: Any) -> bytes:
    """Encode plain data; NaN becomes null, as Rails writes it."""
    return msgspec.json.encode(value)


def plain(node: Node) -> dict[str, Any]:
    """Return a node as plain data."""
    record = {**_nulls(node.stream), **node.record}
    if node.only is not None:
        record = {name: value for name, value in record.items() if name in node.only}
    elif node.stream == "jobs":
        record |= {"chosen_days_of_week": [], "job_allocations": ALLOCATIONS}
    return record | {name: _inside(content) for name, content in node.inside.items()} | node.extra


def plain_list(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    return [plain(node) for node in nodes]


def _inside(content: list[Node] | Node | None) -> Any:
    if isinstance(content, list):
        return plain_list(content)
    return None if content is None else plain(content)


@cache
def _nulls(stream: str) -> dict[str, None]:
    return dict.fromkeys(FIELDS[stream])
