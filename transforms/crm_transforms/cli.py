"""The commands that every target exposes beside its Singer script, e.g. ``target-pipedrive-migration``."""

from __future__ import annotations

import csv
import json
import logging
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from crm_transforms.exits import Exit
from crm_transforms.journal import Journal
from crm_transforms.report.progress import ProgressReport
from crm_transforms.session import Session
from crm_transforms.settings import MigrationSettings, SettingError, migration_folder
from crm_transforms.singer import KNOWN_ERRORS, MigrationTarget
from crm_transforms.stages.work import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crm_transforms.journal import Reject

REJECT_COLUMNS = ("stage", "stream", "object", "key", "field", "rule", "code", "message", "place")
CHUNK = 1_000


@dataclass(slots=True)
class Context:
    """What the group's options say, for every command."""

    target: type[MigrationTarget]
    config: dict[str, Any]
    console: Console
    format: str

    def settings(self) -> MigrationSettings:
        """The shared settings, with the only known migration's source where none was told."""
        name = self.target.destination_name
        settings = MigrationSettings.from_config(self.config, name)
        if settings.source or self.config.get("journal"):
            return settings
        known = sorted(migration_folder().glob(f"*-{name}-*.db"))
        sources = sorted({path.name.rsplit(f"-{name}-", 1)[0] for path in known})
        if len(sources) != 1:
            listed = ", ".join(sources) or "none"
            raise SettingError(f"--source is needed: migrations to {name} here: {listed}")
        return MigrationSettings.from_config({**self.config, "source": sources[0]}, name)


def migration_group(target: type[MigrationTarget]) -> click.Group:
    """Build the command group of one target."""

    @click.group(
        help=f"Work on a migration to {target.destination_name} from its journal.\n\n"
        "Settings come from the environment (or a .env file) as for the Singer script, or --config.\n\n"
        "Exit codes: 0 done, 1 failure, 2 usage, 3 rejects, 4 paused by budget, 5 approval missing or "
        "stale, 6 another run holds the lease.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    @click.option(
        "--config", type=click.Path(exists=True, dir_okay=False), help="JSON settings file."
    )
    @click.option("--source", help="The migration's source, where the journal holds several.")
    @click.option("--journal", help="SQLAlchemy URL of the journal.")
    @click.option(
        "--format",
        "output",
        type=click.Choice(["table", "json", "jsonl", "csv"]),
        default="table",
        show_default=True,
    )
    @click.pass_context
    def group(
        context: click.Context,
        config: str | None,
        source: str | None,
        journal: str | None,
        output: str,
    ) -> None:
        settings: dict[str, Any] = {}
        if config is not None:
            with open(config, encoding="utf-8") as file:
                settings = json.load(file)
        plugin = target(config=settings, parse_env_config=True)
        merged = {**plugin.config}
        merged.update(
            {name: value for name, value in (("source", source), ("journal", journal)) if value}
        )
        console = Console(stderr=output != "table")
        logging.basicConfig(
            level=logging.INFO,
            format="%(message)s",
            handlers=[RichHandler(console=Console(stderr=True), show_path=False)],
        )
        context.obj = Context(target, merged, console, output)

    for command in (apply, retry, status, rejects):
        group.add_command(command)
    return group


def console_script(target: type[MigrationTarget]) -> Callable[[], None]:
    """Make the console script of one target."""

    def run() -> None:
        try:
            migration_group(target)(standalone_mode=True)
        except Exception as error:
            for known, code in KNOWN_ERRORS:
                if isinstance(error, known):
                    click.echo(f"{error}", err=True)
                    sys.exit(int(code))
            raise

    return run


@click.command()
@click.option(
    "--accept-deletes", is_flag=True, help="Believe that rows missing from a whole pass are gone."
)
@click.option("--force", is_flag=True, help="Overwrite what people changed in the destination.")
@click.pass_obj
def apply(context: Context, *, accept_deletes: bool, force: bool) -> None:
    """Load what is staged: plan, write, verify. Goes on where a paused or killed run stopped."""
    _load(context, "apply", Options(force=force), accept_deletes=accept_deletes)


@click.command()
@click.pass_obj
def retry(context: Context) -> None:
    """Send again what was rejected, after its cause is mended; nothing else."""
    _load(context, "retry", Options(retry=True), accept_deletes=False)


@click.command()
@click.pass_obj
def status(context: Context) -> None:
    """Say how far the migration is: streams staged, records landed, rejects open, last runs."""
    settings = context.settings()
    with Journal.open(
        settings.journal, source=settings.source, target=settings.target, create=False
    ) as journal:
        counted = journal.count_rejects(("object", "rule", "code"))
        report = {
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
            "objects": journal.count_landed(),
            "rejects": [[*group, count] for group, count in counted.items()],
            "runs": [asdict(run) for run in journal.runs()],
            "size": journal.size(),
            "chain_head": journal.chain_head(),
        }
    if context.format != "table":
        click.echo(json.dumps(report, indent=2))
        return
    table = Table("stream", "records", "gone", "read whole", box=None, title="Staged")
    for name, info in report["streams"].items():
        table.add_row(
            name, str(info["records"]), str(info["gone"]), "yes" if info["read_whole"] else "no"
        )
    context.console.print(table)
    table = Table("object", "landed", box=None, title="Landed")
    for name, count in report["objects"].items():
        table.add_row(name, str(count))
    context.console.print(table)
    for name, rule, code, count in report["rejects"]:
        context.console.print(f"rejected: {name}: {rule} {code}: {count}")


@click.command()
@click.pass_obj
def rejects(context: Context) -> None:
    """List what could not land, with field, rule and the API's own words."""
    settings = context.settings()
    with Journal.open(
        settings.journal, source=settings.source, target=settings.target, create=False
    ) as journal:
        rows = ({name: getattr(one, name) for name in REJECT_COLUMNS} for one in _rejects(journal))
        if context.format == "table":
            table = Table(*REJECT_COLUMNS, box=None)
            for row in rows:
                table.add_row(*[str(value) for value in row.values()])
            context.console.print(table)
        elif context.format == "csv":
            writer = csv.DictWriter(sys.stdout, REJECT_COLUMNS)
            writer.writeheader()
            for row in rows:
                writer.writerow({name: _harmless(value) for name, value in row.items()})
        elif context.format == "json":
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
    """A cell that no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _load(context: Context, verb: str, options: Options, *, accept_deletes: bool) -> None:
    settings = context.settings()
    if settings.mapping is None:
        raise SettingError("a plain loader keeps nothing to load again: there is no mapping")
    with ExitStack() as stack:
        journal = stack.enter_context(
            Journal.open(
                settings.journal, source=settings.source, target=settings.target, create=False
            )
        )
        stack.enter_context(journal.lease(verb))
        if accept_deletes:
            for info in journal.streams().values():
                journal.accept_missing(info.id)
        progress = stack.enter_context(ProgressReport(context.console))
        session = Session(
            settings, journal, context.target.open_destination(context.config), progress
        )
        options = replace(options, fallback_owner=settings.fallback_owner)
        code = session.load(settings.mapping, options, verb=verb)
    if context.format == "table":
        session.summary.print(context.console)
    else:
        click.echo(json.dumps(session.summary.as_json()))
    if code is not Exit.DONE:
        sys.exit(int(code))
