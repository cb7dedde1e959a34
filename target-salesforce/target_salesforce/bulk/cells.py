"""Cells: neutral values as the CSV of a job spells them.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/
datafiles_date_format.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from target_salesforce.bulk.limits import CLEAR
from target_salesforce.choices import Choice
from target_salesforce.forms import Flag, Form, Html, Number, Text, Time

if TYPE_CHECKING:
    from collections.abc import Callable

Cell: TypeAlias = "Callable[[Any], str]"


def cell_for(form: Form, *, whole: bool) -> Cell:
    """What spells the values of one field.

    Args:
        form: the field's kind of value.
        whole: a create leaves out what is empty; an update clears it.
    """
    if isinstance(form, Flag):
        return _flag("" if whole else "false")
    empty = "" if whole else CLEAR
    if isinstance(form, Html):
        return _said_by(form, empty)
    if isinstance(form, Text):
        return _text(empty)
    if isinstance(form, Number):
        return _number(empty)
    if isinstance(form, Choice | Time):
        return _said_by(form, empty)
    return as_it_is if whole else lambda value: value or empty


def as_it_is(value: Any) -> str:
    """A text that is spelt already, or none."""
    return value or ""


def unknown_cell(value: Any) -> str:
    """A value of a column that is no field of the object itself (``Account.Key__c``)."""
    return "" if value is None else str(value)


def _flag(empty: str) -> Cell:
    spelt = {True: "true", False: "false", None: empty}
    return spelt.__getitem__


def _text(empty: str) -> Cell:
    def cell(value: Any) -> str:
        return empty if not value or value.isspace() else str(value)

    return cell


def _number(empty: str) -> Cell:
    def cell(value: Any) -> str:
        if value is None:
            return empty
        return str(value) if isinstance(value, int) else format(value, "f")

    return cell


def _said_by(form: Form, empty: str) -> Cell:
    def cell(value: Any) -> str:
        if value is None or form.canonical(value) is None:
            return empty
        return str(form.outgoing(value))

    return cell


def lines_of(text: str) -> str:
    """A text whose lines all end in a line feed, as those of the file do."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
