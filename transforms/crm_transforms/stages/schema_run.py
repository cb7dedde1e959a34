"""Schema run: the custom fields that a mapping needs, looked at or made, without any record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA, DestinationError
from crm_transforms.stages.load import Loader
from crm_transforms.stages.manifest import spec_record
from crm_transforms.stages.preparation import prepare_mapping
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopeReader
from crm_transforms.stages.settle import Settler
from crm_transforms.stages.undo_scope import require_finished

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import FieldSpec, Record
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.work import Work

READ_BACK = ("name", "type", "options", "reference")


class SchemaRun:
    """One look at the account's fields, or the making of those that are missing."""

    def __init__(self, work: Work) -> None:
        self._work = work
        scopes = ScopeReader(work.journal)
        self._stage = SchemaStage(work, scopes, Loader(work))
        prepare_mapping(work, scopes)

    def look(self) -> list[Manifest]:
        """Compare, without writing."""
        return self._stage.manifests()

    def apply(self) -> list[Manifest]:
        """Make what is missing, then read it back.

        Raises:
            UnfinishedRollbackError: somebody began to take this migration back.
            DestinationError: a field is there with another type, could not be made, or is not what
                it was made to be.
        """
        require_finished(self._work)
        settler = Settler(self._work)
        settler.recover()
        settler.sweep_earlier()
        manifests = self._stage.apply()
        settler.sweep(schema=True)
        if faults := [fault for manifest in manifests for fault in self._faults(manifest)]:
            raise DestinationError("custom fields that are not as wanted: " + "; ".join(faults))
        return manifests

    def _faults(self, manifest: Manifest) -> Iterator[str]:
        """What is not there as it was wanted, of all that was made or extended."""
        wanted = {f"{manifest.target}.{spec.name}": spec for spec in _written(manifest)}
        journal, identity = self._work.journal, self._work.identity.id
        links = journal.links(SCHEMA, identity, list(wanted))
        there = self._work.destination.read(
            SCHEMA, [link.destination_id for link in links.values()], READ_BACK
        )
        for key, spec in wanted.items():
            link = links.get(key)
            found = None if link is None else there.get(link.destination_id)
            if found is None:
                yield f"{key} cannot be read back"
            elif fault := self._fault(manifest.target, spec, found):
                yield f"{key}: {fault}"

    def _fault(self, target: str, spec: FieldSpec, found: Record) -> str:
        normal = self._work.destination.normalise(SCHEMA, spec_record(target, spec))
        if (normal["type"], normal["reference"]) != (found["type"], found["reference"]):
            return f"wanted {normal['type']}, the account has {found['type']}"
        absent = [option for option in _options(normal) if option not in _options(found)]
        return f"options are missing: {', '.join(absent)}" if absent else ""


def _written(manifest: Manifest) -> Sequence[FieldSpec]:
    return (*manifest.missing, *manifest.grown)


def _options(record: Record) -> list[str]:
    options: Any = record.get("options") or ()
    return list(map(str, options))
