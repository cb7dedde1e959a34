"""What every door does; a door itself is a table of sources."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, ClassVar

from tap_kickserv.doors.reading import Reading
from tap_kickserv.formats import JsonFormat, XmlFormat
from tap_kickserv.spool import Shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_kickserv.client import Client
    from tap_kickserv.doors.source import Source
    from tap_kickserv.formats import Format, Row


class Door(ABC):
    """Gives each stream its rows.

    Args:
        client: Does the requests.
        wanted: Names of the selected streams.
        known: Names of all declared columns.
        page_size: Rows per page to ask for, where the account honours it.
    """

    name: ClassVar[str]
    sources: ClassVar[tuple[Source, ...]]

    def __init__(
        self,
        client: Client,
        *,
        wanted: frozenset[str],
        known: frozenset[str],
        page_size: int | None,
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._formats: Mapping[str, Format] = {"xml": XmlFormat(known), "json": JsonFormat()}
        self._page_size = page_size
        self._readings: dict[Source, tuple[Reading, Shared]] = {}

    def rows(self, stream: str) -> Iterator[Row]:
        """Yield a stream's rows from every source that fills it.

        Raises:
            FatalAPIError: A source cannot be read.
        """
        for source in self._sources_of(stream):
            _, shared = self._reading(source)
            yield from shared.rows(stream)

    def is_whole(self, stream: str) -> bool:
        """Tell whether all there is of a stream has been read, so that absence means deletion."""
        # A list of the stream's own tells what there is; records inside others only add to it.
        sources = self._sources_of(stream)
        lists = [source for source in sources if source.stream == stream] or sources
        readings = [self._reading(source) for source in lists]
        return bool(readings) and all(
            shared.read_whole and stream not in reading.shortfalls for reading, shared in readings
        )

    def may_repeat(self, stream: str) -> bool:
        """Tell whether the same record can come twice: from two sources, or under two parents."""
        sources = self._sources_of(stream)
        return len(sources) > 1 or any(
            stream in child.streams() for source in sources for child in source.children
        )

    def _sources_of(self, stream: str) -> list[Source]:
        return [source for source in self.sources if stream in source.streams()]

    def _reading(self, source: Source) -> tuple[Reading, Shared]:
        if source not in self._readings:
            wanted = source.streams() & self._wanted
            reading = Reading(
                source,
                wanted,
                self._client,
                self._formats,
                self._page_size,
            )
            self._readings[source] = reading, Shared(reading.batches(), wanted)
        return self._readings[source]
