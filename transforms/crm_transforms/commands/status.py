"""``status``: how far a migration is."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.report.summary import Summary


@click.command()
@shared_options(("table", "json"))
def status(context: click.Context, **shared: Any) -> None:
    """Say how far the migration is: staged, landed, rejected, and how the last run ended."""
    command = command_of(context, **shared)
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
