"""The account's fields as a load would make them, for a dry run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from crm_transforms.stages.choices import new_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import FieldSpec
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.subject import Plannable, PlannedSubject
    from crm_transforms.stages.work import Work


def expected_fields(mapping: Plannable, manifest: Manifest) -> list[FieldSpec]:
    """Fields that will be there, or have more options, once the schema is made.

    One that is there with another type is expected as it is wanted: the conflict is told by itself.
    """
    specs = {
        custom.spec.name: custom.spec
        for custom in mapping.manifest()
        if custom.target == manifest.target
    }
    return [
        *manifest.missing,
        *manifest.grown,
        *(replace(spec, open_choice=True) for spec in manifest.optionless),
        *(specs[name] for name, _, _ in manifest.conflicts),
    ]


class DryChoices:
    """Counts the requests by which choices would be given the options that records bring."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.requests = 0

    def ensure(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        """Take note of new options; the records of a chunk bring theirs together."""
        destination = self._work.destination
        for name, spec in destination.describe(obj.target).fields.items():
            known = self._known[obj.target, name]
            new = set(new_options(destination, obj.target, spec, drafts)) - known
            self.requests += bool(new)
            known |= new
