"""What a document must satisfy beyond its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.mapping import document, value_forms
from crm_transforms.mapping.code import RESERVED
from crm_transforms.mapping.expression import closest
from crm_transforms.mapping.fields import SAME
from crm_transforms.mapping.marked_yaml import Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.custom import CustomField
    from crm_transforms.mapping.mapped_object import MappedObject

_CHOICES = frozenset({"choice", "choices"})
_TEXTS = frozenset({"text", "long_text", "html", "email", "phone", "url"})

Complaint = tuple[Where, str]


def check_rules(
    models: Mapping[str, document.ObjectModel],
    objects: Mapping[str, MappedObject],
    compilation: Compilation,
) -> None:
    """Add to the compilation's problems whatever the objects do not satisfy."""
    for name in sorted(RESERVED & compilation.parameters.keys()):
        compilation.complain(("parameters", name), f'"{name}" is a word of the language already')
    for name, model in models.items():
        obj = objects[name]
        for rule in (_source, _key, _names, _match, _references):
            for where, message in rule(model, obj):
                compilation.complain((*obj.where, *where), message)
        for field, custom in model.custom.items():
            for step, message in _custom(custom, compilation, is_key=field == obj.key_field):
                compilation.complain((*obj.where, "custom", field, *step), message)
    for name, why in _without_people(models):
        compilation.complain(("objects", name, "unmatched"), why)
    for where, message in _disagreements(objects.values()):
        compilation.complain(where, message)


def _source(model: document.ObjectModel, _obj: MappedObject) -> Iterator[Complaint]:
    if model.stream is None:
        for key in ("with", "where", "each", "discover"):
            if model.gives({"with": "joins"}.get(key, key)):
                yield (key,), f'"{key}" needs rows; say where they come "from"'


def _key(model: document.ObjectModel, obj: MappedObject) -> Iterator[Complaint]:
    where: Where = ("key",)
    if model.each is not None and not obj.key.names & {"item", "index"}:
        yield where, "the elements of a row would share this key; make it of item or index too"
    elif model.stream is not None and obj.scope.constant(obj.key):
        yield where, "all rows would share this key; make it of a column"
    elif model.stream is None and not obj.scope.constant(obj.key):
        yield where, 'an object without "from" has one record; its key is a constant'


def _names(model: document.ObjectModel, obj: MappedObject) -> Iterator[Complaint]:
    for name in model.custom.keys() & model.fields.keys():
        yield ("custom", name), 'this field stands under "fields" too'
    if obj.key_field in model.fields:
        yield ("fields", obj.key_field), "this field holds the external key already"
    if obj.overflow is not None and obj.overflow.name in obj.field_names:
        yield ("overflow", "field"), "this field has a value of its own already"


def _match(model: document.ObjectModel, obj: MappedObject) -> Iterator[Complaint]:
    if not model.match:
        for key in ("create", "otherwise", "people"):
            if model.gives(key):
                yield (key,), f'"{key}" goes with "match"'
    for name, value in model.match.items():
        if isinstance(value, value_forms.ListValue | value_forms.RecordValue):
            yield ("match", name), "records are matched by single values"
        elif isinstance(value, value_forms.RefValue) and not _same(value, model.fields.get(name)):
            yield ("match", name), 'a reference here stands under "fields" too, word for word'
    if model.people and (model.fields or model.custom or obj.key_field):
        yield ("people",), "people are only matched, so they have no fields here"
    if model.people and (model.create or len(model.match) != 1):
        yield ("people",), "people are matched by one field, their e-mail, and never created"


def _same(reference: value_forms.RefValue, value: value_forms.Value) -> bool:
    """Whether a value is a reference to the same record."""
    if not isinstance(value, value_forms.RefValue):
        return False
    one, other = (
        [(name, key.source) for name, key in each.candidates] for each in (reference, value)
    )
    return one == other


def _references(_model: document.ObjectModel, obj: MappedObject) -> Iterator[Complaint]:
    for ref in obj.refs:
        if ref.required and obj.name in ref.objects:
            message = "a required reference to the same object leaves no record to begin with"
            yield (obj.fields.where(ref.field) or obj.where)[2:], message


def _without_people(models: Mapping[str, document.ObjectModel]) -> Iterator[tuple[str, str]]:
    """Objects of which nobody can say who is unmatched, and why."""
    for name, model in models.items():
        if model.unmatched is None:
            continue
        people = models.get(model.unmatched)
        if people is None or not people.people:
            hint = closest(model.unmatched, models)
            yield name, f'there is no object "{model.unmatched}" of people{hint}'
        elif people.stream != model.stream or model.each or people.each:
            yield name, f'it must be made of the rows of "{model.unmatched}", one record of each'


def _custom(
    model: document.CustomModel, compilation: Compilation, *, is_key: bool
) -> Iterator[Complaint]:
    given = model.gives("value") or model.ref is not None
    if is_key and given:
        yield ("value",), 'the external key has its value under "key"'
    if not is_key and not given:
        yield (), 'the key "value" is missing'
    if model.type in _CHOICES and model.options is None and not model.open_choice:
        yield ("type",), f'type {model.type} needs "options", or "open: true"'
    if model.type not in _CHOICES and (model.options is not None or model.open_choice):
        yield ("options" if model.options else "open",), f"type {model.type} has no options"
    if model.length is not None and model.type not in _TEXTS:
        yield ("length",), f"type {model.type} has no length"
    if model.type == "reference" and model.ref is None and model.reference is None:
        yield ("type",), 'type reference needs "ref" and "of", or "reference"'
    yield from _options(model, compilation)


def _options(model: document.CustomModel, compilation: Compilation) -> Iterator[Complaint]:
    if isinstance(model.options, document.OptionsOfMap):
        name = model.options.map_name
        if name not in compilation.values:
            hint = closest(name, compilation.values)
            yield ("options", "map"), f'there is no value map "{name}"{hint}'
    if not isinstance(model.options, list) or model.open_choice:
        return
    value = model.given
    if isinstance(value, value_forms.MapValue) and value.map_name in compilation.values:
        results = [*compilation.values[value.map_name].results]
        if value.gives("otherwise") and value.otherwise not in {None, SAME}:
            results.append(value.otherwise)
        for result in results:
            if result not in model.options:
                yield ("options",), f'"{result}" of value map {value.map_name} is no option'


def _disagreements(objects: Iterable[MappedObject]) -> Iterator[Complaint]:
    known: dict[tuple[str, str], CustomField] = {}
    for obj in objects:
        for custom in obj.custom:
            first = known.setdefault((custom.target, custom.spec.name), custom)
            if first is not custom and (why := custom.disagreement(first)):
                yield (*obj.where, "custom", custom.spec.name), f"one field, two meanings: {why}"
