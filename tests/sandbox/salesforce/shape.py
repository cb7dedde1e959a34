"""What is known of an object's fields before a record comes, so that records are checked fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.values import check_of

if TYPE_CHECKING:
    from tests.sandbox.salesforce.sobject import Field, Sobject

RULED = frozenset({("PricebookEntry", "UnitPrice")})
"""Fields that are required only under a condition, which the rules of the object know."""


class Shape:
    """One object's fields, sorted by what a write asks of them.

    Attributes:
        checks: what takes a value into a field, by its name.
        lower: names of fields by their small letters.
        relations: references by the small letters of their relationship.
        required: names that a new record must come with.
        defaults: values that a new record has where it is told none.
        blobs: names of what is kept as bytes beside the record.
        numbered: names that the org counts up itself.
        indexed: fields that are looked up by value; unique: those that hold a value only once.
    """

    def __init__(self, made: Sobject) -> None:
        fields = list(made.fields.values())
        self.made = made
        self.size = len(fields)
        self.checks = {one.name: check_of(one) for one in fields}
        self.lower = {one.name.lower(): one.name for one in fields}
        self.relations = {one.relationship.lower(): one for one in fields if one.relationship}
        self.required = [
            one.name for one in fields if one.required and (made.name, one.name) not in RULED
        ]
        self.defaults = {
            one.name: default for one in fields if (default := _default(one)) is not None
        }
        self.numbered = [one.name for one in fields if one.has("a")]
        self.blobs = [one.name for one in fields if one.type == "base64"]
        self.owned = "OwnerId" in made.fields
        self.unique = [one for one in fields if one.has("q") or one.has("Q")]
        self.indexed = [one for one in fields if _is_indexed(one)]

    def fits(self, made: Sobject) -> bool:
        """Whether this is still how the object is."""
        return self.made is made and self.size == len(made.fields)


class Shapes:
    """The shapes of all objects, each made when it is first asked for."""

    def __init__(self) -> None:
        self._known: dict[str, Shape] = {}

    def of(self, made: Sobject) -> Shape:
        known = self._known.get(made.name)
        if known is None or not known.fits(made):
            known = self._known[made.name] = Shape(made)
        return known

    def forget(self, sobject: str) -> None:
        """The fields of an object have changed."""
        self._known.pop(sobject, None)


def _default(one: Field) -> Any:
    if one.type == "boolean":
        return bool(one.default)
    if not one.has("d"):
        return None
    return next((option.value for option in one.options if option.default), None)


def _is_indexed(one: Field) -> bool:
    if one.type == "reference":
        return not one.name.endswith("ById")
    return any(map(one.has, "xqQ")) or (one.has("i") and one.name != "Id")
