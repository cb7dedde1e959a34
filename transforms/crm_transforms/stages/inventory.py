"""Inventory: what the source holds, counted in one pass over the staged rows of each stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import decode
from crm_transforms.stages.column_profile import ColumnProfile
from crm_transforms.stages.findings import Observer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from typing_extensions import Self

    from crm_transforms.destination import Progress
    from crm_transforms.journal import Journal, Row, StreamInfo
    from crm_transforms.mapping import Mapping
    from crm_transforms.stages.findings import Finding

UNLISTED = "_extra"
"""Where a tap keeps what it does not know."""
MOST_COLUMNS = 2_000
"""Of one stream; what an account names its fields is up to people, so there is an end."""
PAGE = 1_000


class Inventory:
    """The staged streams with their columns, and what the mapping's checks find among their rows.

    Attributes:
        streams: as the plan keeps them.
        bytes: of all rows as JSON.
        unlisted: how many columns hold something and are unknown to the source's own schema.
    """

    def __init__(self, journal: Journal, mapping: Mapping) -> None:
        self._journal = journal
        self._observer = Observer(mapping)
        self.streams: list[dict[str, Any]] = []
        self.bytes = 0
        self.unlisted = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._observer.close()

    def run(self, progress: Progress) -> None:
        """Read every stream once.

        Raises:
            JournalError: the content of landed rows was dropped.
        """
        for info in self._journal.streams().values():
            self.streams.append(self._stream(info, progress))

    def findings(self) -> list[Finding]:
        """What the mapping's checks have found."""
        return self._observer.findings()

    def left_behind(self) -> list[dict[str, Any]]:
        """What is not carried over, with its evidence."""
        return self._observer.left_behind()

    def _stream(self, info: StreamInfo, progress: Progress) -> dict[str, Any]:
        declared = info.schema.get("properties", {})
        listed = {name: ColumnProfile(schema) for name, schema in declared.items()}
        listed.pop(UNLISTED, None)
        unlisted: dict[str, ColumnProfile] = {}
        done = size = 0
        for page in self._pages(info):
            rows = []
            for row in page:
                body = row.body
                size += len(body)
                record = decode(body)
                rows.append((row.key, record))
                for name, value in record.items():
                    if name == UNLISTED and isinstance(value, dict):
                        for inner, held in value.items():
                            _observe(unlisted, inner, held)
                    elif name in listed:
                        listed[name].observe(value)
                    else:
                        _observe(unlisted, name, value)
            self._observer.observe(info.name, rows)
            done += len(rows)
            progress(info.name, done, info.records)
        self.bytes += size
        columns = [profile.as_json(name, unlisted=False) for name, profile in listed.items()]
        columns += [
            profile.as_json(name, unlisted=True)
            for name, profile in sorted(unlisted.items())
            if profile.filled
        ]
        self.unlisted += sum(column["unlisted"] for column in columns)
        return {
            "stream": info.name,
            "records": info.records,
            "gone": info.gone,
            "read_whole": info.completed_pass > 0,
            "bytes": size,
            "columns": columns,
        }

    def _pages(self, info: StreamInfo) -> Iterator[list[Row]]:
        after: str | None = None
        while page := self._journal.scan(info.id, after_key=after, limit=PAGE):
            after = page[-1].key
            yield page


def _observe(profiles: dict[str, ColumnProfile], name: str, value: Any) -> None:
    profile = profiles.get(name)
    if profile is None and len(profiles) < MOST_COLUMNS:
        profile = profiles[name] = ColumnProfile()
    if profile is not None:
        profile.observe(value)
