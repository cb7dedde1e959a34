"""The tap: settings, the door, the streams."""

from __future__ import annotations

import json
import signal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import Tap
from singer_sdk.about import AboutFormatter
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import PluginCapabilities
from typing_extensions import override

from tap_kickserv import coverage
from tap_kickserv.client import Client, NotOfferedError
from tap_kickserv.doors import Door, JsonDoor, XmlDoor
from tap_kickserv.ends import known_ends
from tap_kickserv.files import FileStore
from tap_kickserv.formats import XmlFormat
from tap_kickserv.settings import SETTINGS
from tap_kickserv.streams import KNOWN_COLUMNS, STREAMS
from tap_kickserv.token import Token, tokens_in_files
from tap_kickserv.unusable import unreadable, unusable
from tap_kickserv.writer import LineWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    import click
    from singer_sdk.plugin_base import _ConfigInput
    from singer_sdk.streams import Stream

DOORS: dict[str, type[Door]] = {door.name: door for door in (XmlDoor, JsonDoor)}


class TapKickserv(Tap):
    """Reads a Kickserv account: customers, jobs, estimates, invoices and all that hangs on them."""

    name = "tap-kickserv"
    package_name = "tap-kickserv"
    config_jsonschema = SETTINGS
    message_writer_class = LineWriter
    # Without BATCH: files of records would come after the marker that ends their stream.
    capabilities: ClassVar = [c for c in Tap.capabilities if c is not PluginCapabilities.BATCH]

    config_files: ClassVar[tuple[Path, ...]] = ()
    """The `--config` files of this process, where a new token may turn up."""

    @classmethod
    @override
    def cb_config(
        cls,
        ctx: click.Context,
        param: click.Option,
        value: tuple[str, ...],
    ) -> _ConfigInput:
        cls.config_files = tuple(Path(name) for name in value if name != "ENV")
        with known_ends(cls.logger):
            if errors := list(filter(None, map(unreadable, cls.config_files))):
                raise _invalid(errors)
        return super().cb_config(ctx, param, value)

    @classmethod
    @override
    def cb_discover(cls, ctx: click.Context, param: click.Option, value: bool) -> None:
        with known_ends(cls.logger):
            super().cb_discover(ctx, param, value)

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        with known_ends(cls.logger):
            super().cb_test(ctx, param, value)

    @classmethod
    @override
    def invoke(cls, **options: Any) -> None:
        with known_ends(cls.logger):
            super().invoke(**options)

    @classproperty
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805 - a property of the class
        try:
            config: dict[str, Any] = super()._env_var_config
        except ValueError:
            raise _invalid([*cls._unreadable_variables()]) from None
        return config

    @classmethod
    def _unreadable_variables(cls) -> Iterator[str]:
        prefix = cls._env_var_prefix
        for name, setting in cls.config_jsonschema["properties"].items():
            try:
                parse_environment_config({"properties": {name: setting}}, prefix)
            except ValueError as error:
                yield f"`{name}` cannot be read from {prefix}{name.upper()}: {error}"

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        # Meltano and `.env` files hand over an empty text for what is not set.
        self._config = {k: v for k, v in self._config.items() if v is not None and v != ""}
        if not raise_errors:
            return super()._validate_config(raise_errors=False)
        if errors := [*unusable(self._config)]:
            raise _invalid(errors)
        try:
            return super()._validate_config()
        except ConfigValidationError as error:
            raise _invalid(error.errors) from None

    @override
    def discover_streams(self) -> Sequence[Stream]:
        return [stream(self) for stream in STREAMS]

    @property
    @override
    def streams(self) -> dict[str, Stream]:
        # The SDK sorts streams by name, which would send job_charges before jobs.
        if self._streams is None:
            rank: dict[type[Stream], int] = {stream: n for n, stream in enumerate(STREAMS)}
            by_name = super().streams.items()
            self._streams = dict(sorted(by_name, key=lambda item: rank[type(item[1])]))
        return self._streams

    @cached_property
    def web_url(self) -> str:
        """Address of the account's pages in the web app."""
        slug = self.config["account_slug"].strip("/")
        return f"{self.config['api_url'].rstrip('/')}/{slug}"

    @cached_property
    def client(self) -> Client:
        """The account's API."""
        return Client(
            self.web_url,
            Token(
                self.config["api_token"],
                places=lambda: tokens_in_files(self.config_files),
                wait_seconds=self.config["token_wait_seconds"],
                logger=self.logger,
            ),
            concurrency=self.config["concurrency"],
            logger=self.logger,
        )

    @cached_property
    def door(self) -> Door:
        """The way into the account that `api` names."""
        api = self.config["api"]
        if api == "auto":
            api = self._first_open_door()
            self.logger.info("api: auto found the %s door open.", api)
        return DOORS[api](
            self.client,
            wanted=frozenset(name for name, stream in self.streams.items() if stream.selected),
            known=KNOWN_COLUMNS,
            page_size=self.config.get("page_size"),
        )

    @cached_property
    def files(self) -> FileStore | None:
        """Where files go, if they are wanted."""
        url = self.config.get("attachments_path")
        return FileStore(url, self.client) if url else None

    def _first_open_door(self) -> str:
        fmt = XmlFormat(KNOWN_COLUMNS)
        try:
            self.client.read(
                "/customers",
                {"page": "1", "only": "id"},
                fmt,
                lambda body: fmt.rows(body, "customer"),
            )
        except NotOfferedError:
            return JsonDoor.name
        return XmlDoor.name

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        # The SDK leaves with 0, and whoever started the tap takes the stream for complete. It also
        # writes state here, perhaps into the middle of a record.
        self.logger.warning("Stopped by %s.", signal.Signals(signum).name)
        raise SystemExit(128 + signum)

    @classmethod
    @override
    def print_about(cls, output_format: str | None = None) -> None:
        about = AboutFormatter.get_formatter(output_format or "text").format_about(
            cls._get_about_info(),
        )
        if output_format == "json":
            about = json.dumps({**json.loads(about), "doors": coverage.as_data()}, indent=2)
        else:
            about = f"{about}\n## Doors\n\n{coverage.as_markdown()}\n"
        print(about)  # noqa: T201 - what --about is for


def _invalid(errors: list[str]) -> ConfigValidationError:
    return ConfigValidationError("; ".join(errors), errors=errors, schema=SETTINGS)
