"""What of an org's schema is in use: records that hold a value in a field, or an option."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from target_salesforce import soql
from target_salesforce.choices import Choice
from target_salesforce.forms import Flag
from target_salesforce.tables import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_salesforce.client import Client
    from target_salesforce.described import Described
    from target_salesforce.field import Field
    from target_salesforce.object_book import ObjectBook

COUNTS = 20
"""Fields counted by one query."""


def sharing(object_name: str) -> tuple[str, ...]:
    """The objects that have their custom fields in common with this one, itself among them."""
    return ACTIVITIES if object_name in ACTIVITIES else (object_name,)


def in_use(
    client: Client, book: ObjectBook, object_name: str, names: Sequence[str]
) -> dict[str, int]:
    """How many live records hold a value in each of these fields; the empty name counts them all.

    Fields of activities are those of tasks and of events.
    """
    counts: Counter[str] = Counter()
    for one in sharing(object_name):
        if book.there(one):
            for name, held in _held(client, book.of(one), names, one == object_name):
                counts[name] += held
    return {name: counts[name] for name in names}


def _held(
    client: Client, described: Described, names: Sequence[str], itself: bool
) -> Iterator[tuple[str, int]]:
    if "" in names and itself:
        yield "", _first(client, soql.count(["Id"], described.name))
    fields = [described.by_name[name] for name in names if described.has(name)]
    countable = [field for field in fields if _is_countable(field)]
    rest = iter(countable)
    while some := list(islice(rest, COUNTS)):
        (row,) = client.query(soql.count([field.name for field in some], described.name))
        for place, field in enumerate(some):
            yield field.name, int(row[f"n{place}"] or 0)
    for field in fields:
        if _is_countable(field):
            continue
        if field.row.get("filterable", True):
            held = "= true" if isinstance(field.form, Flag) else "!= null"
            where = f"{field.name} {held}"
            yield field.name, _first(client, soql.count(["Id"], described.name, where))
        else:
            yield field.name, _read_through(client, described, field)


def _is_countable(field: Field) -> bool:
    """Whether ``COUNT`` takes a field; of flags it would count those that are not set as well."""
    told = field.row.get("aggregatable") and field.row.get("filterable", True)
    return bool(told) and not isinstance(field.form, Flag)


def _read_through(client: Client, described: Described, field: Field) -> int:
    """Count what no query counts (long texts), by reading it."""
    rows = client.query(soql.COUNTS.format(f"Id,{field.name}", described.name))
    return sum(1 for row in rows if row.get(field.name) not in (None, ""))


def options_in_use(
    client: Client, book: ObjectBook, object_name: str, name: str, labels: Sequence[str]
) -> dict[str, int]:
    """How many live records hold each of these options of a choice."""
    counts: Counter[str] = Counter()
    for one in sharing(object_name):
        field = book.of(one).by_name.get(name) if book.there(one) else None
        if field is None or not isinstance(field.form, Choice):
            continue
        for label, held in _chosen(client, one, field, field.form, labels):
            counts[label] += held
    return {label: counts[label] for label in labels}


def _chosen(
    client: Client, object_name: str, field: Field, form: Choice, labels: Sequence[str]
) -> Iterator[tuple[str, int]]:
    values = {form.options.get(label, label): label for label in labels}
    if form.many:
        for value, label in values.items():
            where = f"{field.name} INCLUDES ({soql.text(value)})"
            yield label, _first(client, soql.count(["Id"], object_name, where))
        return
    for where in soql.within(field.name, map(soql.text, values)):
        for row in client.query(soql.count(["Id"], object_name, where, field.name)):
            chosen = str(row[field.name])
            if chosen in values:
                yield values[chosen], int(row["n0"])


def _first(client: Client, query: str) -> int:
    rows: list[dict[str, Any]] = list(client.query(query))
    return int(rows[0]["n0"] or 0) if rows else 0
