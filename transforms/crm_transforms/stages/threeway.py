"""Three-way comparison: what we wrote last, what stands there now, what the mapping wants.

Human work wins: a field that somebody changed since we wrote it is left alone and listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_transforms.stages.verify import same

if TYPE_CHECKING:
    from crm_transforms.destination import Record, Value


@dataclass(slots=True)
class Merge:
    """What an update has to send.

    Attributes:
        fields: to send; before: what they replace; after: the mapped record as it will stand.
        conflicts: fields that somebody else changed: (field, ours, theirs).
    """

    fields: dict[str, Value] = field(default_factory=dict)
    before: dict[str, Value] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)
    conflicts: list[tuple[str, Value, Value]] = field(default_factory=list)


def changed_fields(last: Record, desired: Record) -> dict[str, Value]:
    """Fields wanted otherwise than written last; one that is no longer wanted becomes null."""
    return {
        name: desired.get(name)
        for name in {**last, **desired}
        if not same(desired.get(name), last.get(name))
    }


def merge(
    last: Record, current: Record, desired: Record, changed: Record, *, force: bool = False
) -> Merge:
    """Decide field by field. All records are normalised as the destination holds them."""
    result = Merge(after={name: value for name, value in desired.items() if value is not None})
    for name, value in changed.items():
        there = current.get(name)
        if same(value, there):
            continue
        if force or same(last.get(name), there):
            result.fields[name] = value
            result.before[name] = there
        else:
            result.conflicts.append((name, value, there))
            if last.get(name) is not None:
                result.after[name] = last[name]
            else:
                result.after.pop(name, None)
    return result
