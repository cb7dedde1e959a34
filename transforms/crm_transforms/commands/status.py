"""``status``: how far a migration is, also while it is loaded."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.report.standing import Standing
from crm_transforms.report.summary import Summary
from crm_transforms.report.words import moment, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.commands.command import Command
    from crm_transforms.report.standing import Progressing


@click.command()
@click.option("--watch", is_flag=True, help="Follow the load that is under way until it ends.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="Seconds between two looks.",
)
@shared_options(("table", "json"))
def status(context: click.Context, *, watch: bool, interval: float, **shared: Any) -> None:
    """Say how far the migration is: staged, landed, rejected, and how the last run ended.

    Holds up nobody: a load that is under way goes on, and is told about.
    """
    command = command_of(context, **shared)
    settings = command.settings()
    with command.open_journal(settings) as journal:

        def look() -> Standing:
            return Standing.of(journal, settings.mapping)

        standing = _watched(command, look, interval) if watch else look()
        if command.format == "json":
            click.echo(json.dumps(standing.as_json(), indent=None if watch else 2))
        else:
            command.console.print(_shown(standing), soft_wrap=not command.console.is_terminal)


def _watched(command: Command, look: Callable[[], Standing], interval: float) -> Standing:
    """Look again and again until no run is under way."""
    console = command.console
    if command.format == "json" or not console.is_terminal:
        said = ""
        while (standing := look()).running is not None:
            if command.format == "json":
                click.echo(json.dumps(standing.as_json()))
            elif standing.running.line != said:
                said = standing.running.line
                console.print(said, soft_wrap=True)
            time.sleep(interval)
        return standing
    with Live(console=console, transient=True, auto_refresh=False) as live:
        while (standing := look()).running is not None:
            live.update(_running(standing.running), refresh=True)
            time.sleep(interval)
    return standing


def _shown(standing: Standing) -> RenderableType:
    streams = Table("stream", "records", "gone", "read whole", box=None, pad_edge=False)
    for name, info in standing.streams.items():
        whole = "yes" if info.completed_pass else "no"
        streams.add_row(name, number(info.records), number(info.gone), whole)
    parts: list[RenderableType] = [streams, Text(f"\nwindow: {_window(standing)}")]
    parts += [Text(f"· {one}") for one in standing.warnings]
    if standing.running is not None:
        return Group(*parts, _running(standing.running))
    for run in standing.runs[-1:]:
        ended = moment(run.ended_at, seconds=True) if run.ended_at else "not ended"
        began = moment(run.started_at, seconds=True)
        parts.append(Text(f"last run: {run.id}, {run.verb}, {began} to {ended}"))
        if run.summary:
            parts.append(Summary.from_json(run.summary).render())
    return Group(*parts)


def _window(standing: Standing) -> str:
    window = standing.window
    if window.opened_at is None:
        return "not opened: nothing was read yet"
    if window.is_closed:
        return f"closed by the cutover at {moment(window.closed_at)}"
    return f"open since {moment(window.opened_at)}"


def _running(running: Progressing) -> RenderableType:
    table = Table("object", "done", "to do", "rejected", box=None, pad_edge=False)
    for part in running.parts:
        left = part.total - part.done
        style = "bold" if part.object == running.current else ""
        cells = (number(part.done), number(left), number(part.rejected))
        table.add_row(part.object, *cells, style=style)
    head = Text(f"{running.verb} is under way since {moment(running.since, seconds=True)}")
    return Group(head, table, Text(running.line))
