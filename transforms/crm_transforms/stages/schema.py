"""Schema: the custom fields that the mapping needs, made before any record is written."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm_transforms.canonical import encode, fingerprint
from crm_transforms.destination import SCHEMA, DestinationError, FieldSpec, Kind
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import ObjectSpec, Value
    from crm_transforms.mapping import CustomField
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.load import Loader
    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

logger = logging.getLogger(__name__)

CHOICES = {"choice", "choices"}


class SchemaObject:
    """Stands where a mapping object stands when custom fields are what is written."""

    name = SCHEMA
    target = SCHEMA

    def place(self, field: str) -> str:
        """Where the mapping asks for it: the manifest is gathered from several places."""
        return f"the mapping's custom fields{f': {field}' if field else ''}"


SCHEMA_OBJECT = SchemaObject()


@dataclass(slots=True)
class Manifest:
    """What one destination object needs.

    Attributes:
        missing: fields to make; grown: fields that exist and need further options.
        conflicts: (field, wanted type, type there).
        dropped: fields for which the account has no room; they go to the overflow field.
        optionless: choices of which no option is known yet, so that they cannot be made.
    """

    target: str
    existing: list[str] = field(default_factory=list)
    missing: list[FieldSpec] = field(default_factory=list)
    grown: list[FieldSpec] = field(default_factory=list)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    dropped: list[FieldSpec] = field(default_factory=list)
    optionless: list[FieldSpec] = field(default_factory=list)


class SchemaStage:
    """Compares the mapping's manifest with the account, and makes what is missing."""

    def __init__(self, work: Work, scopes: ScopeReader, loader: Loader) -> None:
        self._work = work
        self._scopes = scopes
        self._loader = loader

    def manifests(self) -> list[Manifest]:
        """Compare, without writing."""
        wanted: dict[str, list[CustomField]] = defaultdict(list)
        for custom in self._work.mapping.manifest():
            wanted[custom.target].append(custom)
        return [
            self._compare(self._work.destination.describe(target), customs)
            for target, customs in wanted.items()
        ]

    def _compare(self, described: ObjectSpec, customs: Sequence[CustomField]) -> Manifest:
        manifest = Manifest(described.name)
        missing: list[CustomField] = []
        for custom in customs:
            spec = self._with_options(custom)
            there = described.fields.get(spec.name)
            if there is None and spec.type in CHOICES and not spec.options:
                manifest.optionless.append(spec)
            elif there is None:
                missing.append(custom)
            elif there.type != (held := self._work.destination.held_as(spec)):
                manifest.conflicts.append((spec.name, held, there.type))
            else:
                manifest.existing.append(spec.name)
                if new := [option for option in spec.options if option not in there.options]:
                    manifest.grown.append(replace(spec, options=(*there.options, *new)))
        missing.sort(key=lambda custom: -custom.priority)
        room = described.custom_field_room
        kept = missing if room is None else missing[:room]
        manifest.missing = [self._with_options(custom) for custom in kept]
        manifest.dropped = [custom.spec for custom in missing[len(kept) :]]
        return manifest

    def _with_options(self, custom: CustomField) -> FieldSpec:
        """Add the options that another stream's rows name."""
        if custom.options_stream is None:
            return custom.spec
        labels = dict.fromkeys(custom.spec.options)
        for row in self._scopes.scan(custom.options_stream):
            label = custom.option(row)
            if isinstance(label, str) and label:
                labels[label] = None
        return replace(custom.spec, options=tuple(labels))

    def apply(self) -> list[Manifest]:
        """Make what is missing and read it back.

        Raises:
            DestinationError: a field is there with another type, or could not be made.
        """
        manifests = self.manifests()
        conflicts = [
            f"{manifest.target}.{name}: the mapping wants {wanted}, the account has {there}"
            for manifest in manifests
            for name, wanted, there in manifest.conflicts
        ]
        if conflicts:
            raise DestinationError("custom fields with another type: " + "; ".join(conflicts))
        self._check(manifests)
        for manifest in manifests:
            self._make(manifest)
            self._leave_out(manifest)
        return manifests

    def _check(self, manifests: Sequence[Manifest]) -> None:
        """All fields are judged before the first is made.

        Raises:
            DestinationError: with every place of the mapping that asks for an impossible field.
        """
        faults = [
            f"{self._place(manifest.target, spec.name)}: {message}"
            for manifest in manifests
            for spec in manifest.missing
            for _, _, message in self._work.destination.check(
                SCHEMA, spec_record(manifest.target, spec)
            )
        ]
        if faults:
            raise DestinationError("custom fields that cannot be made: " + "; ".join(faults))

    def _place(self, target: str, name: str) -> str:
        for obj in self._work.mapping.objects.values():
            if obj.target == target and name in {custom.spec.name for custom in obj.custom}:
                return obj.place(name)
        return f"{target}.{name}"

    def _leave_out(self, manifest: Manifest) -> None:
        work = self._work
        for obj in work.mapping.objects.values():
            if obj.target == manifest.target:
                names = {custom.spec.name for custom in obj.custom}
                for kept, specs in (
                    (work.dropped, manifest.dropped),
                    (work.optionless, manifest.optionless),
                ):
                    kept[obj.name] = {spec.name: spec for spec in specs if spec.name in names}
        if manifest.dropped:
            logger.warning(
                "%s: no room for %d custom fields (%s); they go to the overflow field",
                manifest.target,
                len(manifest.dropped),
                ", ".join(spec.name for spec in manifest.dropped),
            )

    def ensure(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        """Make choice fields as soon as records bring their first options."""
        waiting = self._work.optionless.get(obj.name, {})
        for name in list(waiting):
            values = [draft.desired[name] for draft in drafts if name in draft.desired]
            labels = dict.fromkeys(
                str(label)
                for value in values
                for label in (value if isinstance(value, list) else [value])
            )
            if labels:
                spec = replace(waiting[name], options=tuple(labels))
                self._make(Manifest(obj.target, missing=[spec]))
                for others in self._work.optionless.values():
                    others.pop(name, None)

    def _make(self, manifest: Manifest) -> None:
        changes = [self._change(Kind.CREATE, manifest.target, spec) for spec in manifest.missing]
        changes += [self._change(Kind.UPDATE, manifest.target, spec) for spec in manifest.grown]
        if not changes:
            return
        tally = self._work.tally(SCHEMA)
        before = tally.rejected + tally.unknown
        self._loader.carry_out(changes)
        if tally.rejected + tally.unknown > before:
            raise DestinationError(
                f"{manifest.target}: custom fields could not be made; `rejects` says which and why"
            )
        there = self._work.destination.describe(manifest.target).fields
        if absent := [spec.name for spec in manifest.missing if spec.name not in there]:
            raise DestinationError(
                f"{manifest.target}: made, but not to be seen: {', '.join(absent)}"
            )

    @staticmethod
    def _change(kind: Kind, target: str, spec: FieldSpec) -> Change:
        record = spec_record(target, spec)
        key = f"{target}.{spec.name}"
        digest = fingerprint(encode(record))
        return Change(SCHEMA_OBJECT, key, kind, record, record, None, None, SCHEMA, digest, digest)


def spec_record(target: str, spec: FieldSpec) -> dict[str, Value]:
    """A custom field as the neutral record that makes it."""
    return {
        "object": target,
        "name": spec.name,
        "type": spec.type,
        "label": spec.label,
        "length": spec.length,
        "options": list(spec.options),
        "reference": spec.reference,
    }
