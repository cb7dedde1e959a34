"""What every command shares: its options, and the settings and journal that they lead to."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.logging import RichHandler

from crm_transforms.destination import SettingError
from crm_transforms.journal import Journal
from crm_transforms.report.console import console
from crm_transforms.settings import MigrationSettings, migration_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

    from crm_transforms.report.summary import Summary
    from crm_transforms.singer import MigrationTarget


@dataclass(slots=True)
class Command:
    """What the options that all commands share come to."""

    target: type[MigrationTarget]
    config: Mapping[str, Any]
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
