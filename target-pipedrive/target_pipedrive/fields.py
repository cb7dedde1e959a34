"""The fields of an account: names to codes, labels to option ids, records to bodies and back.

A custom field is known to people by its name and to the API by a hash that differs per account; an
option by its label and by an id. Mappings speak names and labels only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.destination import Complaint
from target_pipedrive.choices import Choice
from target_pipedrive.custom_types import CUSTOM_FORMS
from target_pipedrive.field import Field
from target_pipedrive.forms import Opaque
from target_pipedrive.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from crm_transforms.destination import Record, Value
    from target_pipedrive.forms import Breach
    from target_pipedrive.table import Table

NAMED = re.compile(r"""(?:^|failed: |; |['"`])([a-z_]+)(?=['"`:]| is | must )""")
"""Where the API's words name a native field: quoted, or at the head of a complaint."""


class ObjectFields:
    """All fields of one object as they are now; a change of the schema makes a new one."""

    def __init__(
        self, table: Table, rows: Iterable[Mapping[str, Any]], open_choices: Collection[str] = ()
    ) -> None:
        self.table = table
        self.options: dict[str, dict[str, int | str]] = {}
        customs: list[Mapping[str, Any]] = []
        for row in rows:
            labels = {option["label"]: option["id"] for option in row.get("options") or ()}
            self.options[row["field_code"]] = labels
            if row.get("is_custom_field") and table.custom:
                customs.append(row)
        self.by_name: dict[str, Field] = {}
        self.twice: dict[str, list[str]] = {}
        self.by_code: dict[str, Field] = {}
        for native in table.fields:
            self._add(self._native(native.name, open_choices))
        for row in customs:
            self._add(self._custom(row, open_choices))

    def _native(self, name: str, open_choices: Collection[str]) -> Field:
        native = next(native for native in self.table.fields if native.name == name)
        form, code = native.form, native.name
        if isinstance(form, Choice) and native.options:
            code_there = next((code for code in native.options if code in self.options), "")
            known = self.options.get(code_there, {})
            form = form.bound(known, open_=bool(code_there) and (form.open or name in open_choices))
        return Field(
            name,
            code,
            form,
            required=native.required,
            create=native.create,
            update=native.update,
            advice=native.advice,
            empty=form.empty if native.empty is None else native.empty,
            emptiable=native.emptiable,
            emptied_with=native.emptied_with,
            computed=native.computed,
        )

    def _custom(self, row: Mapping[str, Any], open_choices: Collection[str]) -> Field:
        name = row["field_name"]
        form = CUSTOM_FORMS.get(row["field_type"], Opaque())
        if isinstance(form, Choice):
            form = form.bound(self.options[row["field_code"]], open_=name in open_choices)
        writable = not isinstance(form, Opaque)
        return Field(name, row["field_code"], form, create=writable, update=writable, custom=True)

    def _add(self, field: Field) -> None:
        self.by_code[field.code] = field
        if field.name not in self.by_name:
            self.by_name[field.name] = field
        elif self.by_name[field.name].custom:
            codes = self.twice.setdefault(field.name, [self.by_name[field.name].code])
            codes.append(field.code)

    def option_code(self, name: str) -> str:
        """The code of the field that keeps a choice's options; empty where there are none."""
        native = next((native for native in self.table.fields if native.name == name), None)
        if native is None:
            return self.by_name[name].code if self.options_of(name) else ""
        return next((code for code in native.options if code in self.options), "")

    def custom_codes(self, name: str) -> list[str]:
        """The codes of the custom fields of this name: people may make a second one."""
        field = self.by_name.get(name)
        if field is None or not field.custom:
            return []
        return self.twice.get(name, [field.code])

    def options_of(self, name: str) -> Mapping[str, int | str]:
        """The options of a choice, ids by label; none of anything else."""
        field = self.by_name.get(name)
        return field.form.options if field and isinstance(field.form, Choice) else {}

    def complaints(self, record: Record, *, whole: bool) -> Iterator[Complaint]:
        """Why the API would refuse this record.

        Args:
            record: neutral names and values.
            whole: a create; else an update, of which only the given fields are judged.
        """
        for name, value in record.items():
            breach = self._breach(record, name, value, whole=whole)
            if breach:
                yield Complaint(name, *breach)
        yield from self._missing(record, whole=whole)
        yield from self._rules(record, whole=whole)

    def _breach(self, record: Record, name: str, value: Value, *, whole: bool) -> Breach | None:
        field = self.by_name.get(name)
        if field is None:
            return "unknown field", f"{self.table.name} have no field {name!r}"
        if name in self.twice:
            codes = ", ".join(self.twice[name])
            return "ambiguous field", f"several fields are called {name!r}: {codes}"
        if value is None:
            return None if whole or field.required else field.unemptiable(record)
        return field.unwritable(whole=whole) or field.form.complaint(value)

    def _missing(self, record: Record, *, whole: bool) -> Iterator[Complaint]:
        for name, field in self.by_name.items():
            judged = field.required and (whole or name in record)
            if judged and field.form.canonical(record.get(name)) is None:
                message = f"{self.table.name} need a {name}"
                yield Complaint(name, "required field", message)
        parents = self.table.parents
        judged = bool(parents) and (whole or all(parent in record for parent in parents))
        if judged and all(record.get(parent) is None for parent in parents):
            one_of = ", ".join(parents)
            message = f"{self.table.name} need one of {one_of}"
            yield Complaint(parents[0], "required field", message)

    def _rules(self, record: Record, *, whole: bool) -> Iterator[Complaint]:
        for rule in RULES.get(self.table.name, ()):
            if record.get(rule.field) is None or not (whole or rule.while_field in record):
                continue
            state = record.get(rule.while_field) or rule.default
            if state not in rule.values:
                wanted = " or ".join(sorted(rule.values))
                message = f"can only be set while {rule.while_field} is {wanted}, not {state}"
                yield Complaint(rule.field, rule.while_field, message)

    def outgoing(self, record: Record, *, whole: bool) -> dict[str, Any]:
        """The request body of a record that has no complaints.

        A create leaves out what is empty (v2 refuses null for most native fields), an update
        clears it, unless a field beside it does.
        """
        body: dict[str, Any] = {}
        custom: dict[str, Any] = {}
        for name, value in record.items():
            field = self.by_name[name]
            if field.form.canonical(value) is not None:
                (custom if field.custom else body)[field.code] = field.form.sent(value)
            elif not whole and field.emptied_with not in record:
                (custom if field.custom else body)[field.code] = field.cleared
        if custom:
            body["custom_fields"] = custom
        return body

    def incoming(self, row: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
        """A record as the API answers it, as a neutral one of the given fields (all when empty).

        A field that the account does not have, or no longer, is empty.
        """
        fields = self.by_name
        return {name: fields[name].of(row) if name in fields else None for name in names or fields}

    def canonical(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back."""
        return {
            name: self.by_name[name].canonical(value) if name in self.by_name else value
            for name, value in record.items()
        }

    def likeness(self, record: Record) -> bytes:
        """What equal records have in common, however Pipedrive dressed them up."""
        fields = self.by_name
        return encode(
            {
                name: fields[name].likeness(value) if name in fields else value
                for name, value in record.items()
            }
        )

    def missing_labels(self, record: Record) -> Iterator[tuple[str, str]]:
        """(field, label) of labels of open choices that the account does not have yet."""
        for name, value in record.items():
            form = self.by_name[name].form if name in self.by_name else None
            if isinstance(form, Choice) and form.open and not form.complaint(value):
                for label in form.labels(value):
                    if label not in form.options:
                        yield name, label

    def translated(self, words: str) -> tuple[str, tuple[str, ...]]:
        """The API's words with field names for hashes, and the names of the fields they blame."""
        named = set(NAMED.findall(words))
        blamed = []
        for code, field in self.by_code.items():
            if field.custom and code in words:
                words = words.replace(code, field.name)
                blamed.append(field.name)
            elif not field.custom and code in named:
                blamed.append(field.name)
        return words, tuple(blamed)
