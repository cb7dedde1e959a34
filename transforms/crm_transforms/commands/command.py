"""What every command shares: its options, and the settings and journal that they lead to."""

from __future__ import annotations

import json
import logging
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.logging import RichHandler

from crm_transforms.destination import SettingError
from crm_transforms.journal import Journal
from crm_transforms.next_steps import typed
from crm_transforms.report.console import console
from crm_transforms.report.progress import ProgressReport
from crm_transforms.session import Session
from crm_transforms.settings import DEFAULT_CONCURRENCY, MigrationSettings, migration_folder
from crm_transforms.stages.work import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as MappingType

    from rich.console import Console

    from crm_transforms.mapping import Mapping
    from crm_transforms.report.summary import Summary
    from crm_transforms.singer import MigrationTarget


@dataclass(slots=True)
class Command:
    """What the options that all commands share come to."""

    target: type[MigrationTarget]
    config: MappingType[str, Any]
    format: str

    @property
    def console(self) -> Console:
        """For people; standard output belongs to scripts when they asked for a format."""
        return console(stderr=self.format != "table")

    def settings(self) -> MigrationSettings:
        """The shared settings, with the only known migration's source where none was told."""
        name = self.target.destination_name
        settings = MigrationSettings.from_config(self.config, name)
        if settings.source:
            return settings
        url = str(self.config.get("journal") or "")
        known = Journal.migrations(url) if url else _default_migrations(name)
        sources = sorted({source for source, target in known if target == name})
        if len(sources) != 1:
            listed = ", ".join(sources) or "none"
            raise SettingError(f"--source is needed; migrations to {name} known here: {listed}")
        return MigrationSettings.from_config({**self.config, "source": sources[0]}, name)

    def open_journal(self, settings: MigrationSettings) -> Journal:
        """The migration's journal, which must be there."""
        return Journal.open(
            settings.journal, source=settings.source, target=settings.target, create=False
        )

    @contextmanager
    def session(self, verb: str) -> Iterator[tuple[Session, Journal, Mapping]]:
        """Hold the lease on the journal, connected to the account.

        Raises:
            SettingError: there is no mapping.
        """
        settings = self.settings()
        if settings.mapping is None:
            raise SettingError("there is no mapping: a plain loader keeps nothing to work on")
        with ExitStack() as stack:
            journal = stack.enter_context(self.open_journal(settings))
            stack.enter_context(journal.lease(verb))
            progress = stack.enter_context(ProgressReport(self.console))
            destination = self.target.open_destination(self.config)
            stack.callback(destination.close)
            yield Session(settings, journal, destination, progress), journal, settings.mapping

    def options(self, **told: Any) -> Options:
        """What settings and flags say about a run."""
        fallback = str(self.config.get("fallback_owner") or "")
        return Options(fallback_owner=fallback, settle=self.target.settle, **told)

    @property
    def concurrency(self) -> int:
        """Most requests under way at once."""
        return int(self.config.get("concurrency") or DEFAULT_CONCURRENCY)

    def typed(self, verb: str) -> str:
        """Another command as a person types it, here or in a Meltano project."""
        return typed(self.target.name, verb)

    def print(self, summary: Summary) -> None:
        """For people, or as JSON on standard output."""
        if self.format == "table":
            summary.print(self.console)
        else:
            click.echo(json.dumps(summary.as_json()))


def _default_migrations(target: str) -> list[tuple[str, str]]:
    files = migration_folder().glob(f"*-{target}-*.db")
    return [pair for path in files for pair in Journal.migrations(f"sqlite:///{path}")]


def shared_options(
    formats: tuple[str, ...],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options of every command: Meltano appends arguments, so a group's are out of reach."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for option in (
            click.option(
                "--format",
                "output",
                type=click.Choice(formats),
                default=formats[0],
                show_default=True,
                help="How to print the outcome.",
            ),
            click.option("--journal", help="SQLAlchemy URL of the journal."),
            click.option("--source", help="The migration's source, e.g. kickserv."),
            click.option(
                "--config",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="JSON file with settings.",
            ),
        ):
            function = option(function)
        return click.pass_context(function)

    return decorate


def command_of(
    context: click.Context,
    config: Path | None,
    source: str | None,
    journal: str | None,
    output: str,
) -> Command:
    target: type[MigrationTarget] = context.obj
    given = {} if config is None else json.loads(config.read_text(encoding="utf-8"))
    told = {name: value for name, value in (("source", source), ("journal", journal)) if value}
    merged = {**target(config=given, parse_env_config=True).config, **told}
    logging.basicConfig(
        level=logging.INFO,
        format="%(message)s",
        handlers=[RichHandler(console=console(stderr=True), show_path=False)],
        force=True,
    )
    return Command(target, merged, output)
