"""Preparation: what must be right before anything is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.mapping import Mapping, MappingError
from crm_transforms.stages.columns import with_discoveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work


class UnknownNameError(Exception):
    """The mapping names what the destination does not have; the message says where."""


def prepare_mapping(work: Work, scopes: ScopeReader) -> None:
    """Hold the mapping against the streams, and let it carry the columns that it discovers.

    Columns that no stream offers are the document's fault. A stream that has not come at all (a
    selection, a tap without it) counts as empty.

    Raises:
        MappingError: with every such column; or a discovered one has no name of its own.
    """
    mapping = work.mapping
    if not isinstance(mapping, Mapping):
        return
    schemas = {name: info.schema for name, info in work.journal.streams().items()}
    if problems := mapping.check(schemas, whole=False):
        raise MappingError(problems)
    for name in sorted(mapping.streams - schemas.keys()):
        work.findings[(name, "this stream has never come and counts as empty")] += 1
    work.mapping = with_discoveries(mapping, work.journal, scopes)


def check_names(work: Work, objects: Sequence[PlannedSubject]) -> None:
    """Hold the mapping against the destination's objects and fields.

    Fields that these credentials may not set are left out, with a finding.

    Raises:
        UnknownNameError: with every place that names what the destination does not know.
    """
    for obj in objects:
        try:
            work.destination.describe(obj.target)
        except KeyError as error:
            name = work.destination.name
            message = f"{obj.place('')}: {name} has no object {obj.target!r}, or none to load"
            raise UnknownNameError(message) from error
    faults: list[str] = []
    for obj in objects:
        known = work.destination.describe(obj.target).fields
        wanted = {custom.spec.name for custom in obj.custom}
        for name in obj.field_names:
            if name in known and not known[name].writable:
                work.findings[(obj.name, f"{name} may not be set with these rights")] += 1
                work.unwritable.setdefault(obj.name, set()).add(name)
            elif name not in known and name not in wanted:
                faults.append(f"{obj.place(name)}: {obj.target} has no field {name}")
    if faults:
        raise UnknownNameError("; ".join(faults))


def has_key_field(work: Work, obj: PlannedSubject) -> bool:
    """Whether the account has the field that carries our keys, so that ours may be there."""
    if not obj.key_field:
        return False
    return obj.key_field in work.destination.describe(obj.target).fields
