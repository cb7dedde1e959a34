"""``cutover``: the last look, and the end of picking up changes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.commands.reconcile import shown
from crm_transforms.exits import Exit
from crm_transforms.stages.cutover import close_window, open_ends, reopen_window
from crm_transforms.stages.reconcile import Reconciliation
from crm_transforms.stages.window import Window

if TYPE_CHECKING:
    from crm_transforms.commands.command import Command
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.reconcile import ReconciliationReport
    from crm_transforms.stages.work import Work


@click.command()
@click.option("--accept", is_flag=True, help="Cut over although something is amiss.")
@click.option("--reopen", is_flag=True, help="Let loads begin again after a cutover.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options(("table", "json"))
def cutover(
    context: click.Context, *, accept: bool, reopen: bool, yes: bool, **shared: Any
) -> None:
    """End the migration: nothing may be left to load, and a whole reconciliation must be clean.

    From then on nothing is loaded any more, until --reopen.
    """
    if not (yes or reopen or sys.stdin.isatty()):
        raise click.UsageError("nobody is there to be asked: give --yes")
    command = command_of(context, **shared)
    asked = Cutover(command, accept=accept, reopen=reopen, yes=yes)
    with command.session("cutover") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "cutover", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Cutover:
    """One call of the command."""

    def __init__(self, command: Command, *, accept: bool, reopen: bool, yes: bool) -> None:
        self._command = command
        self._accept = accept
        self._reopen = reopen
        self._yes = yes
        self._said: list[str] = []
        self._window = Window()
        self._report: ReconciliationReport | None = None

    def stage(self, work: Work) -> Exit:
        """Look whether all is done, compare, ask, and close the window."""
        self._window = Window.of(work.journal)
        if self._reopen:
            self._window = reopen_window(work.journal)
            self._said.append("the window is open: loads may begin again")
            return Exit.DONE
        if self._window.is_closed:
            self._said.append(f"already cut over, at {self._window.closed_at}")
            return Exit.DONE
        if ends := open_ends(work):
            self._said += [*ends, f"not cut over; next: `{self._command.typed('apply')}`"]
            return Exit.FAILURE
        self._report = Reconciliation(work).run()
        if not (self._report.clean or self._accept):
            accepting = self._command.typed("cutover --accept")
            self._said.append(f"not cut over; if all of this may stay: `{accepting}`")
            return Exit.REJECTS
        if not self._yes and not click.confirm(_question(work, self._report), err=True):
            self._said.append("not cut over")
            return Exit.FAILURE
        self._window = close_window(work.journal)
        self._said.append(f"cut over at {self._window.closed_at}: nothing is loaded any more")
        return Exit.DONE

    def print(self, summary: Summary) -> None:
        """For people, or as JSON on standard output."""
        report = self._report
        if self._command.format == "json":
            told = None if report is None else report.as_json()
            notes = self._said + summary.notes
            window = asdict(self._window)
            click.echo(json.dumps({"window": window, "reconciliation": told, "notes": notes}))
            return
        console = self._command.console
        if report is not None:
            console.print(shown(report), soft_wrap=not console.is_terminal)
        for line in (*self._said, *summary.notes):
            console.print(line, soft_wrap=True)
        if self._window.warning:
            console.print(self._window.warning, soft_wrap=True)


def _question(work: Work, report: ReconciliationReport) -> str:
    found = "is as it should be" if report.clean else "is not as it should be"
    return f"{work.identity.name} {found}. Nothing will be loaded any more. Cut over?"
