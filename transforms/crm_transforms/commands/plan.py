"""``plan``: what a load would do, what it would cost, and what it would leave behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.exits import Exit
from crm_transforms.report.plan_summary import plan_summary
from crm_transforms.report.rebuild_inventory import rebuild_inventory
from crm_transforms.stages.prospect import is_possible, look_ahead

if TYPE_CHECKING:
    from crm_transforms.commands.command import Command
    from crm_transforms.mapping import Mapping
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.work import Work


@click.command()
@click.option(
    "--rebuild-inventory",
    "rebuild",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what does not move, with its evidence, to this Markdown file.",
)
@shared_options(("table", "json"))
def plan(context: click.Context, *, rebuild: Path | None, **shared: Any) -> None:
    """Say what a load would do, cost and leave behind. Writes nothing to the destination."""
    command = command_of(context, **shared)
    with command.session("plan") as (session, journal, mapping):
        if not journal.streams():
            click.echo("nothing is staged: run the tap with mode stage first", err=True)
            sys.exit(int(Exit.FAILURE))
        asked = Plan(command, mapping)
        code = session.carry_out(mapping, command.options(), "plan", asked.stage)
    if rebuild is not None and asked.value is not None:
        text = rebuild_inventory(asked.value, mapping.source, mapping.destination)
        rebuild.write_text(text, encoding="utf-8")
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Plan:
    """One call of the command.

    Attributes:
        value: what the journal keeps of it, once it is made.
    """

    def __init__(self, command: Command, mapping: Mapping) -> None:
        self._command = command
        self._mapping = mapping
        self.value: dict[str, Any] | None = None

    def stage(self, work: Work) -> Exit:
        """Look ahead and keep what is seen."""
        value = look_ahead(work, self._mapping, self._command.concurrency)
        work.journal.put(f"plan.{work.identity.id}", value)
        self.value = value
        return Exit.DONE if is_possible(value) else Exit.FAILURE

    def print(self, summary: Summary) -> None:
        """For people, or as JSON on standard output."""
        command, value = self._command, self.value
        if value is not None and command.format == "json":
            click.echo(json.dumps(value))
        elif value is not None:
            verb = "sample" if command.config.get("require_approval") else "apply"
            told = plan_summary(value, command.typed(verb if is_possible(value) else "plan"))
            command.console.print(told, soft_wrap=not command.console.is_terminal)
        for note in summary.notes:
            click.echo(note, err=True)
