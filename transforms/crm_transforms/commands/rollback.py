"""``rollback``: take a load back."""

from __future__ import annotations

import json
import sys
from itertools import chain
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.destination import SCHEMA
from crm_transforms.exits import Exit
from crm_transforms.journal.undoing import Extent
from crm_transforms.stages.undo import Undo
from crm_transforms.stages.undo_scope import UndoScope, problem, sampled_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.commands.command import Command
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.undo_log import UndoReport
    from crm_transforms.stages.work import Work

MOST_SHOWN = 20
"""Rows of what was kept that a terminal shows; ``--format json`` and ``rejects`` have more."""


@click.command()
@click.option("--run", "runs", type=int, multiple=True, help="Only what this run did; repeatable.")
@click.option(
    "--object", "objects", multiple=True, help="Only this object of the mapping; repeatable."
)
@click.option("--sample", is_flag=True, help="Only what the last sample did.")
@click.option("--force", is_flag=True, help="Take back also what people changed since.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options(("table", "json"))
def rollback(
    context: click.Context,
    *,
    runs: tuple[int, ...],
    objects: tuple[str, ...],
    sample: bool,
    force: bool,
    dry: bool,
    yes: bool,
    **shared: Any,
) -> None:
    """Take back what was loaded: ours is removed, what was changed gets back what it held.

    What a person changed or added since stays and is listed. Goes on where a killed one stopped.
    """
    if sample and runs:
        raise click.UsageError("--sample names the runs itself: leave out --run")
    if not (yes or dry or sys.stdin.isatty()):
        raise click.UsageError("nobody is there to be asked: give --yes, or --dry-run to look")
    command = command_of(context, **shared)
    asked = Rollback(
        command, UndoScope(tuple(sorted(set(runs))), objects, sample), dry=dry, yes=yes
    )
    with command.session("rollback") as (session, _, mapping):
        verb = "rollback --dry-run" if dry else "rollback"
        code = session.carry_out(mapping, command.options(force=force), verb, asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Rollback:
    """One call of the command."""

    def __init__(self, command: Command, scope: UndoScope, *, dry: bool, yes: bool) -> None:
        self._command = command
        self._scope = scope
        self._dry = dry
        self._yes = yes
        self._report: UndoReport | None = None
        self._refusal = ""
        self._lasting: list[str] = []

    def stage(self, work: Work) -> Exit:
        """Ask, and take it back."""
        scope = self._scope
        if scope.sample:
            scope = UndoScope(sampled_runs(work), scope.objects, sample=True)
        self._refusal = problem(work, scope)
        if self._refusal:
            return Exit.USAGE
        extent = work.journal.undo_extent(work.identity.id, scope.runs)
        extent = {name: one for name, one in extent.items() if scope.covers(name)}
        if self._dry:
            self._lasting = _lasting(work, extent)
        elif not self._yes:
            asked = f"{question(work.identity.name, extent)} Go on?"
            if not click.confirm(asked, err=True):
                self._refusal = "nothing was changed"
                return Exit.FAILURE
        self._report = Undo(work, scope, dry=self._dry).run()
        return Exit.REJECTS if self._report.kept else Exit.DONE

    def print(self, summary: Summary) -> None:
        """For people, or as JSON on standard output."""
        if self._refusal:
            click.echo(self._refusal, err=True)
        if self._command.format == "json":
            told = {} if self._report is None else self._report.as_json()
            more = {
                "dry_run": self._dry,
                "lasting": self._lasting,
                "notes": summary.notes,
                "spent": dict(summary.spent),
                "chain_head": summary.chain_head,
            }
            click.echo(json.dumps({**told, **more}))
            return
        if self._report is not None:
            self._print(self._report)
        for note in summary.notes:
            self._command.console.print(Text(f"· {note}"))
        spent = ", ".join(f"{count:,} {name}" for name, count in summary.spent.items())
        self._command.console.print(f"{summary.seconds:.1f} s; {spent}")

    def _print(self, report: UndoReport) -> None:
        console = self._command.console
        names = dict.fromkeys([*report.removed, *report.restored, *report.released])
        table = Table("object", "removed", "restored", "released", box=None, pad_edge=False)
        for name in names:
            counts = (report.removed, report.restored, report.released)
            table.add_row(name, *[f"{count.get(name, 0):,}" for count in counts])
        if names:
            console.print(table)
        else:
            console.print("there is nothing to take back")
        if report.kept:
            console.print(f"\nkept: {len(report.kept) + report.more_kept:,}")
            table = Table("record", "id", "field", "why", box=None, pad_edge=False)
            for one in report.kept[:MOST_SHOWN]:
                told = (f"{one.object} {one.key}", one.destination_id, one.field, one.why)
                table.add_row(*map(Text, told))
            console.print(table)
        if self._dry:
            console.print("\na dry run: nothing was changed. What no rollback takes back:")
            for sentence in self._lasting:
                console.print(Text(f"· {sentence}"))


def _lasting(work: Work, extent: Mapping[str, Extent]) -> list[str]:
    """What the destination says that nothing takes back, each sentence once."""
    targets = [work.mapping.objects[name].target for name in extent if name in work.mapping.objects]
    told = [work.destination.lasting(name) for name in ("", *targets, SCHEMA)]
    return list(dict.fromkeys(chain.from_iterable(told)))


def question(account: str, extent: Mapping[str, Extent]) -> str:
    """How much will go and come back, in a sentence."""
    made = {name: one.made for name, one in extent.items() if one.made and name != SCHEMA}
    parts = ", ".join(f"{count:,} {name}" for name, count in made.items())
    fields = extent.get(SCHEMA, Extent()).made
    restored = sum(one.changed for name, one in extent.items() if name != SCHEMA)
    return (
        f"{account}: {sum(made.values()):,} records {f'({parts}) ' if parts else ''}and "
        f"{fields:,} custom fields will be removed, {restored:,} records restored."
    )
