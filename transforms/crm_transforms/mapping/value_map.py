"""Value maps: what one system calls ``complete``, the other calls ``won``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.coercion import Scalar, canonical, scalar_key, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_OTHER = "*"


@dataclass(frozen=True, slots=True)
class ValueMap:
    """A table of values. Lists are mapped element by element, null is null unless it has an entry.

    Attributes:
        name: as the document calls it.
        table: destination value by source value, the latter as text.
        null: what null becomes.
        default: what any other value becomes; an empty tuple when it is an error.
    """

    name: str
    table: Mapping[str, Scalar]
    null: Scalar = None
    default: tuple[Scalar, ...] = ()

    @classmethod
    def of(cls, name: str, entries: Mapping[str | None, Scalar]) -> ValueMap:
        """Read the entries of a document: a ``null`` key, ``"*"`` and the rest."""
        table = {key: canonical(value) for key, value in entries.items() if key is not None}
        default = (table.pop(ANY_OTHER),) if ANY_OTHER in table else ()
        return cls(name, table, canonical(entries.get(None)), default)

    def otherwise(self, value: Scalar) -> ValueMap:
        """The same map with another answer for values that it does not have."""
        return ValueMap(self.name, self.table, self.null, (canonical(value),))

    @property
    def results(self) -> tuple[Scalar, ...]:
        """All that it can answer but null, in the document's order."""
        values = dict.fromkeys((*self.table.values(), *self.default, self.null))
        return tuple(value for value in values if value is not None)

    def look_up(self, value: Any) -> Any:
        """The destination's value.

        Raises:
            ValueError: the map does not have it, or it is a row.
        """
        if value is None:
            return self.null
        if isinstance(value, list):
            return [self.look_up(element) for element in value]
        key = value if value.__class__ is str else scalar_key(value)
        if key in self.table:
            return self.table[key]
        if self.default:
            return self.default[0]
        raise ValueError(f"{shown(value)} is not in the value map {self.name}")

    def look_up_or_keep(self, value: Any) -> Any:
        """The destination's value, or the value itself where the map does not have it."""
        if isinstance(value, list):
            return [self.look_up_or_keep(element) for element in value]
        if value is None or scalar_key(value) in self.table:
            return self.look_up(value)
        return canonical(value)
