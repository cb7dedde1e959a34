"""What every Kickserv stream does; a stream itself is a declaration of columns."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import CustomStreamMap
from singer_sdk.singerlib.catalog import (
    REPLICATION_FULL_TABLE,
    REPLICATION_INCREMENTAL,
    Metadata,
)
from typing_extensions import override

from tap_kickserv.ends import KNOWN
from tap_kickserv.fields import EXTRA, json_schema
from tap_kickserv.seen import SeenKeys, key_of
from tap_kickserv.values import instant, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog, MetadataMapping

    from tap_kickserv.fields import Field
    from tap_kickserv.formats import Row
    from tap_kickserv.tap import TapKickserv

CHANGED_ON = ("updated_at", "updated_on")
_SECONDS = len("2026-01-31T23:59:59")


class KickservStream(Stream):
    """Converts rows of whichever door is open into records of one fixed shape."""

    # Records leave this class in their final JSON form.
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    fields: ClassVar[tuple[Field, ...]]
    key: ClassVar[tuple[str, ...]] = ("id",)
    keeps_unknown: ClassVar[bool] = True
    """Whether undeclared fields go to `_extra`; without it, only declared ones are let through."""
    glue: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Short copies of other records inside a row: {its name: {our column: its field}}."""
    page: ClassVar[str] = ""
    """Path of the record's page in the web app, below the slug."""

    def __init__(self, tap: TapKickserv) -> None:
        super().__init__(
            tap,
            schema=json_schema(self.fields, self.key, keeps_unknown=self.keeps_unknown),
        )
        self.primary_keys = self.key
        self._kickserv = tap
        self._casts = {field.name: field.kind.cast for field in self.fields}
        self._unknown: Counter[str] = Counter()

    @classmethod
    def changed_on(cls) -> str | None:
        """Column that says when a record last changed, if it has one."""
        names = {field.name for field in cls.fields}
        return next((name for name in CHANGED_ON if name in names), None)

    @property
    @override
    def metadata(self) -> MetadataMapping:
        metadata = super().metadata
        if self._tap_input_catalog is None and (column := self.changed_on()):
            metadata.root.valid_replication_keys = [column]
            metadata["properties", column].inclusion = Metadata.InclusionType.AUTOMATIC
        return metadata

    @property
    @override
    def emit_activate_version_messages(self) -> bool:
        # The SDK would write the marker before the first record; see `get_records`.
        return False

    @override
    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        # The SDK calls each error unhandled on its way; a known one is told once, at the end.
        if level < logging.ERROR or not isinstance(sys.exc_info()[1], KNOWN):
            super().log(message, *args, level=level, **kwargs)

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        super().apply_catalog(catalog)
        if self.forced_replication_method != REPLICATION_INCREMENTAL:
            return
        if self.replication_key is None:
            self.replication_key = self.changed_on()
        if self.replication_key is None:
            self.logger.warning("%s says nowhere when a row changed: read in full.", self.name)
            self.forced_replication_method = REPLICATION_FULL_TABLE

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        full = self.replication_method == REPLICATION_FULL_TABLE
        self._stream_version = self._kickserv.initialized_at if full else None
        door = self._kickserv.door
        with closing(SeenKeys()) as seen:
            records: Iterator[Record] = map(self.convert, door.rows(self.name))
            if door.may_repeat(self.name):
                records = self._unseen(records, seen)
            yield from self.complete(self._changed(records))
        if self._unknown:
            self.logger.info(
                "%s: kept fields that this stream does not declare in %s: %s",
                self.name,
                EXTRA,
                ", ".join(f"{name} ({count} rows)" for name, count in self._unknown.items()),
            )
        # A target takes absence for deletion once this marker has come. So it comes after the
        # last record, and only if every record there is has come before it.
        if full and door.is_whole(self.name) and not self._is_filtered():
            self._write_activate_version_message(self._kickserv.initialized_at)

    def convert(self, row: Row) -> Record:
        """Give a row its declared columns and types."""
        for name, columns in self.glue.items():
            self._spread(row, name, columns)
        record = self._open_record(row) if self.keeps_unknown else self._closed_record(row)
        if self.page:
            try:
                record["web_url"] = f"{self._kickserv.web_url}/{self.page.format_map(record)}"
            except KeyError:
                record["web_url"] = None
        return record

    def complete(self, records: Iterator[Record]) -> Iterator[Record]:
        """Add to the records what has to be fetched for each of them."""
        return records

    def _open_record(self, row: Row) -> Record:
        record: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        casts = self._casts
        for name, value in row.items():
            cast = casts.get(name)
            if cast is None:
                extra[name] = value
            elif value is None or (cast is text and type(value) is str):
                record[name] = value
            else:
                record[name] = cast(value)
        if extra:
            self._unknown.update(extra.keys())
            record[EXTRA] = extra
        return record

    def _closed_record(self, row: Row) -> Record:
        return {
            field.name: None if (value := row[field.source]) is None else field.kind.cast(value)
            for field in self.fields
            if field.source in row
        }

    def _unseen(self, records: Iterator[Record], seen: SeenKeys) -> Iterator[Record]:
        for record in records:
            key = key_of(*map(record.get, self.key))
            if key is None or seen.add(key):
                yield record

    def _changed(self, records: Iterator[Record]) -> Iterator[Record]:
        if self.replication_method != REPLICATION_INCREMENTAL:
            return records
        since = self.get_starting_timestamp(None)
        column = self.replication_key
        if since is None or column is None:
            return records
        # No filter of the API selects on changes, so every row is read and the old ones dropped.
        floor = str(instant(since.isoformat(timespec="seconds")))[:_SECONDS]
        return (
            record
            for record in records
            if not _is_instant(record.get(column)) or record[column][:_SECONDS] >= floor
        )

    @override
    def _increment_stream_state(
        self,
        latest_record: Record,
        *,
        context: Context | None = None,
    ) -> None:
        # Text that is no time would compare as later than any time and end the stream for good.
        if self.replication_key is None or _is_instant(latest_record.get(self.replication_key)):
            super()._increment_stream_state(latest_record, context=context)

    def _is_filtered(self) -> bool:
        maps: Mapping[str, Any] = self.config.get("stream_maps") or {}
        return any(isinstance(stream_map, CustomStreamMap) for stream_map in self.stream_maps) and (
            any(isinstance(rules, dict) and "__filter__" in rules for rules in maps.values())
        )

    def _spread(self, row: Row, name: str, columns: Mapping[str, str]) -> None:
        glue = row.get(name)
        if isinstance(glue, dict):
            found = {column: glue.get(field) for column, field in columns.items()}
        elif isinstance(glue, list):
            items = [item for item in glue if isinstance(item, dict)]
            found = {
                column: [item.get(field) for item in items] for column, field in columns.items()
            }
        elif glue is None or glue == "":
            found = {}
        else:
            return
        for column, value in found.items():
            if row.get(column) is None:
                row[column] = value
        if name not in self._casts:
            row.pop(name, None)


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and value.endswith("Z") and instant(value) == value
