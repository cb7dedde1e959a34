"""``sample``: load a slice for real, and compare what landed with what was meant."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.commands.listing import print_rows
from crm_transforms.commands.rollback import Rollback
from crm_transforms.exits import Exit
from crm_transforms.next_steps import SAMPLED, environment_name
from crm_transforms.report.words import clip, plural, value_text
from crm_transforms.stages.diff import DIFFERENT, MISSING, VERDICTS
from crm_transforms.stages.sample import LEAST, MOST, SEED, SIZE, Sampler, clamped
from crm_transforms.stages.undo_scope import UndoScope
from crm_transforms.stages.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.commands.command import Command
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.sample import SampleReport
    from crm_transforms.stages.work import Work

COLUMNS = (
    "object", "key", "destination_id", "field", "source", "mapped", "held", "verdict", "reason",
)  # fmt: skip
MOST_SHOWN = 50
"""Rows of a kind that a terminal shows; the other forms have all."""
MOST_CHARACTERS = 60
"""Of a value on a terminal."""


@click.command()
@click.option("--size", type=int, default=SIZE, show_default=True, help="Records, about.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Chooses other records.")
@click.option("--here", is_flag=True, help="Load it into this account although it is in use.")
@click.option("--undo", "undoing", is_flag=True, help="Take the last sample away again.")
@shared_options(("table", "json", "csv"))
def sample(
    context: click.Context, *, size: int, seed: int, here: bool, undoing: bool, **shared: Any
) -> None:
    """Load some records of every sort, with all that they refer to, and compare every field.

    Belongs into a trial account. With --here it goes into the account in use; the load adopts it.
    """
    command = command_of(context, **shared)
    if undoing:
        _take_away(command)
        return
    if not here and environment_name() not in SAMPLED:
        raise click.UsageError(
            f"this is the environment {environment_name()!r}: take the sample in `trial`, or give "
            "--here to load it into the account that is in use"
        )
    asked = Sample(command, size, seed)
    with command.session("sample") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "sample", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


def _take_away(command: Command) -> None:
    asked = Rollback(command, UndoScope(sample=True), dry=False, yes=True)
    with command.session("sample --undo") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "sample --undo", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Sample:
    """One call of the command."""

    def __init__(self, command: Command, size: int, seed: int) -> None:
        self._command = command
        self._size = size
        self._seed = seed
        self._report: SampleReport | None = None
        self._refusal = ""

    def stage(self, work: Work) -> Exit:
        """Announce it, and take it."""
        if refusal := Window.of(work.journal).refusal:
            self._refusal = f"{refusal}; nothing was sent"
            return Exit.FAILURE
        if not work.journal.streams():
            self._refusal = "nothing is staged: run the tap with mode stage first"
            return Exit.FAILURE
        if clamped(self._size) != self._size:
            told = f"a sample has {LEAST} to {MOST} records, so {clamped(self._size)}"
            click.echo(f"{told}, not {self._size}", err=True)
        click.echo(_announced(work), err=True)
        sampler = Sampler(work, environment_name(), size=self._size, seed=self._seed)
        self._report = sampler.run()
        return Exit.DONE if self._report.is_as_mapped else Exit.REJECTS

    def print(self, summary: Summary) -> None:
        """For people, or whole for scripts and spreadsheets."""
        command, report = self._command, self._report
        for line in (self._refusal, *summary.notes):
            if line:
                click.echo(line, err=True)
        if report is None:
            return
        if command.format == "json":
            click.echo(json.dumps(report.as_json()))
        elif command.format == "csv":
            print_rows("csv", COLUMNS, _rows(report))
        else:
            console = command.console
            console.print(_shown(report), soft_wrap=not console.is_terminal)
            fine = report.is_as_mapped
            console.print(f"next: {command.typed('approve' if fine else 'rejects')}")


def _announced(work: Work) -> str:
    account = f"{work.identity.name} ({work.identity.id})"
    if environment_name() in SAMPLED:
        return f"the sample goes into {account}; `sample --undo` takes it away again"
    return (
        f"the sample goes into {account}, the account in use: the load will adopt its records, and "
        "`sample --undo` takes them away again"
    )


def _rows(report: SampleReport) -> Iterator[dict[str, Any]]:
    for record in report.diff:
        for one in record.fields:
            yield {
                "object": record.object,
                "key": record.key,
                "destination_id": record.destination_id,
                "field": one.field,
                "source": one.source,
                "mapped": one.mapped,
                "held": one.held,
                "verdict": one.verdict,
                "reason": one.reason,
            }


def _shown(report: SampleReport) -> RenderableType:
    size = sum(report.records.values())
    head = f"{plural(size, 'record')} in {report.account['name']}, seed {report.seed}"
    if size > report.size:
        head += f": every sort of record with its parents needs more than {report.size}"
    parts: list[RenderableType] = [Text(head, style="bold"), _counted(report)]
    different = [row for row in _rows(report) if row["verdict"] in {DIFFERENT, MISSING}]
    if different:
        parts += [Text(f"\n{plural(len(different), 'field')} not as mapped"), _listed(different)]
    if report.rejects:
        parts += [Text(f"\n{plural(len(report.rejects), 'record')} rejected"), _rejected(report)]
    return Group(*parts)


def _counted(report: SampleReport) -> Table:
    found: dict[str, Counter[str]] = {name: Counter() for name in report.records}
    for row in _rows(report):
        found[row["object"]][row["verdict"]] += 1
    table = Table("object", "records", *VERDICTS, "rejected", box=None, pad_edge=False)
    rejected = Counter(one["object"] for one in report.rejects)
    for name, counts in found.items():
        fields = [f"{counts[verdict]:,}" for verdict in VERDICTS]
        table.add_row(name, f"{report.records[name]:,}", *fields, f"{rejected[name]:,}")
    return table


def _listed(rows: list[dict[str, Any]]) -> Table:
    table = Table("record", "field", "source", "mapped", "held", box=None, pad_edge=False)
    for row in rows[:MOST_SHOWN]:
        source = ", ".join(f"{name}: {value_text(value)}" for name, value in row["source"].items())
        told = [clip(text, MOST_CHARACTERS) for text in (source, *map(value_text, _values(row)))]
        table.add_row(f"{row['object']} {row['key']}", row["field"], *told)
    return table


def _values(row: dict[str, Any]) -> tuple[Any, Any]:
    return row["mapped"], "cannot be read back" if row["verdict"] == MISSING else row["held"]


def _rejected(report: SampleReport) -> Table:
    table = Table("record", "field", "rule", "why", box=None, pad_edge=False)
    for one in report.rejects[:MOST_SHOWN]:
        record = f"{one['object']} {one['key']}"
        table.add_row(record, one["field"], one["code"] or one["rule"], one["message"])
    return table
