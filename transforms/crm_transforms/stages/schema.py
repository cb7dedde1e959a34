"""Schema: the custom fields that the mapping needs, made before any record is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm_transforms.canonical import encode, fingerprint
from crm_transforms.destination import NO_ROOM, SCHEMA, DestinationError, FieldSpec, Kind
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
        manifests: list[Manifest] = []
        pools: dict[str, tuple[int | None, list[tuple[Manifest, CustomField]]]] = {}
        for target, customs in wanted.items():
            described = self._work.destination.describe(target)
            manifest, missing = self._compare(described, customs)
            manifests.append(manifest)
            pool = described.custom_field_pool or target
            _, waiting = pools.setdefault(pool, (described.custom_field_room, []))
            waiting += [(manifest, custom) for custom in missing]
        for room, waiting in pools.values():
            self._allot(room, waiting)
        return manifests

    def _allot(self, room: int | None, waiting: list[tuple[Manifest, CustomField]]) -> None:
        """Give what room there is to the fields of the highest priority."""
        waiting.sort(key=lambda pair: -pair[1].priority)
        for place, (manifest, custom) in enumerate(waiting):
            if room is None or place < room:
                manifest.missing.append(self._with_options(custom))
            else:
                manifest.dropped.append(custom.spec)

    def _compare(
        self, described: ObjectSpec, customs: Sequence[CustomField]
    ) -> tuple[Manifest, list[CustomField]]:
        """The manifest without missing fields, and those."""
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
        return manifest, missing

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
        priorities = {
            (custom.target, custom.spec.name): custom.priority
            for custom in self._work.mapping.manifest()
        }
        # In waves, so that a cap which nobody told of takes the least important fields.
        for wave in sorted(set(priorities.values()), reverse=True):
            for manifest in manifests:
                target = manifest.target
                specs = [one for one in manifest.missing if priorities[target, one.name] == wave]
                self._make(manifest, [(Kind.CREATE, spec) for spec in specs])
        for manifest in manifests:
            self._make(manifest, [(Kind.UPDATE, spec) for spec in manifest.grown])
            self._leave_out(manifest)
        return manifests

    def _check(self, manifests: Sequence[Manifest]) -> None:
        """All fields are judged before the first is made.

        Raises:
            DestinationError: with every place of the mapping that asks for an impossible field.
        """
        faults = [
            f"{self._place(manifest.target, spec.name)}: {complaint.message}"
            for manifest in manifests
            for spec in manifest.missing
            for complaint in self._work.destination.check(
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
            listed = ", ".join(spec.name for spec in manifest.dropped)
            text = f"no room for custom fields, they go to the overflow field: {listed}"
            work.findings[(manifest.target, text)] = len(manifest.dropped)

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
                self._make(Manifest(obj.target, missing=[spec]), [(Kind.CREATE, spec)])
                for others in self._work.optionless.values():
                    others.pop(name, None)

    def _make(self, manifest: Manifest, specs: Sequence[tuple[Kind, FieldSpec]]) -> None:
        changes = [self._change(kind, manifest.target, spec) for kind, spec in specs]
        if not changes:
            return
        tally = self._work.tally(SCHEMA)
        before = tally.rejected + tally.unknown
        self._loader.carry_out(changes)
        self._drop_refused(manifest)
        if tally.rejected + tally.unknown > before:
            raise DestinationError(
                f"{manifest.target}: custom fields could not be made; `rejects` says which and why"
            )
        there = self._work.destination.describe(manifest.target).fields
        kept = {spec.name for spec in manifest.missing}
        if absent := [spec.name for _, spec in specs if spec.name in kept - there.keys()]:
            raise DestinationError(
                f"{manifest.target}: made, but not to be seen: {', '.join(absent)}"
            )

    def _drop_refused(self, manifest: Manifest) -> None:
        """Sort out refusals that are no failure.

        A cap that shows only when it is reached sends those fields to the overflow field; a field
        that is there after all (a late commit of ours) has landed.
        """
        work = self._work
        specs = {f"{manifest.target}.{spec.name}": spec for spec in manifest.missing}
        refused = work.journal.rejected(SCHEMA, work.identity.id, list(specs))
        capped = [key for key, reject in refused.items() if reject.code == NO_ROOM]
        there = work.destination.describe(manifest.target).fields if refused else {}
        late = [
            key
            for key in refused.keys() - set(capped)
            if specs[key].name in there
            and there[specs[key].name].type == work.destination.held_as(specs[key])
        ]
        work.journal.clear_rejects(SCHEMA, work.identity.id, [*capped, *late])
        work.tally(SCHEMA).rejected -= len(capped) + len(late)
        manifest.dropped += [specs[key] for key in capped]
        manifest.missing = [spec for key, spec in specs.items() if key not in capped]

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
