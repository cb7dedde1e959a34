"""Kickserv's XML: dasherised elements, typed by attribute, as recorded from the service.

See the fixtures of https://github.com/customerlobby/kickserv.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv.fields import FIELDS, JSON_ONLY, STRING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.kickserv.node import Node

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPECIAL = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
SINGULAR = {
    "job_statuses": "job_status",
    "tax_entities": "tax_entity",
    "time_entries": "time_entry",
    "employees_short": "employee",
}
JOB_TAIL = (
    '<chosen-days-of-week type="array"/>\n<job-allocations>\n<allocations type="array"/>\n'
    '<include-expenses type="boolean">false</include-expenses>\n</job-allocations>'
)


def many(stream: str, nodes: Iterable[Node]) -> str:
    """Write the document of a list: ``<jobs type="array">``, closed at once when it is empty."""
    return DECLARATION + _list(_dashed(stream), nodes) + "\n"


def one(node: Node) -> str:
    """Write the document of one record; one customer's root is, oddly, ``<customers>``."""
    root = "customers" if node.stream == "customers" else element(node.stream)
    return f"{DECLARATION}{_record(node, root)}\n"


def errors(messages: Iterable[str]) -> str:
    """Write a refusal."""
    lines = "\n".join(f"  <error>{_escape(message)}</error>" for message in messages)
    return f"<errors>\n{lines}\n</errors>\n"


def element(stream: str) -> str:
    return _dashed(SINGULAR.get(stream, stream.removesuffix("s")))


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _list(name: str, nodes: Iterable[Node], attributes: str = "", child: str = "") -> str:
    rows = [_record(node, child or element(node.stream), attributes) for node in nodes]
    if not rows:
        return f'<{name} type="array"/>'
    return "\n".join((f'<{name} type="array">', *rows, f"</{name}>"))


def _record(node: Node, name: str, attributes: str = "") -> str:
    layout = _layout(node.stream)
    parts = layout.empty.copy()
    for field, value in node.record.items():
        if value is not None and field in layout.place:
            parts[layout.place[field]] = layout.fill[field](_text(value))
    if node.only is not None:
        parts = [parts[place] for field, place in layout.place.items() if field in node.only]
    elif node.stream == "jobs":
        parts.append(JOB_TAIL)
    parts += [_inside(field, content) for field, content in node.inside.items()]
    parts += [f"<{_dashed(k)}>{_text(v)}</{_dashed(k)}>" for k, v in node.extra.items()]
    return "\n".join((f"<{name}{attributes}>", *parts, f"</{name}>"))


def _inside(field: str, content: list[Node] | Node | None) -> str:
    name = _dashed(field)
    if content is None:
        return f'<{name} nil="true"/>'
    if not isinstance(content, list):
        return _record(content, name)
    if field == "children":
        return _list(name, content, ' type="Customer"', "child")
    return _list(name, content)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _escape(value) if SPECIAL.search(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "NaN" if isinstance(value, float) and math.isnan(value) else str(value)


def _escape(text: str) -> str:
    # What XML 1.0 cannot hold is replaced, as Ruby's Builder does.
    return SPECIAL.sub(lambda found: ESCAPES.get(found[0], "\ufffd"), text)


class _Layout:
    """The elements of a stream, ready to be filled in."""

    def __init__(self, stream: str) -> None:
        fields = [(f, kind) for f, kind in FIELDS[stream].items() if f not in JSON_ONLY]
        self.place = {field: place for place, (field, _) in enumerate(fields)}
        self.empty = [f'<{_dashed(f)}{_type(kind)} nil="true"/>' for f, kind in fields]
        self.fill = {field: _filler(field, kind) for field, kind in fields}


def _type(kind: str) -> str:
    return "" if kind == STRING else f' type="{kind}"'


def _filler(field: str, kind: str) -> Callable[[str], str]:
    opening, closing = f"<{_dashed(field)}{_type(kind)}>", f"</{_dashed(field)}>"
    return lambda text: f"{opening}{text}{closing}"


_layout = cache(_Layout)
