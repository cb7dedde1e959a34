"""The SDK target that every destination shares: it stages first and loads from the journal."""

from __future__ import annotations

import io
import json
import logging
import sys
import uuid
from abc import abstractmethod
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any, ClassVar

import click
from singer_sdk import Target
from singer_sdk.contrib.msgspec import MsgSpecReader
from singer_sdk.exceptions import ConfigValidationError, MapExpressionError
from singer_sdk.helpers._util import read_json_file
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities

from crm_transforms.collector import calm_collector
from crm_transforms.destination import Limits, SettingError
from crm_transforms.exits import Exit
from crm_transforms.failures import KnownErrors, sentence
from crm_transforms.journal import Journal
from crm_transforms.report.console import console
from crm_transforms.report.progress import ProgressReport
from crm_transforms.session import Session
from crm_transforms.settings import MigrationSettings
from crm_transforms.stages.message import MessageError
from crm_transforms.stages.plain import PlainMapping, PlainObject
from crm_transforms.stages.stage import Stager
from crm_transforms.stages.window import open_window
from crm_transforms.stages.work import Options

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Mapping
    from types import FrameType

    from singer_sdk.plugin_base import _ConfigInput

    from crm_transforms.destination import Destination
    from crm_transforms.stages.message import Message

logger = logging.getLogger(__name__)


class StagingReader(MsgSpecReader):
    """Hands whole lines, as bytes, to the stager instead of one parsed message at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.consume: Callable[[Iterable[bytes]], Counter[str]] | None = None

    def process_lines(
        self, file_input: IO[str] | None, callbacks: dict[Any, Callable[[dict[str, Any]], None]]
    ) -> Counter[str]:
        """Read to the end of input; the SDK's per-message callbacks are not needed."""
        del callbacks
        if self.consume is None:
            raise RuntimeError("the reader has no target")
        source = file_input or sys.stdin
        if isinstance(source, io.TextIOWrapper):
            return self.consume(source.buffer)
        return self.consume(line.encode() for line in source)


