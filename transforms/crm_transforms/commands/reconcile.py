"""``reconcile``: whether the account holds what the source and the mapping say it should."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.commands.listing import cell
from crm_transforms.exits import Exit
from crm_transforms.report.spreadsheet import write_csv
from crm_transforms.report.words import clip, plural, value_text
from crm_transforms.stages.reconcile import Reconciliation

if TYPE_CHECKING:
    from crm_transforms.commands.command import Command
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.reconcile import Disagreement, ReconciliationReport
    from crm_transforms.stages.work import Work

COLUMNS = ("object", "key", "destination_id", "field", "wanted", "found", "why")
COUNTS = (
    "source", "wanted", "landed", "rejected", "waiting", "compared", "destination",
    "deleted_there", "edited_there", "different",
)  # fmt: skip
MOST_SHOWN = 50
"""Differences that a terminal shows; ``--format csv`` has all of them."""
MOST_CHARACTERS = 60


@click.command()
@click.option(
    "--share",
    type=click.FloatRange(min=0, max=1, min_open=True),
    default=1.0,
    show_default=True,
    help="Of the records to read back; which ones, their keys decide.",
)
@shared_options(("table", "json", "csv"))
def reconcile(context: click.Context, *, share: float, **shared: Any) -> None:
    """Read everything back and compare it; writes nothing to the account.

    Tells apart what people deleted or changed there, and what is not as the mapping wants it.
    Exit code 3 when anything is amiss.
    """
    command = command_of(context, **shared)
    asked = Reconcile(command, share)
    with command.session("reconcile") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "reconcile", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Reconcile:
    """One call of the command."""

    def __init__(self, command: Command, share: float) -> None:
        self._command = command
        self._share = share
        self._report: ReconciliationReport | None = None

    def stage(self, work: Work) -> Exit:
        """Compare; as CSV the differences are printed while they are found."""
        tell = None
        if self._command.format == "csv":
            write_csv(sys.stdout, COLUMNS, [])
            tell = _print_row
        self._report = Reconciliation(work, self._share, tell).run()
        return Exit.DONE if self._report.clean else Exit.REJECTS

    def print(self, summary: Summary) -> None:
        """For people, or as JSON on standard output."""
        if self._report is not None and self._command.format == "json":
            click.echo(json.dumps(self._report.as_json()))
        elif self._report is not None:
            console = self._command.console
            console.print(shown(self._report), soft_wrap=not console.is_terminal)
        for note in summary.notes:
            click.echo(note, err=True)


def _print_row(found: Disagreement) -> None:
    row = {name: cell(value) for name, value in asdict(found).items()}
    write_csv(sys.stdout, COLUMNS, [row], head=False)


def shown(report: ReconciliationReport) -> RenderableType:
    """A reconciliation for a terminal."""
    verdict = "clean" if report.clean else "something is amiss"
    part = "" if report.share >= 1 else f", {report.share:.1%} of the records read back"
    head = f"{report.account['name']} ({report.account['id']}): {verdict}{part}"
    parts: list[RenderableType] = [Text(head, style="bold"), _balances(report)]
    if any(one["broken"] for one in report.lookups):
        parts += [Text("\nbroken lookups"), _lookups(report)]
    parts += [
        Text(f"· {one['object']}: {plural(one['records'], 'record')} {one['rule']}")
        for one in report.orphans
    ]
    people = ", ".join(f"{count:,} {verdict}" for verdict, count in report.people.items() if count)
    if people:
        parts.append(Text(f"· people: {people}"))
    count = len(report.differences) + report.more_differences
    if count:
        parts += [Text(f"\n{plural(count, 'difference')}"), _differences(report)]
    return Group(*parts)


def _balances(report: ReconciliationReport) -> Table:
    names = [
        name
        for name in COUNTS
        if name in {"source", "wanted", "landed", "destination"}
        or any(getattr(one, name) for one in report.objects)
    ]
    columns = [name.replace("_", " ") for name in names]
    table = Table("object", *columns, box=None, pad_edge=False)
    for one in report.objects:
        table.add_row(one.object, *[f"{getattr(one, name):,}" for name in names])
    return table


def _lookups(report: ReconciliationReport) -> Table:
    table = Table("object", "field", "filled", "empty", "broken", box=None, pad_edge=False)
    for one in report.lookups:
        if one["broken"]:
            counts = [f"{one[name]:,}" for name in ("filled", "empty", "broken")]
            table.add_row(one["object"], one["field"], *counts)
    return table


def _differences(report: ReconciliationReport) -> Table:
    table = Table("record", "id", "field", "wanted", "found", "why", box=None, pad_edge=False)
    for one in report.differences[:MOST_SHOWN]:
        told = ["", ""]
        if one.field:
            told = [clip(value_text(each), MOST_CHARACTERS) for each in (one.wanted, one.found)]
        table.add_row(f"{one.object} {one.key}", one.destination_id, one.field, *told, one.why)
    return table
