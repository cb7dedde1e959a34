"""Why streams are not whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kickserv.doors.source import Child

if TYPE_CHECKING:
    import logging

    from tap_kickserv.doors.source import Source


class Shortfalls:
    """Streams of which not every record was read, each with the first reason.

    Args:
        wanted: The selected streams; nobody misses the others.
        logger: Warned once for each stream.
    """

    def __init__(self, wanted: frozenset[str], logger: logging.Logger) -> None:
        self._wanted = wanted
        self._logger = logger
        self._reasons: dict[str, str] = {}

    def add(self, reason: str, part: Source | Child) -> None:
        """Note that every stream of a source, or of records inside its rows, falls short."""
        if isinstance(part, Child) and part.supplements:
            return
        for stream in part.streams():
            if stream in self._wanted and stream not in self._reasons:
                self._reasons[stream] = reason
                self._logger.warning(
                    "%s: not read whole (%s); rows that are missing count as unknown, not as "
                    "deleted.",
                    stream,
                    reason,
                )

    def __contains__(self, stream: str) -> bool:
        return stream in self._reasons