class MigrationTarget(Target):
    """Stages a Singer stream in the journal, then plans, loads and verifies."""

    message_reader_class = StagingReader
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    destination_name: ClassVar[str]
    """The destination's name in mapping documents."""
    smallest: ClassVar[Limits] = Limits()
    """What the smallest account may spend, as far as the vendor publishes it."""
    unconnected: ClassVar[Mapping[str, Any]] = {}
    """Settings in place of credentials, for a destination that is only asked what things cost."""
    settle: ClassVar[tuple[float, ...]] = Options().settle
    """Seconds to wait before the destination is asked what became of a silent request."""

    def __init__(self, **kwargs: Any) -> None:
        try:
            super().__init__(**kwargs)
        except ValueError as error:  # the SDK's reading of environment variables
            raise SettingError(f"settings: {error}") from error
        reader = self.message_reader
        if isinstance(reader, StagingReader):
            reader.consume = self._consume
        self._resources = ExitStack()
        self._settings: MigrationSettings | None = None
        self._stager: Stager | None = None
        self._session: Session | None = None
        self._destination: Destination | None = None
        self._console = console(stderr=True)

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add the SDK's stream maps and flattening, no settings that do nothing here."""
        super(Target, cls).append_builtin_config(config_jsonschema)

    @classmethod
    @abstractmethod
    def open_destination(cls, config: Mapping[str, Any]) -> Destination:
        """Connect to the account that the configuration names; nothing is asked of it yet."""

    @classmethod
    def invoke(cls, **options: Any) -> None:
        """Run the Singer script; settings that the SDK's own check refuses are a usage error."""
        calm_collector()
        try:
            super().invoke(**options)
        except (ConfigValidationError, SettingError) as error:
            logger.error("%s", sentence(error))  # noqa: TRY400 - for people, so no traceback
            sys.exit(int(Exit.USAGE))

    @classmethod
    def cb_config(
        cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]
    ) -> _ConfigInput:
        """Read config files; one that cannot be read is a usage error."""
        try:
            for path in value:
                if path != "ENV" and not isinstance(read_json_file(path), dict):
                    raise ValueError("the file holds no JSON object")  # noqa: TRY301
            return super().cb_config(ctx, param, value)
        except (OSError, ValueError) as error:
            raise click.BadParameter(f"{', '.join(value)}: {error}", ctx, param) from error

    @property
    def settings(self) -> MigrationSettings:
        """The shared settings, read once."""
        if self._settings is None:
            self._settings = MigrationSettings.from_config(self.config, self.destination_name)
        return self._settings

    def _consume(self, lines: Iterable[bytes]) -> Counter[str]:
        with self._exits():
            settings = self.settings
            if settings.mode == "load":
                self._destination = self.open_destination(self.config)
            journal = self._resources.enter_context(
                Journal.open(
                    settings.journal, source=settings.source or "singer", target=settings.target
                )
            )
            self._resources.enter_context(journal.lease("run"))
            if settings.mapping is not None:
                open_window(journal)
            mapped = any(self.mapper.stream_maps_dict) or self.config.get("flattening_enabled")
            self._stager = Stager(
                journal,
                wanted=None if settings.mapping is None else settings.mapping.streams,
                transform=self._transform if mapped else None,
                register=self._register if mapped else None,
                on_durable=self._emit if settings.mapping else self._load_window,
                keyless_prefix=f"{uuid.uuid4().hex}-",
            )
            if self._destination is not None:
                # After the lease, so that nothing of ours is under way when it is given back.
                self._resources.callback(self._destination.close)
                progress = self._resources.enter_context(ProgressReport(self._console))
                self._session = Session(settings, journal, self._destination, progress)
            self._stager.read(lines)
        return self._stager.messages

    def process_endofpipe(self) -> None:
        """Stage the rest, load, print the summary, and exit with what it came to."""
        with self._exits():
            stager, settings = self._stager, self.settings
            if stager is None:
                return
            code = Exit.DONE
            try:
                stager.finish()
                if not stager.journal.streams():
                    logger.warning("nothing was read: no SCHEMA came, so there is nothing to load")
                elif self._session is None:
                    code = Exit.REJECTS if stager.rejected else Exit.DONE
                elif settings.mapping is None:
                    code = self._window_code
                else:
                    options = Options(fallback_owner=settings.fallback_owner, settle=self.settle)
                    code = self._session.load(settings.mapping, options)
                self._print_summary(stager)
            finally:
                self._resources.close()
        self._exit(code)

    _window_code = Exit.DONE

    def _load_window(self, state: Any) -> None:
        """Plain loader: load what this window brought, let its state out, forget the rows."""
        stager, session = self._stager, self._session
        if stager is None:
            return
        objects = [
            PlainObject(staged.name, staged.keys, tuple(staged.schema["properties"]))
            for staged in stager.streams.values()
        ]
        if objects and session is not None:
            code = session.load(PlainMapping(objects), Options(settle=self.settle))
            self._window_code = max(self._window_code, code)
            if code in {Exit.FAILURE, Exit.APPROVAL, Exit.PAUSED}:
                self._print_summary(stager)
                self._exit(code)
            stager.journal.forget_rows([staged.id for staged in stager.streams.values()])
        self._emit(state)

    def _emit(self, state: Any) -> None:
        if state:
            sys.stdout.write(json.dumps(state) + "\n")
            sys.stdout.flush()

    def _register(self, message: Message) -> Iterable[tuple[str, dict[str, Any], list[str]]]:
        """Stream maps and flattening, as the SDK's own targets apply them."""
        if not isinstance(message.schema, dict) or "properties" not in message.schema:
            raise MessageError(f"SCHEMA of stream {message.stream}: properties are missing")
        try:
            self.mapper.register_raw_stream_schema(
                message.stream, message.schema, message.key_properties
            )
        except MapExpressionError as error:
            raise SettingError(f"setting stream_maps, stream {message.stream}: {error}") from error
        for stream_map in self.mapper.stream_maps[message.stream]:
            yield (
                stream_map.stream_alias,
                stream_map.transformed_schema,
                list(stream_map.transformed_key_properties or []),
            )

    def _transform(
        self, stream: str, record: dict[str, Any]
    ) -> Iterable[tuple[str, dict[str, Any]]]:
        for stream_map in self.mapper.stream_maps.get(stream, ()):
            try:
                transformed = stream_map.transform(dict(record))
            except MapExpressionError as error:
                raise SettingError(f"setting stream_maps, stream {stream}: {error}") from error
            if transformed is not None:
                yield stream_map.stream_alias, transformed

    def _print_summary(self, stager: Stager) -> None:
        summary = self._session.summary if self._session else None
        if summary is None:
            return
        summary.streams, summary.unmapped = stager.totals, stager.unmapped
        if stager.cut_off:
            summary.notes.append("the input ended within a line: the tap did not finish")
        for name, totals in stager.totals.items():
            if totals.rejected:
                summary.notes.append(f"{name}: {totals.rejected} records rejected while staging")
            if totals.held_back:
                summary.notes.append(
                    f"{name}: {totals.vanished} rows are missing from a whole pass; they count as "
                    "present until `apply --accept-deletes`"
                )
            if not totals.whole and self.settings.mapping is not None:
                summary.notes.append(
                    f"{name}: not read whole in this run, so nothing is concluded from absent rows"
                )
        summary.print(self._console)

    def _exits(self) -> KnownErrors:
        return KnownErrors(self._resources)

    def _exit(self, code: Exit) -> None:
        if code is Exit.REJECTS and not self.settings.fail_on_rejects:
            code = Exit.DONE
        if code is Exit.PAUSED and not self.settings.fail_on_pause:
            code = Exit.DONE
        if code is not Exit.DONE:
            sys.exit(int(code))

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """Stop without draining: the journal knows where to go on.

        The SDK drains and exits 0 here, which a runner takes for success:
        https://github.com/meltano/sdk/issues/3775
        """
        del frame
        logger.warning("stopped by signal %d; the next run goes on from the journal", signum)
        sys.exit(128 + signum)
