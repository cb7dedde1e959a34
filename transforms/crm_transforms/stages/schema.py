"""Schema: the custom fields that the mapping needs, made before any record is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from crm_transforms.canonical import encode, fingerprint
from crm_transforms.destination import NO_ROOM, SCHEMA, DestinationError, Kind
from crm_transforms.stages.choices import add_options, listed, new_options
from crm_transforms.stages.manifest import OBJECT, Manifest, object_record, spec_record
from crm_transforms.stages.subject import SCHEMA_OBJECT
from crm_transforms.stages.widths import Widths
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import FieldSpec, ObjectSpec
    from crm_transforms.mapping import CustomField
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.load import Loader
    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work


CHOICES = {"choice", "choices"}


class SchemaStage:
    """Compares the mapping's manifest with the account, and makes what is missing."""

    def __init__(self, work: Work, scopes: ScopeReader, loader: Loader) -> None:
        self._work = work
        self._scopes = scopes
        self._loader = loader
        self._widths = Widths(work, scopes)

    def manifests(self) -> list[Manifest]:
        """Compare, without writing."""
        wanted: dict[str, list[CustomField]] = defaultdict(list)
        for custom in self._work.mapping.manifest():
            wanted[custom.target].append(custom)
        manifests: list[Manifest] = []
        pools: dict[str, tuple[int | None, list[tuple[Manifest, CustomField]]]] = {}
        makes = self._work.mapping.makes()
        for target, customs in wanted.items():
            described = self._work.destination.describe(target)
            manifest, missing = self._compare(described, customs)
            manifest.make = makes[target] if described.absent else None
            manifest.is_capped = described.custom_field_room is not None
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
                spec = self._widths.fit(manifest.target, self._with_options(custom))
                manifest.missing.append(spec)
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
            elif not _holds(there.type, held := self._work.destination.held_as(spec)):
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
        if faults := self.faults(manifests):  # all are judged before the first is made
            raise DestinationError("custom fields that cannot be made: " + "; ".join(faults))
        self._make(
            [(each, Kind.CREATE, spec) for each in manifests if each.make for spec in (OBJECT,)]
            + [
                (each, Kind.CREATE, spec)
                for each in manifests
                if each.is_capped
                for spec in each.missing
            ]
        )
        # In waves, so that a cap which nobody told of takes the least important fields.
        rest = [each for each in manifests if not each.is_capped]
        priorities = {
            (custom.target, custom.spec.name): custom.priority
            for custom in self._work.mapping.manifest()
        }
        for wave in sorted(set(priorities.values()), reverse=True):
            for each in rest:
                specs = [one for one in each.missing if priorities[each.target, one.name] == wave]
                self._make([(each, Kind.CREATE, spec) for spec in specs])
        self._make([(each, Kind.UPDATE, spec) for each in manifests for spec in each.grown])
        for manifest in manifests:
            self.leave_out(manifest)
        return manifests

    def faults(self, manifests: Sequence[Manifest]) -> list[str]:
        """Every place of the mapping that asks for an impossible field, and why it is one."""
        return [
            f"{self._place(manifest.target, spec.name)}: {complaint.message}"
            for manifest in manifests
            for spec in manifest.missing
            for complaint in self._work.destination.check(
                SCHEMA, spec_record(manifest.target, spec)
            )
        ]

    def _place(self, target: str, name: str) -> str:
        for obj in self._work.mapping.objects.values():
            if obj.target == target and name in {custom.spec.name for custom in obj.custom}:
                return obj.place(name)
        return f"{target}.{name}"

    def leave_out(self, manifest: Manifest) -> None:
        """Let the plan know which fields are not to be written, and why."""
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
        """Give choices the options that records bring; those of a chunk come together.

        Raises:
            DestinationError: nobody can say whether the options are there.
        """
        work = self._work
        self._make_waiting(obj, drafts)
        grown: list[Change] = []
        for spec in work.destination.describe(obj.target).fields.values():
            new = new_options(work.destination, obj.target, spec, drafts)
            if new:
                wanted = replace(spec, options=(*spec.options, *new))
                manifest = Manifest(obj.target)
                grown.append(self._change(Kind.UPDATE, manifest, wanted, spec.options))
        if grown:
            add_options(work, self._loader, obj.target, grown)

    def _make_waiting(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        """Make choices of which no option was known, once records bring their first."""
        waiting = self._work.optionless.get(obj.name, {})
        for name in list(waiting):
            values = [draft.desired[name] for draft in drafts if name in draft.desired]
            labels = dict.fromkeys(str(label) for value in values for label in listed(value))
            if labels:
                spec = replace(waiting[name], options=tuple(labels))
                self._make([(Manifest(obj.target, missing=[spec]), Kind.CREATE, spec)])
                for others in self._work.optionless.values():
                    others.pop(name, None)

    def _make(self, wanted: Sequence[tuple[Manifest, Kind, FieldSpec]]) -> None:
        """Make or extend fields, together as far as the destination takes them together."""
        if not wanted:
            return
        work = self._work
        changes = [
            self._change(kind, manifest, spec, self._options_there(kind, manifest.target, spec))
            for manifest, kind, spec in wanted
        ]
        tally = work.tally(SCHEMA)
        before = tally.rejected + tally.unknown
        size = work.destination.batch_size(SCHEMA)
        for start in range(0, len(changes), size):
            self._loader.carry_out(changes[start : start + size])
        manifests = {manifest.target: manifest for manifest, _, _ in wanted}
        for manifest in manifests.values():
            self._drop_refused(manifest)
        if tally.rejected + tally.unknown > before:
            names = ", ".join(manifests)
            raise DestinationError(
                f"{names}: custom fields could not be made; `rejects` says which and why"
            )
        for target, manifest in manifests.items():
            there = work.destination.describe(target)
            made = {spec.name for each, _, spec in wanted if each is manifest and spec.name}
            kept = {spec.name for spec in manifest.missing} & made
            if absent := sorted(kept - there.fields.keys()) or [target] * there.absent:
                raise DestinationError(f"{target}: made, but not to be seen: {', '.join(absent)}")

    def _options_there(self, kind: Kind, target: str, spec: FieldSpec) -> Sequence[str] | None:
        if kind is not Kind.UPDATE:
            return None
        return self._work.destination.describe(target).fields[spec.name].options

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
    def _change(
        kind: Kind, manifest: Manifest, spec: FieldSpec, before: Sequence[str] | None = None
    ) -> Change:
        """A change of the schema; ``before`` are the options that a choice has already."""
        record = spec_record(manifest.target, spec)
        key = f"{manifest.target}.{spec.name}"
        if spec is OBJECT and manifest.make is not None:
            record = object_record(manifest.target, *manifest.make)
            key = manifest.target
        digest = fingerprint(encode(record))
        return Change(
            SCHEMA_OBJECT,
            key,
            kind,
            record,
            record,
            None if before is None else {"options": list(before)},
            None,
            SCHEMA,
            digest,
            digest,
            origin="created" if kind is Kind.CREATE else "adopted",
        )


def _holds(there: str, wanted: str) -> bool:
    """Whether a field of one type takes what another was wanted for."""
    return there == wanted or (there, wanted) == ("long_text", "text")
