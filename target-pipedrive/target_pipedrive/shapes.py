"""Shapes: what of an answer must be as documented before anything is concluded from it.

Only what this target relies on is declared; all else may be there or not. Taken from the published
OpenAPI files. A list of records may be ``null`` where there are none (API v1 says it so); users and
fields exist in every account, so their lists may not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from crm_transforms.destination import DestinationError
from target_pipedrive.costs import TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping

Id = Annotated[int, msgspec.Meta(gt=0)]
Present = Annotated[str, msgspec.Meta(min_length=1)]


class Row(msgspec.Struct):
    """A record of a list."""

    id: Id


class LineRow(Row):
    """A line of a deal."""

    deal_id: Id


class Ids(msgspec.Struct):
    """What was removed in one request."""

    ids: list[Id]


class LeadRow(msgspec.Struct):
    """A lead."""

    id: Present


class UserRow(Row):
    """A user."""

    name: str | None = None
    email: str | None = None


class Me(Row):
    """The user of the credentials, and the company whose account it is."""

    company_id: Id
    company_name: str | None = None
    company_domain: str | None = None


class Option(msgspec.Struct):
    """One of a choice; the vendor's own have words for ids."""

    id: int | str
    label: str


class Options(msgspec.Struct):
    """Options that were added or removed."""

    options: list[Option]


class FieldRow(msgspec.Struct):
    """The definition of a field."""

    field_code: Present
    field_name: str
    field_type: str
    is_custom_field: bool | None = None
    options: list[Option] | None = None


class Pagination(msgspec.Struct):
    """Where the next page of a v1 list begins."""

    more_items_in_collection: bool = False
    next_start: int | None = None


class Additional(msgspec.Struct):
    """What stands beside the data: how a list goes on."""

    next_cursor: str | None = None
    pagination: Pagination | None = None


def answer_of(data: Any) -> type[msgspec.Struct]:
    """A whole answer with such data."""
    return msgspec.defstruct(
        "Answer", [("data", data), ("additional_data", Additional | None, None)]
    )


SPECIAL: Mapping[str, Any] = {
    "GET /v1/users": Annotated[list[UserRow], msgspec.Meta(min_length=1)],
    "GET /v1/users/me": Me,
    "GET /v1/notes/{id}": Row | None,
    "GET /v1/files/{id}": Row | None,
    "GET /v1/leads": list[LeadRow] | None,
    "GET /v1/leads/archived": list[LeadRow] | None,
    "GET /api/v2/deals/products": list[LineRow] | None,
}

ANSWERS: Mapping[str, type[msgspec.Struct]] = {
    endpoint: answer_of(
        list[FieldRow] if endpoint.endswith("Fields") else SPECIAL.get(endpoint, list[Row] | None)
    )
    for endpoint in TOKENS
    if endpoint.startswith("GET ")
}
"""What each read must be answered with."""

PLACE = re.compile(r" - at `\$\.?(.*)`$")


def check(endpoint: str, body: Any) -> None:
    """See that a read was answered as documented.

    Raises:
        DestinationError: it was not; the message names the endpoint, the place in the answer and
            what was expected there, and quotes nothing of it.
    """
    try:
        msgspec.convert(body, ANSWERS[endpoint])
    except msgspec.ValidationError as error:
        place = PLACE.search(str(error))
        where = f" in {place[1]}" if place and place[1] else ""
        raise DestinationError(
            f"{endpoint}: an answer that is not as documented{where}: {PLACE.sub('', str(error))}"
        ) from error


def is_a(shape: type[msgspec.Struct], data: Any) -> bool:
    """Whether a part of an answer to a write can be relied upon."""
    try:
        msgspec.convert(data, shape)
    except msgspec.ValidationError:
        return False
    return True
