"""The vocabulary the tables are written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Attribute:
    """One key of an object, in request bodies, in answers, or in both.

    Args:
        name: The key.
        type: JSON type as published: string, integer, number, boolean, array, object.
        on: Where it occurs: `c` create body, `u` update body, `r` answer.
        required: Published as required on create.
        required_by_docs: Required by documentation outside the OpenAPI files.
        nullable: Published as nullable.
        clears: Null is taken although the published schema does not say so. A guess: the official
            client declares some of these nullable (pipedrive/client-nodejs 33.7.0), and nothing
            else would clear a date or a link.
        refused: Why a published key is refused all the same.
        enum: Published values.
        one_of: Values documented outside the OpenAPI files.
        format: Name of a text format in `formats.py`.
        min_length: Least characters.
        max_length: Most characters.
        minimum: Least number.
        maximum: Greatest number.
        max_items: Most items of an array.
        min_items: Fewest items of an array.
        refers_to: The object whose ids the value names.
        chooses_from: The object whose field of the same name lists the permitted option ids.
        items: JSON type of an array's items, when they are not objects.
        of: Members of an object, or of the objects in an array.
        feature: Plan or add-on the key belongs to; without it the API answers 403.
        field_type: Pipedrive's field type, for the lists of fields; empty: no field of its own.
        default: Value of a record created without it.
    """

    name: str
    type: str
    on: str = "cur"
    required: bool = False
    required_by_docs: bool = False
    nullable: bool = False
    clears: bool = False
    refused: str = ""
    enum: tuple[Any, ...] = ()
    one_of: tuple[Any, ...] = ()
    format: str = ""
    min_length: int = 0
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_items: int | None = None
    min_items: int = 0
    refers_to: str = ""
    chooses_from: str = ""
    items: str = ""
    of: tuple[Attribute, ...] = ()
    feature: str = ""
    field_type: str = ""
    default: Any = None


@dataclass(frozen=True)
class Param:
    """One query parameter.

    Args:
        name: The parameter.
        type: JSON type as published; `array` is read repeated or comma separated.
        enum: Published values.
        many: A string that holds a comma separated list.
        required: Whether the request is refused without it.
        maximum: Greatest number.
        published_maximum: Whether the OpenAPI file states the maximum too.
        most: Most items of a list.
        format: Name of a text format in `formats.py`.
    """

    name: str
    type: str = "string"
    enum: tuple[Any, ...] = ()
    many: bool = False
    required: bool = False
    maximum: int | None = None
    published_maximum: bool = False
    most: int | None = None
    format: str = ""


@dataclass(frozen=True)
class Body:
    """A request body.

    Args:
        attributes: Its keys, by name.
        media: Content type the endpoint reads.
        bare_array: The body is an array of such objects.
        creating: Whether keys marked required must be there.
    """

    attributes: Mapping[str, Attribute]
    media: str = "application/json"
    bare_array: bool = False
    creating: bool = True


def on(letter: str, attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    """The attributes that occur at `letter` (`c`, `u` or `r`), by name."""
    return {a.name: a for a in attributes if letter in a.on}


def create_body(attributes: Iterable[Attribute], media: str = "application/json") -> Body:
    return Body(on("c", attributes), media)


def update_body(attributes: Iterable[Attribute], media: str = "application/json") -> Body:
    return Body(on("u", attributes), media, creating=False)
