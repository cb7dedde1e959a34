"""Custom fields: what a mapping needs a destination's account to have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import FieldSpec
from crm_transforms.mapping import document, value_forms
from crm_transforms.mapping.code import Scope
from crm_transforms.mapping.coercion import Row, labelled_lines
from crm_transforms.mapping.fields import LEADS_NOWHERE
from crm_transforms.mapping.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.marked_yaml import Where


KEY_PRIORITY = 100
"""External keys and overflow fields find room before anything else."""


@dataclass(frozen=True, slots=True)
class CustomField:
    """One line of the schema manifest.

    Attributes:
        object: mapping object that asks for it.
        target: destination object that gets it.
        spec: the field; options known only from data are not in it.
        priority: 0 to 100; where an account caps its fields, the highest stay.
        options_stream: stream whose rows name further options, with :meth:`option`.
    """

    object: str
    target: str
    spec: FieldSpec
    priority: int
    options_stream: str | None = None
    read_option: Callable[[Row], Any] | None = None

    def option(self, row: Row) -> str | None:
        """The option that a row of ``options_stream`` names.

        Raises:
            ValueError: the row's value cannot be converted.
        """
        value = None if self.read_option is None else self.read_option(row)
        return value if isinstance(value, str) and value.strip() else None

    def disagreement(self, other: CustomField) -> str | None:
        """Why both cannot be one field of one account."""
        for name in ("type", "length", "reference"):
            mine, yours = getattr(self.spec, name), getattr(other.spec, name)
            if mine != yours:
                return f"{name} is {yours} in {other.object} and {mine} here"
        if self.options_stream and other.options_stream not in {None, self.options_stream}:
            return f"options come from {other.options_stream} in {other.object}"
        return None

    def merge(self, other: CustomField) -> CustomField:
        """The field that serves both: all options, the higher priority."""
        source = self if self.options_stream else other
        spec = replace(
            self.spec,
            label=self.spec.label or other.spec.label,
            options=tuple(dict.fromkeys((*self.spec.options, *other.spec.options))),
            open_choice=self.spec.open_choice or other.spec.open_choice,
        )
        return CustomField(
            self.object,
            self.target,
            spec,
            max(self.priority, other.priority),
            source.options_stream,
            source.read_option,
        )


def overflow_text(record: Mapping[str, Any], dropped: Mapping[str, FieldSpec]) -> str | None:
    """The values of fields without room of their own, one ``label: value`` per line."""
    return labelled_lines(
        *((spec.label or name, record.get(name)) for name, spec in dropped.items())
    )


def overflow_field(model: document.ObjectModel) -> FieldSpec | None:
    """The field for what finds no room, if the object has one."""
    if model.overflow is None:
        return None
    return FieldSpec(model.overflow.field, "long_text", label=model.overflow.label, custom=True)


def custom_fields(
    name: str, model: document.ObjectModel, key_field: str | None, compilation: Compilation
) -> tuple[CustomField, ...]:
    """All that an object of a document asks for: key and overflow, then what it declares."""
    own: list[FieldSpec] = []
    fit = {
        field: custom
        for field, custom in model.custom.items()
        if leads_somewhere(custom, compilation)
    }
    for field in model.custom.keys() - fit.keys():
        if model.custom[field].required and name not in compilation.off:
            compilation.complain(("objects", name, "custom", field, "ref"), LEADS_NOWHERE)
    if key_field and key_field not in model.custom:
        own.append(FieldSpec(key_field, "text", custom=True))
    if (overflow := overflow_field(model)) is not None:
        own.append(overflow)
    return (
        *(CustomField(name, model.target, spec, KEY_PRIORITY) for spec in own),
        *(
            declared_field(field, custom, model.target, compilation, ("objects", name))
            for field, custom in fit.items()
        ),
    )


def leads_somewhere(model: document.CustomModel, compilation: Compilation) -> bool:
    """Whether it is no reference to objects that are all left out of the mapping."""
    given = model.given
    return not isinstance(given, value_forms.RefValue) or bool(compilation.parents(given))


def declared_field(
    name: str, model: document.CustomModel, target: str, compilation: Compilation, where: Where
) -> CustomField:
    """The custom field that a document declares; ``where`` is its object."""
    reference = model.reference
    if reference is None and isinstance(model.given, value_forms.RefValue):
        reference = compilation.targets.get(compilation.parents(model.given)[0])
    options: tuple[str, ...] = ()
    stream: str | None = None
    read: Callable[[Row], Any] | None = None
    if isinstance(model.options, list):
        options = tuple(model.options)
    elif isinstance(model.options, document.OptionsOfMap):
        table = compilation.values.get(model.options.map_name)
        options = tuple(value for value in table.results if isinstance(value, str)) if table else ()
    elif model.options is not None:
        stream = model.options.stream
        place: Where = (*where, "custom", name, "options", "value")
        scope = Scope(compilation.parameters)
        read = partial(Part(name, model.options.value, scope, compilation, place).run, joined={})
    spec = FieldSpec(
        name,
        model.type,
        label=model.label,
        length=model.length,
        custom=True,
        options=options,
        reference=reference,
        open_choice=model.open_choice,
    )
    return CustomField(str(where[-1]), target, spec, model.priority, stream, read)
