"""``estimate``: what a migration would cost, from counts alone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from rich.table import Column, Table

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.destination import SettingError
from crm_transforms.journal.retention import EXPECTED_SHARE
from crm_transforms.mapping.expression import closest
from crm_transforms.report.plan_summary import cost_lines
from crm_transforms.stages.counted import RECORD_BYTES, countable, counted_writes
from crm_transforms.stages.estimate import Estimator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crm_transforms.commands.command import Command
    from crm_transforms.destination import Limits
    from crm_transforms.mapping import Mapping
    from crm_transforms.settings import MigrationSettings
    from crm_transforms.stages.estimate import Estimate

MEGABYTE = 1_000_000


@click.command()
@click.option(
    "--count",
    "told",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Rows of a stream, or records of an object of the mapping; repeatable.",
)
@click.option("--from-journal", is_flag=True, help="Take the counts of what is staged.")
@click.option("--files-mb", type=click.FloatRange(min=0), default=0.0, help="Megabytes of files.")
@click.option("--budget", type=click.IntRange(min=1), help="Tokens that the account has a day.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Requests a second that the account allows.",
)
@shared_options(("table", "json"))
def estimate(
    context: click.Context,
    *,
    told: tuple[str, ...],
    from_journal: bool,
    files_mb: float,
    budget: int | None,
    rate: float | None,
    **shared: Any,
) -> None:
    """Say what a first load would cost, from counts: no account is asked, no journal is needed.

    Without --budget and --rate it is told for the smallest account there is.
    """
    command = command_of(context, **shared)
    settings = command.settings()
    if settings.mapping is None:
        raise SettingError("there is no mapping, so nothing to count by")
    counts = _staged(command, settings) if from_journal else {}
    counts |= _counts(told, {*countable(settings.mapping), *settings.mapping.streams})
    if not counts:
        raise click.UsageError("nothing is counted: give --count NAME=NUMBER, or --from-journal")
    limits = command.target.smallest
    limits = replace(
        limits,
        budget_total=budget or limits.budget_total,
        requests_per_second=rate or limits.requests_per_second,
    )
    counted = Counted(command, settings.mapping, limits)
    counted.print(counts, int(files_mb * MEGABYTE))


def _staged(command: Command, settings: MigrationSettings) -> dict[str, int]:
    with command.open_journal(settings) as journal:
        return {name: info.records for name, info in journal.streams().items()}


def _counts(told: Iterable[str], known: Collection[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in told:
        name, sign, number = each.partition("=")
        if not sign or not number.isdecimal():
            raise click.UsageError(f"--count {each}: NAME=NUMBER is wanted")
        if name not in known:
            hint = closest(name, known)
            raise click.UsageError(f"--count {each}: the mapping knows no {name!r}{hint}")
        counts[name] = int(number)
    return counts


class Counted:
    """One call of the command."""

    def __init__(self, command: Command, mapping: Mapping, limits: Limits) -> None:
        self._command = command
        self._mapping = mapping
        self._limits = limits

    def print(self, counts: dict[str, int], files_bytes: int) -> None:
        """For people, or as JSON on standard output."""
        target = self._command.target
        config = {name: value for name, value in self._command.config.items() if value}
        destination = target.open_destination({**target.unconnected, **config})
        try:
            writes = counted_writes(self._mapping, counts, destination.batch_size)
            estimator = Estimator(
                destination, self._mapping, self._limits, self._command.concurrency
            )
            customs = self._mapping.manifest()
            made = Counter((custom.target, custom.priority) for custom in customs)
            read = sum(counts.get(name, 0) for name in self._mapping.streams)
            found = estimator.of_writes(
                writes,
                estimator.schema_cost(made, 0),
                int(read * RECORD_BYTES * EXPECTED_SHARE),
                files_bytes,
            )
        finally:
            destination.close()
        records = {name: one.created for name, one in writes.items()}
        if self._command.format == "json":
            click.echo(json.dumps({"objects": self._rows(found, records), **found.as_json()}))
            return
        self._print(found, records)

    def _rows(self, found: Estimate, records: dict[str, int]) -> list[dict[str, Any]]:
        return [
            {
                "object": name,
                "target": self._mapping.objects[name].target,
                "records": records[name],
                "calls": cost.writing.calls,
                "tokens": cost.writing.tokens,
                "read_calls": cost.reading.calls,
                "read_tokens": cost.reading.tokens,
            }
            for name, cost in found.objects.items()
        ]

    def _print(self, found: Estimate, records: dict[str, int]) -> None:
        names = ("records", "calls", "tokens", "read_calls", "read_tokens")
        columns = [Column(name.replace("_", " "), justify="right") for name in names]
        table = Table("object", *columns, box=None, pad_edge=False)
        for row in self._rows(found, records):
            table.add_row(row["object"], *[f"{row[name]:,}" for name in names])
        console = self._command.console
        console.print(table)
        for line in cost_lines(found.as_json()):
            console.print(f"· {line}", highlight=False)
