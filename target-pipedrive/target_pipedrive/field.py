"""One field of one account: its name for people, its code for the API, and its kind of value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import FieldSpec
from target_pipedrive.choices import Choice
from target_pipedrive.forms import Reference, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from target_pipedrive.forms import Breach, Form


@dataclass(frozen=True)
class Field:
    """One field of one account.

    Attributes:
        name: the mapping's name.
        code: the API's key, under ``custom_fields`` when custom.
        form: the kind of value, with the account's options.
        empty, emptiable, emptied_with, computed: as in :class:`~target_pipedrive.table.Native`.
    """

    name: str
    code: str
    form: Form
    required: bool = False
    create: bool = True
    update: bool = True
    custom: bool = False
    advice: str = ""
    empty: Any = None
    emptiable: bool = True
    emptied_with: str = ""
    computed: bool = False

    def spec(self) -> FieldSpec:
        """The field as the port describes it."""
        form = self.form
        return FieldSpec(
            name=self.name,
            type=form.type,
            length=form.length if isinstance(form, Text) else None,
            required=self.required,
            writable=self.create,
            updatable=self.update,
            custom=self.custom,
            options=tuple(form.options) if isinstance(form, Choice) else (),
            reference=form.to if isinstance(form, Reference) else None,
            open_choice=isinstance(form, Choice) and form.open,
            computed=self.computed,
        )

    def of(self, row: Mapping[str, Any]) -> Any:
        """This field's neutral value in a record as the API answers it."""
        holder = (row.get("custom_fields") or {}) if self.custom else row
        raw = holder.get(self.code)
        return None if raw is None else self.form.incoming(raw)

    def canonical(self, value: Any) -> Any:
        """The value as it will be read back."""
        canonical = self.form.canonical(value)
        return self.empty if canonical is None else canonical

    def likeness(self, value: Any) -> Any:
        """What is compared to recognise one's own record."""
        return self.form.likeness(self.empty if value is None else value)

    @property
    def cleared(self) -> Any:
        """What an update sends to empty it."""
        return self.form.cleared if self.empty is None else self.form.sent(self.empty)

    def unwritable(self, *, whole: bool) -> Breach | None:
        """Why no value at all can be written into it."""
        advice = f": {self.advice}" if self.advice else ""
        if not self.create:
            return "read-only field", f"it cannot be written{advice}"
        if not whole and not self.update:
            return "fixed field", f"it cannot be changed once the record is there{advice}"
        return None

    def unemptiable(self, beside: Collection[str]) -> Breach | None:
        """Why an update cannot empty it; ``beside`` are the fields that it changes."""
        if breach := self.unwritable(whole=False):
            return breach
        if self.emptiable or self.emptied_with in beside:
            return None
        why = f", except by a change of {self.emptied_with}" if self.emptied_with else ""
        return "required field", f"it cannot be emptied{why}"
