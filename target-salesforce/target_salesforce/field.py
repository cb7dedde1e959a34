"""One field of one object: what its describe says, as a kind of value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import FieldSpec
from target_salesforce.choices import Choice
from target_salesforce.forms import (
    WHOLE_DIGITS,
    Date,
    Email,
    File,
    Flag,
    Form,
    Html,
    Instant,
    Number,
    Opaque,
    Text,
    Time,
)
from target_salesforce.ids import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_salesforce.forms import Breach

Row = dict[str, Any]
"""A field as the describe has it."""

AUDIT = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById")
"""https://help.salesforce.com/s/articleView?id=000386875"""


def _textarea(row: Row) -> Form:
    if row.get("extraTypeInfo") == "richtextarea" or row.get("htmlFormatted"):
        return Html(row.get("length") or None)
    return Text(row.get("length") or None, "long_text")


def _number(kind: str) -> Callable[[Row], Form]:
    return lambda row: Number(kind, row.get("precision") or 18, row.get("scale") or 0)


def _integer(row: Row) -> Form:
    return Number("integer", row.get("digits") or WHOLE_DIGITS, 0)


def _choice(row: Row) -> Choice:
    values = row.get("picklistValues") or []
    named = [(str(one.get("label") or one["value"]), str(one["value"])) for one in values]
    active = [one.get("active", True) for one in values]
    restricted = bool(row.get("restrictedPicklist"))
    native = not row.get("custom") and not restricted
    return Choice(
        options={
            label: value for (label, value), shown in zip(named, active, strict=True) if shown
        },
        known={value: label for label, value in named},
        restricted=restricted,
        length=row.get("length") or None,
        # Salesforce's own picklists take any value unless they are restricted.
        shown_as="text" if native else "choice",
    )


def _choices(row: Row) -> Form:
    form = _choice(row)
    return Choice(form.options, form.known, many=True, restricted=form.restricted)


FORMS: Mapping[str, Callable[[Row], Form]] = {
    "string": lambda row: Text(row.get("length") or None),
    "combobox": lambda row: Text(row.get("length") or None),
    "encryptedstring": lambda row: Text(row.get("length") or None),
    "id": lambda _: Text(18),
    "textarea": _textarea,
    "email": lambda row: Email(row.get("length") or None),
    "phone": lambda row: Text(row.get("length") or None, "phone"),
    "url": lambda row: Text(row.get("length") or None, "url"),
    "picklist": _choice,
    "multipicklist": _choices,
    "boolean": lambda _: Flag(),
    "int": _integer,
    "long": _integer,
    "double": _number("decimal"),
    "percent": _number("decimal"),
    "currency": _number("money"),
    "date": lambda _: Date(),
    "datetime": lambda _: Instant(),
    "time": lambda _: Time(),
    "reference": lambda row: Reference(tuple(row.get("referenceTo") or ())),
    "address": lambda _: Opaque("address"),
    "location": lambda _: Opaque("address"),
    "file": lambda _: File(),
}
"""By the type of a describe; what is not here is shown and not written."""


def form_of(row: Row) -> Form:
    """The kind of value that a field of a describe holds."""
    make = FORMS.get(row["type"])
    return make(row) if make else Opaque()


@dataclass(frozen=True)
class Field:
    """One field of one object.

    Attributes:
        name: of the API.
        form: the kind of value.
        required: must be there on create, and cannot be emptied.
        create, update: may be sent then.
        row: all that the describe says.
    """

    name: str
    form: Form
    required: bool
    create: bool
    update: bool
    row: Row
    computed: bool = False

    @classmethod
    def of(cls, row: Row, *, open_: bool = False, computed: bool = False) -> Field:
        """Read a field of a describe.

        Args:
            row: as the describe has it.
            open_: options may be added to it.
            computed: the destination fills it where nobody does.
        """
        form = form_of(row)
        if open_ and isinstance(form, Choice):
            form = Choice(form.options, form.known, form.many, form.restricted, open=True)
        create = bool(row.get("createable")) and not isinstance(form, Opaque)
        # https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/
        # sforce_api_calls_describesobjects_describesobjectresult.htm
        needed = create and not row.get("nillable", True) and not row.get("defaultedOnCreate")
        return cls(
            name=row["name"],
            form=form,
            required=needed and not isinstance(form, Flag),
            create=create,
            update=bool(row.get("updateable")) and not isinstance(form, Opaque),
            row=row,
            computed=computed or bool(row.get("calculated")),
        )

    def spec(self) -> FieldSpec:
        """The field as the port describes it."""
        form = self.form
        sized = isinstance(form, Text) or (isinstance(form, Choice) and form.type == "text")
        return FieldSpec(
            name=self.name,
            type=form.type,
            label=str(self.row.get("label") or ""),
            length=getattr(form, "length", None) if sized else None,
            required=self.required,
            writable=self.create,
            updatable=self.update,
            custom=bool(self.row.get("custom")),
            options=tuple(form.options) if isinstance(form, Choice) and form.type != "text" else (),
            reference=form.to[0] if isinstance(form, Reference) and len(form.to) == 1 else None,
            open_choice=isinstance(form, Choice) and form.open,
            computed=self.computed,
            scale=form.scale if isinstance(form, Number) and form.kind != "integer" else None,
        )

    def of_row(self, row: Mapping[str, Any]) -> Any:
        """This field's neutral value in a record as the API answers it."""
        raw = row.get(self.name)
        return self.form.empty if raw in (None, "") else self.form.incoming(raw)

    def canonical(self, value: Any) -> Any:
        """The value as it will be read back."""
        canonical = self.form.canonical(value)
        return self.form.empty if canonical is None else canonical

    def sent(self, value: Any) -> Any:
        """A value as JSON has it; what is empty clears the field."""
        if self.form.canonical(value) is None:
            return self.form.empty
        return self.form.outgoing(value)

    def breach(self, value: Any, *, whole: bool) -> Breach | None:
        """Why this value cannot be written.

        Args:
            value: a neutral value, ``None`` to empty the field.
            whole: on create, else on update.
        """
        empty = value is None or self.form.canonical(value) is None
        if empty and whole:
            return None
        if not (self.create if whole else self.update):
            return self._unwritable(whole=whole)
        if empty:
            fixed = not self.row.get("nillable", True) and not isinstance(self.form, Flag)
            return ("required field", "it cannot be emptied") if fixed else None
        return self.form.complaint(value)

    def _unwritable(self, *, whole: bool) -> Breach:
        if not whole and self.create:
            return "fixed field", "it cannot be changed once the record is there"
        advice = ""
        if self.name in AUDIT and whole:
            advice = "; the user needs the permission to set audit fields on creation"
        return "read-only field", f"it cannot be written{advice}"
