"""Queries: values spelt safely, and lists cut so that an address is not too long.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
(sforce_api_calls_soql_select_quotedstringescapes.htm, …_dateformats.htm)
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from simple_salesforce.format import quote_soql_value

from target_salesforce.forms import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from target_salesforce.field import Field

MOST_BYTES = 10_000
"""Of conditions in one address; 16,384 bytes are taken for address and headers together:
https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta"""
QUERY = "SELECT {} FROM {} WHERE {}"
COUNTS = "SELECT {} FROM {}"
UNQUOTED = ("date", "datetime", "time")


def literal(field: Field, value: Any) -> str:
    """A neutral value as a query has it, spelt as the field keeps it."""
    sent = None if field.form.canonical(value) is None else field.form.outgoing(value)
    if sent is None:
        return str(field.form.empty).lower() if field.form.empty is not None else "null"
    if isinstance(sent, int | Decimal) and not isinstance(sent, bool):
        return format(plain(sent), "f")
    if isinstance(sent, str) and field.form.type in UNQUOTED:
        return sent
    if isinstance(sent, str):
        return text(sent.strip())
    return str(sent).lower()


def text(value: str) -> str:
    """A text as a query has it."""
    return str(quote_soql_value(value))


def cut(conditions: Iterable[str], between: str) -> Iterator[list[str]]:
    """Conditions in lists that fit into an address each.

    Args:
        conditions: literals or whole conditions.
        between: what will stand between them.
    """
    joint = len(quote_plus(between))
    some: list[str] = []
    size = 0
    for one in conditions:
        length = len(quote_plus(one)) + joint
        if some and size + length > MOST_BYTES:
            yield some
            some, size = [], 0
        some.append(one)
        size += length
    if some:
        yield some


def within(name: str, values: Iterable[str]) -> Iterator[str]:
    """Conditions that a field is one of some literals, each short enough for one query."""
    for some in cut(dict.fromkeys(values), ","):
        yield f"{name} IN ({','.join(some)})"


def select(names: Sequence[str], object_name: str, where: str) -> str:
    """A query; the record's id is always among what it asks for."""
    listed = ",".join(dict.fromkeys(("Id", *names)))
    return QUERY.format(listed, object_name, where)


def count(names: Sequence[str], object_name: str, where: str = "", group: str = "") -> str:
    """A query of counts, named ``n0``, ``n1`` … in the order of the fields.

    Args:
        names: fields that hold a value.
        object_name: the object.
        where: conditions.
        group: count by the values of this field.
    """
    parts = [group] if group else []
    parts += [f"COUNT({name}) n{place}" for place, name in enumerate(names)]
    query = COUNTS.format(",".join(parts), object_name)
    return query + (f" WHERE {where}" if where else "") + (f" GROUP BY {group}" if group else "")
