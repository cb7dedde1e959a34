"""What is declared of an object: its place in the API, its fields, and what they depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from target_pipedrive.forms import Form


@dataclass(frozen=True)
class Native:
    """A field that every account has.

    Attributes:
        name: its name in the mapping and on the wire.
        form: the kind of value.
        required: must be there on create.
        create: may be sent on create.
        update: may be sent on update.
        options: field codes (any of them) whose live options are this choice's.
        advice: what to do instead, for a field that cannot be written.
        empty: what it holds once an update has emptied it, where that is not nothing.
        emptiable: an update may empty it.
        emptied_with: a field by whose change Pipedrive empties it, without being told.
        computed: Pipedrive works it out from other records where it is not sent.
    """

    name: str
    form: Form
    required: bool = False
    create: bool = True
    update: bool = True
    options: tuple[str, ...] = ()
    advice: str = ""
    empty: Any = None
    emptiable: bool = True
    emptied_with: str = ""
    computed: bool = False


@dataclass(frozen=True)
class Table:
    """One object of the API.

    Attributes:
        name: the object's name in mapping documents.
        path: of its list; a record is at ``path/{id}``.
        archive: of the list of records that the other one leaves out; empty where it has none.
        fields: its native fields.
        update: the HTTP method that changes a record.
        fields_path: where its field definitions are listed; empty where it has none.
        custom: whether custom fields can be made and written.
        page: most records a list answers at once.
        identity: fields that recognise one's own record where no custom field carries a key.
        parents: fields of which at least one must be set.
    """

    name: str
    path: str
    fields: tuple[Native, ...]
    update: str = "PATCH"
    fields_path: str = ""
    custom: bool = False
    page: int = 500
    identity: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    archive: str = ""


@dataclass(frozen=True)
class Rule:
    """A native field that may only be there while another has one of some values."""

    field: str
    while_field: str
    values: frozenset[str]
    default: str
