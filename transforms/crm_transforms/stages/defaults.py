"""Defaults: what the destination itself puts into fields that we left empty.

Learned from records that were just made, so that a value which later comes from the source is not
taken for a change of somebody else's work, nor a field that nobody filled for one that somebody
did.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import decode, encode

if TYPE_CHECKING:
    from collections.abc import Container

    from crm_transforms.destination import Record, Value
    from crm_transforms.stages.work import Work

MOST = 3
"""A field with more different values than that has no default: something computes it."""
BLANK: tuple[Value, ...] = (None, "", 0, False, [], {})


@dataclass(slots=True)
class Filling:
    """What new records held in a field that we left empty.

    Attributes:
        values: the different ones, until there are too many.
        filled: records that held something; empty: records that did not.
    """

    values: list[Value] = field(default_factory=list)
    filled: int = 0
    empty: int = 0

    @property
    def is_computed(self) -> bool:
        """Whether there are more values than a default has."""
        return len(self.values) > MOST

    @property
    def is_usual(self) -> bool:
        """Whether most new records held something, as no work of people makes them."""
        return self.filled > self.empty

    def learn(self, value: Value) -> None:
        """Take note of what one new record holds."""
        if value in BLANK:
            self.empty += 1
            return
        self.filled += 1
        if not self.is_computed and value not in self.values:
            self.values.append(value)


class Defaults:
    """The defaults of one mapping object at one destination."""

    def __init__(self, work: Work, name: str) -> None:
        self._journal = work.journal
        self._place = f"defaults.{work.identity.id}.{name}"
        stored: dict[str, dict[str, Any]] = decode(self._journal.get(self._place) or "{}")
        self._known = {name: Filling(**one) for name, one in stored.items()}
        self._changed = False

    @property
    def is_known(self) -> bool:
        """Whether any new record was ever looked at."""
        return bool(self._known)

    def learn(self, record: Record, sent: Container[str]) -> None:
        """Take note of what a new record holds in fields that were not sent."""
        known = self._known
        for name, value in record.items():
            if name in sent:
                continue
            filling = known.get(name)
            if filling is None:
                filling = known[name] = Filling()
            if value is None:
                filling.empty += 1
            else:
                filling.learn(value)
        self._changed = True

    def save(self) -> None:
        """Keep what was learned."""
        if self._changed:
            kept = {name: asdict(filling) for name, filling in self._known.items()}
            self._journal.put(self._place, encode(kept).decode())
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

    def is_as_made(self, name: str, value: Value) -> bool:
        """Whether a field that we left empty may well be as it was when its record was made."""
        if value in BLANK:
            return True
        filling = self._known.get(name)
        if filling is None or not filling.is_usual:
            return False
        return filling.is_computed or value in filling.values

    def _is_default(self, name: str, value: Value) -> bool:
        if value in BLANK:
            return True
        filling = self._known.get(name)
        return filling is not None and not filling.is_computed and value in filling.values
