"""The commands that every target exposes beside its Singer script."""

from __future__ import annotations

import csv
import json
import logging
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.logging import RichHandler
from rich.table import Table

from crm_transforms.destination import SettingError
from crm_transforms.exits import Exit
from crm_transforms.journal import Journal
from crm_transforms.report.console import console
from crm_transforms.report.progress import ProgressReport
from crm_transforms.report.summary import Summary
from crm_transforms.session import Session
from crm_transforms.settings import MigrationSettings, migration_folder
from crm_transforms.singer import KNOWN_ERRORS, MigrationTarget, sentence
from crm_transforms.stages.work import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console

    from crm_transforms.journal import Reject

REJECT_COLUMNS = (
    "stage", "stream", "object", "key", "field", "rule", "code", "message", "place", "rejected_at",
)  # fmt: skip
CHUNK = 1_000
HELP = """Work on a migration to {name} from its journal, without reading the source again.

Settings come from the environment (or a .env file) as for the Singer script, or from --config.

Exit codes: 0 done, 1 failure, 2 usage, 3 rejects, 4 paused by budget, 5 approval missing or stale,
6 another run holds the lease."""


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


def _command(
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


def console_script(target: type[MigrationTarget]) -> Callable[[], None]:
    """Make the console script of one target."""
    group = click.Group(
        name=f"{target.name}-migration",
        help=HELP.format(name=target.destination_name),
        commands=[apply, retry, status, rejects],
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    def run() -> None:
        try:
            group(obj=target)
        except Exception as error:
            for known, code in KNOWN_ERRORS:
                if isinstance(error, known):
                    click.echo(sentence(error), err=True)
                    sys.exit(int(code))
            raise

    return run


@click.command()
@click.option(
    "--accept-deletes", is_flag=True, help="Believe that rows missing from a whole pass are gone."
)
@click.option("--force", is_flag=True, help="Overwrite what people changed in the destination.")
@shared_options(("table", "json"))
def apply(context: click.Context, *, accept_deletes: bool, force: bool, **shared: Any) -> None:
    """Load what is staged; goes on where a paused or killed run stopped."""
    _load(_command(context, **shared), "apply", Options(force=force), accept_deletes=accept_deletes)


@click.command()
@shared_options(("table", "json"))
def retry(context: click.Context, **shared: Any) -> None:
    """Take up again what was rejected, after its cause is mended."""
    _load(_command(context, **shared), "retry", Options(retry=True), accept_deletes=False)


@click.command()
@shared_options(("table", "json"))
def status(context: click.Context, **shared: Any) -> None:
    """Say how far the migration is: staged, landed, rejected, and how the last run ended."""
    command = _command(context, **shared)
    settings = command.settings()
    with command.open_journal(settings) as journal:
        runs = journal.runs()
        report: dict[str, Any] = {
            "source": settings.source,
            "target": settings.target,
            "streams": {
                name: {
                    "records": info.records,
                    "gone": info.gone,
                    "read_whole": info.completed_pass > 0,
                }
                for name, info in journal.streams().items()
            },
            "landed": [[*place, count] for place, count in journal.count_landed().items()],
            "rejects": [
                [*group, count]
                for group, count in journal.count_rejects(("object", "rule", "code")).items()
            ],
            "runs": [asdict(run) for run in runs],
            "journal_bytes": journal.size(),
            "chain_head": journal.chain_head(),
        }
    if command.format != "table":
        click.echo(json.dumps(report, indent=2))
        return
    table = Table("stream", "records", "gone", "read whole", box=None)
    for name, info in report["streams"].items():
        table.add_row(
            name, f"{info['records']:,}", f"{info['gone']:,}", "yes" if info["read_whole"] else "no"
        )
    command.console.print(table)
    for run in runs[-1:]:
        ended = run.ended_at or "not ended"
        command.console.print(f"\nlast run: {run.verb}, {run.started_at} to {ended}")
        if run.summary:
            Summary.from_json(run.summary).print(command.console)


@click.command()
@shared_options(("table", "json", "jsonl", "csv"))
def rejects(context: click.Context, **shared: Any) -> None:
    """List what could not land: record, field, rule, and the API's own words."""
    command = _command(context, **shared)
    with command.open_journal(command.settings()) as journal:
        found = _rejects(journal)
        rows = ({name: getattr(one, name) for name in REJECT_COLUMNS} for one in found)
        if command.format == "table":
            table = Table("record", "field", "rule", "why", box=None)
            for one in found:
                record = f"{one.object or one.stream} {one.key or one.place}"
                table.add_row(record, one.field, one.code or one.rule, one.message)
            command.console.print(table)
        elif command.format == "csv":
            writer = csv.DictWriter(sys.stdout, REJECT_COLUMNS)
            writer.writeheader()
            for row in rows:
                writer.writerow({name: _harmless(value) for name, value in row.items()})
        elif command.format == "json":
            click.echo(json.dumps(list(rows), indent=2))
        else:
            for row in rows:
                click.echo(json.dumps(row))


def _rejects(journal: Journal) -> Iterator[Reject]:
    after = 0
    while batch := journal.rejects(after_id=after, limit=CHUNK):
        yield from batch
        after = batch[-1].id


def _harmless(value: object) -> str:
    """A cell no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _load(command: Command, verb: str, options: Options, *, accept_deletes: bool) -> None:
    settings = command.settings()
    if settings.mapping is None:
        raise SettingError("there is no mapping: a plain loader keeps nothing to load again")
    with ExitStack() as stack:
        journal = stack.enter_context(command.open_journal(settings))
        stack.enter_context(journal.lease(verb))
        if accept_deletes:
            for info in journal.streams().values():
                journal.accept_missing(info.id)
        progress = stack.enter_context(ProgressReport(command.console))
        destination = command.target.open_destination(command.config)
        session = Session(settings, journal, destination, progress)
        code = session.load(
            settings.mapping, replace(options, fallback_owner=settings.fallback_owner), verb=verb
        )
    command.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))
