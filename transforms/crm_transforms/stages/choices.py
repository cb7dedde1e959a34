"""Options that records bring: added to open choices before the records are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import SCHEMA, DestinationError
from crm_transforms.stages.load import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Destination, FieldSpec, Value
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.load import Loader
    from crm_transforms.stages.work import Change, Work


def listed(value: Value) -> list[Value]:
    """The labels of a choice, or of several."""
    return value if isinstance(value, list) else [value]


def new_options(
    destination: Destination, target: str, spec: FieldSpec, drafts: Sequence[Draft]
) -> list[str]:
    """The labels that an open choice lacks, as the destination would hold them.

    Values that it would refuse anyway bring none.
    """
    new: dict[str, None] = {}
    if not spec.open_choice:
        return []
    for draft in drafts:
        if (value := draft.desired.get(spec.name)) is None:
            continue
        held = destination.normalise(target, {spec.name: value})[spec.name]
        unknown = [str(one) for one in listed(held) if one not in spec.options and one not in new]
        if unknown and not destination.check(target, {spec.name: value}, whole=False):
            new.update(dict.fromkeys(unknown))
    return list(new)


def add_options(work: Work, loader: Loader, target: str, changes: Sequence[Change]) -> None:
    """Carry out changes that give choices of one object further options.

    Options that the destination refuses are refused again with each record that brings them, and
    listed there.

    Raises:
        DestinationError: nobody can say whether the options are there.
    """
    tally = work.tally(SCHEMA)
    unknown = tally.unknown
    loader.carry_out(changes)
    keys = [change.key for change in changes]
    refused = work.journal.rejected(SCHEMA, work.identity.id, keys)
    work.journal.clear_rejects(SCHEMA, work.identity.id, list(refused))
    tally.rejected -= len(refused)
    if tally.unknown > unknown or any(one.code == NO_ANSWER for one in refused.values()):
        raise DestinationError(f"{target}: nobody answers whether options were added")
    for key, reject in refused.items():
        work.findings[(target, f"options cannot be added to {key}: {reject.message}")] += 1
