"""Destinations that know what an account of theirs will do by itself once it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Caution(NamedTuple):
    """Something that people should know of this very account before it is loaded.

    Attributes:
        severity: ``error``: the load will fail of it; ``warning``: somebody should look; ``info``.
        object: the destination's object, empty where it is about the whole account.
        text: what it is, and what to do.
        records: how many there are of it.
    """

    severity: Literal["error", "warning", "info"]
    object: str
    text: str
    records: int = 1


@runtime_checkable
class Cautious(Protocol):
    """A destination whose accounts have automation, quotas and storage of their own."""

    def cautions(self, planned: Mapping[str, int], file_bytes: int) -> Sequence[Caution]:
        """Look at the account without changing it.

        Args:
            planned: records to be made, by the destination's object.
            file_bytes: of the files among them.
        """
