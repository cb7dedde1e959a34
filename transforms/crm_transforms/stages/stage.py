"""Stage: keep what a tap sent, durably and checked, before anything is sent anywhere.

Replaces the SDK's reader and validator where those would abort the run, or load what the schema
refuses: https://github.com/meltano/sdk/issues/133, https://github.com/meltano/sdk/issues/1064.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import FINGERPRINT_BYTES, encode
from crm_transforms.journal import Reject
from crm_transforms.stages.absence import judge_absence
from crm_transforms.stages.message import (
    UNREADABLE,
    Message,
    MessageError,
    decode_message,
    decode_record,
    why_unreadable,
)
from crm_transforms.stages.staged_stream import StagedStream
from crm_transforms.stages.totals import StreamTotals
from crm_transforms.stages.validator import RecordValidator, SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crm_transforms.journal import Journal

logger = logging.getLogger(__name__)

FLUSH_ROWS = 5_000
FLUSH_BYTES = 8 * 1024 * 1024
FLUSH_SECONDS = 5.0


class Stager:
    """Takes Singer lines and keeps their records in the journal.

    Args:
        journal: where to keep them; its lease must be held.
        wanted: streams to keep, ``None`` for all; others are counted only.
        transform: stream maps, if any: (stream, record) to the (stream, record) pairs to keep.
        on_durable: called after each durable batch with the newest state that covers it.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        wanted: frozenset[str] | None = None,
        transform: Callable[[str, dict[str, Any]], Iterable[tuple[str, dict[str, Any]]]]
        | None = None,
        register: Callable[[Message], Iterable[tuple[str, dict[str, Any], list[str]]]]
        | None = None,
        on_durable: Callable[[Any], None] | None = None,
        keyless_prefix: str = "",
    ) -> None:
        self.journal = journal
        self.wanted = wanted
        self.transform = transform
        self.register = register
        self.on_durable = on_durable
        self.keyless_prefix = keyless_prefix
        self.streams: dict[str, StagedStream] = {}
        self.totals: dict[str, StreamTotals] = {}
        self.unmapped: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        self.new = 0
        self.rejected = 0
        self.cut_off = False
        """The input ended within a line: the tap died."""
        self.changed = 0
        self._rejects: list[Reject] = []
        self._pending_rows = 0
        self._pending_bytes = 0
        self._state: Any = None
        self._flushed_at = time.monotonic()
        self._line = 0

    def read(self, lines: Iterable[bytes]) -> None:
        """Read lines to their end; what cannot be kept becomes a reject, and the rest goes on.

        Raises:
            MessageError: a SCHEMA message that describes nothing usable.
        """
        for line in lines:
            self._line += 1
            message = self._message(line)
            if message is None:
                continue
            self.messages[message.type] += 1
            if message.type == "RECORD":
                self._record(message, line)
            elif message.type == "STATE":
                self._state = message.value
                if time.monotonic() - self._flushed_at > FLUSH_SECONDS:
                    self.flush()
            elif message.type == "SCHEMA":
                self._schema(message)
            elif message.type == "ACTIVATE_VERSION":
                if staged := self.streams.get(message.stream):
                    staged.whole = True
            else:
                self._reject_line(line, "type", f"unknown message type {message.type!r}")

    def _message(self, line: bytes) -> Message | None:
        """Decode a line; what is none is kept as a reject, and an unfinished last line is said."""
        try:
            return decode_message(line)
        except UNREADABLE as error:
            if not line.endswith(b"\n"):
                self.cut_off = True
                logger.warning("the input ended within line %d", self._line)
            elif line.strip():
                self._reject_line(line, "json", f"no Singer message: {why_unreadable(error)}")
        return None

    @property
    def _keyless_key(self) -> str:
        """The key of a record whose stream has none: no two are alike, in any run."""
        return f"{self.keyless_prefix}{self._line}"

    def finish(self) -> None:
        """Make the rest durable and judge which rows have vanished from streams read whole."""
        self.flush()
        judge_absence(self.journal, self.streams.values(), self.totals)

    def flush(self) -> None:
        """Make everything read so far durable in one transaction, then let its state out."""
        if self._pending_rows or self._rejects:
            passes = {staged.id: staged.pass_id for staged in self.streams.values() if staged.rows}
            rows = {staged.id: staged.rows for staged in self.streams.values() if staged.rows}
            counts = self.journal.stage(rows, passes, self._rejects)
            self.new += counts.new
            self.changed += counts.changed
            for staged in self.streams.values():
                staged.rows = []
            self._rejects = []
            self._pending_rows = self._pending_bytes = 0
        self._flushed_at = time.monotonic()
        if self.on_durable is not None:
            state, self._state = self._state, None
            self.on_durable(state)

    def _record(self, message: Message, line: bytes) -> None:
        if self.transform is None:
            self._keep(message.stream, bytes(message.record), None, line)
            return
        try:
            record = decode_record(message.record)
        except UNREADABLE as error:
            self._reject_line(line, "json", f"the record: {why_unreadable(error)}", message.stream)
            return
        try:
            mapped = list(self.transform(message.stream, record))
        except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError) as error:
            message_text = f"{type(error).__name__} in an expression of the setting stream_maps"
            self._reject_line(line, "stream map", message_text, message.stream)
            return
        for stream, out in mapped:
            self._keep(stream, encode(out), out, line)

    def _keep(self, stream: str, body: bytes, record: dict[str, Any] | None, line: bytes) -> None:
        staged = self.streams.get(stream)
        if staged is None:
            if not stream:
                self._reject_line(line, "stream", "the record names no stream")
            elif self.wanted is not None and stream not in self.wanted:
                self.unmapped[stream] += 1
            else:
                self._reject_line(
                    line, "schema", "a record came before its stream's SCHEMA", stream
                )
            return
        staged.records += 1
        staged.whole = False
        if record is None:
            try:
                record = decode_record(body)
            except UNREADABLE as error:
                self._reject_line(line, "json", f"the record: {why_unreadable(error)}", stream)
                return
        if not staged.validator.accepts(record):
            fault = staged.validator.explain(record)
            key = staged.key_of(record, self._keyless_key)
            self._reject_line(
                line, fault.rule, fault.message, stream, key=key, field_name=fault.field
            )
            return
        key = staged.key_of(record, self._keyless_key)
        if key is None:
            names = ", ".join(staged.keys)
            self._reject_line(
                line, "key", f"the key ({names}) is missing, or no integer or storable text", stream
            )
            return
        digest = blake2b(body, digest_size=FINGERPRINT_BYTES).digest()
        staged.rows.append((key, digest, body))
        self._pending_rows += 1
        self._pending_bytes += len(body)
        if self._pending_rows >= FLUSH_ROWS or self._pending_bytes >= FLUSH_BYTES:
            self.flush()

    def _schema(self, message: Message) -> None:
        registered = (
            [(message.stream, message.schema, message.key_properties or [])]
            if self.register is None
            else self.register(message)
        )
        for name, schema, keys in registered:
            self._register(name, schema, keys)

    def _register(self, name: str, schema: Any, keys: list[str]) -> None:
        place = f"line {self._line}: SCHEMA of stream {name or '(unnamed)'}"
        if self.wanted is not None and name and name not in self.wanted:
            return
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if not name or not isinstance(properties, dict):
            raise MessageError(f"{place}: a stream name and a schema with properties are needed")
        if unknown := [key for key in keys if key not in properties]:
            raise MessageError(f"{place}: key_properties {unknown} are not among its properties")
        staged = self.streams.get(name)
        if staged is not None and staged.schema == schema and staged.keys == tuple(keys):
            return
        try:
            validator = RecordValidator(schema)
        except SchemaError as error:
            raise MessageError(f"{place}: {error}") from error
        known = self.journal.streams().get(name)
        kept = known is not None and (known.records or (staged is not None and staged.rows))
        if known is not None and kept and known.keys != tuple(keys):
            raise MessageError(
                f"{place}: its key was {list(known.keys)} and is {keys} now, so no record could be "
                "recognised; start a new journal, or set the keys back"
            )
        if staged is not None:
            self.flush()
        stream_id = self.journal.stream(name, schema, keys)
        if staged is None:
            pass_id = self.journal.begin_pass(stream_id)
            self.streams[name] = StagedStream(
                stream_id, name, tuple(keys), schema, validator, pass_id
            )
            self.totals[name] = StreamTotals()
        else:
            staged.schema, staged.keys, staged.validator = schema, tuple(keys), validator

    def _reject_line(
        self,
        line: bytes,
        rule: str,
        message: str,
        stream: str = "",
        *,
        key: str | None = None,
        field_name: str = "",
    ) -> None:
        self.rejected += 1
        if stream in self.totals:
            self.totals[stream].rejected += 1
        self._rejects.append(
            Reject(
                stage="stage",
                stream=stream,
                key=key,
                field=field_name,
                rule=rule,
                message=message,
                place=f"line {self._line}",
                line=self._line,
                raw=line.rstrip(b"\n"),
            )
        )
        if len(self._rejects) >= FLUSH_ROWS:
            self.flush()
