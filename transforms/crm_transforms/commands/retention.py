"""``compact`` and ``purge``: how much the journal keeps."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.exits import Exit
from crm_transforms.journal.retention import ROLLBACK_WINDOW


@click.command()
@click.option(
    "--window",
    "days",
    type=click.IntRange(min=0),
    default=ROLLBACK_WINDOW.days,
    show_default=True,
    help="Days within which a load can still be taken back.",
)
@shared_options(("table", "json"))
def compact(context: click.Context, *, days: int, **shared: Any) -> None:
    """Drop the content of what has landed, outside the rollback window; the trail stays."""
    command = command_of(context, **shared)
    with command.open_journal(command.settings()) as journal, journal.lease("compact"):
        freed = journal.compact(timedelta(days=days))
        size = journal.size()
    if command.format == "table":
        command.console.print(f"{freed:,} bytes given back; the journal takes {size:,}")
    else:
        click.echo(json.dumps({"freed": freed, "size": size}))


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options(("table", "json"))
def purge(context: click.Context, *, yes: bool, **shared: Any) -> None:
    """Empty the journal of all data. Ends rollback, delta and resume; the audit digests stay."""
    command = command_of(context, **shared)
    with command.open_journal(command.settings()) as journal, journal.lease("purge"):
        if journal.has_open_operations():
            click.echo(
                "operations of an interrupted run are open: `apply` first, so that it is known "
                "what became of them",
                err=True,
            )
            sys.exit(int(Exit.FAILURE))
        question = "This ends every possibility of rollback, delta and resume. Go on?"
        if not yes and not click.confirm(question, err=True):
            sys.exit(int(Exit.FAILURE))
        journal.purge()
        size = journal.size()
        head = journal.chain_head()
    if command.format == "table":
        command.console.print(f"emptied; the journal takes {size:,} bytes, audit head {head}")
    else:
        click.echo(json.dumps({"size": size, "chain_head": head}))
