"""The canonical schema: what an account's fields come to, told so that two accounts compare.

It holds names, types, whether a field is required, and the options of closed choices, as they will
be once the schema stage is done; never ids, which differ from account to account. An unrelated
field that somebody adds changes nothing; one that every record must have does.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.canonical import encode
from crm_transforms.stages.load import Loader
from crm_transforms.stages.preparation import check_names, prepare_mapping
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopeReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crm_transforms.destination import FieldSpec
    from crm_transforms.mapping import CustomField
    from crm_transforms.stages.work import Work

Schema: TypeAlias = dict[str, dict[str, Any]]
"""``<object>.<field>`` to what matters of it."""


def canonical_schema(work: Work, scopes: ScopeReader) -> Schema:
    """The fields that matter to a mapping, once all that it needs is made.

    Args:
        work: its mapping must carry the columns that it discovers.
        scopes: reads rows that name options.

    Raises:
        KeyError: the destination has no such object.
        DestinationError: it cannot be asked.
    """
    dropped = {
        (manifest.target, spec.name)
        for manifest in SchemaStage(work, scopes, Loader(work)).manifests()
        for spec in manifest.dropped
    }
    names: dict[str, set[str]] = defaultdict(set)
    customs = {(one.target, one.spec.name): one for one in work.mapping.manifest()}
    for target, name in customs:
        names[target].add(name)
    for obj in work.mapping.objects.values():
        if not obj.people:
            names[obj.target].update(obj.field_names)
    schema: Schema = {}
    for target in sorted(names):
        there = work.destination.describe(target).fields
        required = {name for name, spec in there.items() if spec.required}
        for name in sorted(names[target] | required):
            custom, spec = customs.get((target, name)), there.get(name)
            if (target, name) in dropped:
                continue
            if custom is not None:
                schema[f"{target}.{name}"] = _custom(work, spec, custom)
            elif spec is not None:
                schema[f"{target}.{name}"] = _native(spec)
    return schema


def present_schema(work: Work) -> Schema:
    """The canonical schema of a run's account and mapping; the run itself stays as it is.

    Raises:
        MappingError: the mapping names columns that no stream has.
        UnknownNameError: it names objects or fields that the destination does not have.
        DestinationError: the destination cannot be asked.
    """
    work, scopes = work.apart(), ScopeReader(work.journal)
    prepare_mapping(work, scopes)
    check_names(work, [obj for obj in work.mapping.objects.values() if not obj.people])
    return canonical_schema(work, scopes)


def schema_hash(schema: Schema) -> str:
    """One digest for all of it."""
    return hashlib.sha256(encode(schema)).hexdigest()


def schema_differences(approved: Mapping[str, Any], present: Mapping[str, Any]) -> Iterator[str]:
    """What has changed from one schema to the other, a phrase for each field."""
    for name in sorted(approved.keys() | present.keys()):
        before, now = approved.get(name), present.get(name)
        if before == now:
            continue
        if before is None:
            yield f"{name} is new"
        elif now is None:
            yield f"{name} is gone"
        else:
            yield f"{name}: {', '.join(_changes(before, now))}"


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if before["type"] != now["type"]:
        yield f"was {before['type']}, is {now['type']}"
    if before["required"] != now["required"]:
        yield "is required now" if now["required"] else "is no longer required"
    old, new = set(before.get("options", ())), set(now.get("options", ()))
    yield from (f"option {label!r} is new" for label in sorted(new - old))
    yield from (f"option {label!r} is gone" for label in sorted(old - new))


def _native(there: FieldSpec) -> dict[str, Any]:
    told: dict[str, Any] = {"type": there.type, "required": there.required}
    if there.options and not there.open_choice:
        told["options"] = sorted(there.options)
    return told


def _custom(work: Work, there: FieldSpec | None, custom: CustomField) -> dict[str, Any]:
    """A field that the mapping wants, with the options that it will have."""
    wanted = custom.spec
    told: dict[str, Any] = {
        "type": _type(work, there, wanted),
        "required": there is not None and there.required,
    }
    # Where data decides the options, they say nothing about what was agreed upon.
    if wanted.options and not wanted.open_choice and custom.options_stream is None:
        told["options"] = sorted({*wanted.options, *(() if there is None else there.options)})
    return told


def _type(work: Work, there: FieldSpec | None, wanted: FieldSpec) -> str:
    """Whether a text has one line or more depends on the data."""
    if there is None or (there.type, wanted.type) == ("long_text", "text"):
        return work.destination.held_as(wanted)
    return there.type
