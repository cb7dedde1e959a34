"""Field paths of a query: ``Name``, ``Account.Owner.Email``, ``What.Type``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.sobject import Field, Sobject, compound

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.soql_parser import Path

Row = dict[str, Any]
MOST_STEPS = 5
"""Relationships in one path."""
NAME = Sobject("Name", "", "Name", "Names", {
    name: Field(name, "id" if name == "Id" else "string", 255, label=name)
    for name in (
        "Id", "Name", "Type", "FirstName", "LastName", "Email", "Phone", "Title", "Username",
        "Alias", "IsActive",
    )
})  # fmt: skip
"""What can be asked of the record behind a reference that may lead to several objects."""


class Paths:
    """Finds and reads what paths of one object lead to."""

    def __init__(self, org: Org, made: Sobject, user: str) -> None:
        self._org = org
        self._made = made
        self._user = user

    def steps(self, path: Path) -> tuple[list[Field], Field, Sobject]:
        """The references on the way, the field at its end, and whose that is.

        Raises:
            RefusalError: it leads nowhere.
        """
        made, found = self._made, []
        names = path.names
        if len(names) > 1 and names[0].lower() == self._made.name.lower():
            names = names[1:]
        if len(names) - 1 > MOST_STEPS:
            message = f"Relationship path exceeds {MOST_STEPS} levels: {'.'.join(names)}"
            raise RefusalError(400, "INVALID_FIELD", message)
        for name in names[:-1]:
            one = made.relation(name)
            if one is None or not self._org.access.sees(self._user, made.name, one):
                self._no_relation(name)
            found.append(one)
            if len(one.to) > 1 or one.has("p"):
                made = NAME
            elif one.to and one.to[0] in self._org.objects:
                made = self._org.objects[one.to[0]]
            else:
                self._no_relation(name)
        if made is NAME:
            last = NAME.fields.get(
                next((n for n in NAME.fields if n.lower() == names[-1].lower()), "")
            )
        else:
            last = self._org.field(made, names[-1], self._user)
        if last is None:
            self._no_field(names[-1], made)
        return found, last, made

    def reader(self, path: Path, *, shown: bool = False) -> Callable[[Row], Any]:
        """What reads a path's value from a record; ``shown`` as the API shows it."""
        steps, last, made = self.steps(path)
        org, name = self._org, last.name
        if not steps and last.type not in {"base64", "address", "location"}:
            return lambda row: row.get(name)

        def read(row: Row) -> Any:
            here = self.follow(row, steps)
            if here is None:
                return None
            if made is NAME and name == "Type":
                return org.sobject_of(here["Id"])
            if shown and last.type == "base64":
                return f"/services/data/v{org.version}/sobjects/{made.name}/{here['Id']}/{name}"
            if last.type in {"address", "location"}:
                return compound(last, here)
            return here.get(name)

        return read

    def follow(self, row: Row, steps: list[Field]) -> Row | None:
        """The record at the end of some references."""
        here: Row | None = row
        for step in steps:
            parent = None if here is None else here.get(step.name)
            if parent is None:
                return None
            holder = self._org.sobject_of(parent)
            here = self._org.rows[holder].get(parent) if holder else None
        return here

    def _no_relation(self, name: str) -> NoReturn:
        message = (
            f"Didn't understand relationship '{name}' in field path. If you are attempting to use a"
            " custom relationship, be sure to append the '__r' after the custom relationship name."
            " Please reference your WSDL or the describe call for the appropriate names."
        )
        raise RefusalError(400, "INVALID_FIELD", message)

    def _no_field(self, name: str, made: Sobject) -> NoReturn:
        message = (
            f"\nSELECT {name} FROM {made.name}\n       ^\nERROR at Row:1:Column:8\nNo such column "
            f"'{name}' on entity '{made.name}'. If you are attempting to use a custom field, be "
            "sure to append the '__c' after the custom field name. Please reference your WSDL or "
            "the describe call for the appropriate names."
        )
        raise RefusalError(400, "INVALID_FIELD", message)
