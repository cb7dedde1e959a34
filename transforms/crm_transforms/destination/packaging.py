"""Destinations whose schema an administrator can make by hand, from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination.values import Record


@runtime_checkable
class Packaging(Protocol):
    """A destination that takes descriptions of fields and objects as files."""

    def package(self, wanted: Sequence[Record]) -> Mapping[str, bytes]:
        """The files that make these fields and objects, by relative path.

        Args:
            wanted: records of :data:`~crm_transforms.destination.SCHEMA`.
        """
