"""Defaults: what the destination itself puts into fields that we left empty.

Learned from records that were just made, so that a value which later comes from the source is not
taken for a change of somebody else's work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_transforms.destination import Record, Value
    from crm_transforms.stages.work import Work

MOST = 3
"""A field with more different values than that has no default: something computes it."""
BLANK: tuple[Value, ...] = (None, "", 0, False, [], {})


class Defaults:
    """The defaults of one mapping object at one destination."""

    def __init__(self, work: Work, name: str) -> None:
        self._journal = work.journal
        self._place = f"defaults.{work.identity.id}.{name}"
        self._known: dict[str, list[Value]] = self._journal.get(self._place) or {}
        self._changed = False

    def learn(self, record: Record, sent: Iterable[str]) -> None:
        """Take note of texts and choices in fields of a new record that were not sent."""
        for name in record.keys() - set(sent):
            value = record[name]
            values = self._known.setdefault(name, [])
            if isinstance(value, str) and value not in values and len(values) <= MOST:
                values.append(value)
                self._changed = True

    def save(self) -> None:
        """Keep what was learned."""
        if self._changed:
            self._journal.put(self._place, self._known)
            self._changed = False

    def untouched(self, last: Record, current: Record) -> dict[str, Value]:
        """What we wrote last, with what the destination filled in itself."""
        return {
            **{
                name: value
                for name, value in current.items()
                if name not in last and self._is_default(name, value)
            },
            **last,
        }

    def _is_default(self, name: str, value: Value) -> bool:
        values = self._known.get(name, [])
        return value in BLANK or (len(values) <= MOST and value in values)
