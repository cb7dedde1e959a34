"""``rejects``: what could not land, and why."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from crm_transforms.commands.command import command_of, shared_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.journal import Journal, Reject

COLUMNS = (
    "stage", "stream", "object", "key", "field", "rule", "code", "message", "place", "rejected_at",
)  # fmt: skip
CHUNK = 1_000


@click.command()
@shared_options(("table", "json", "jsonl", "csv"))
def rejects(context: click.Context, **shared: Any) -> None:
    """List what could not land: record, field, rule, and the API's own words."""
    command = command_of(context, **shared)
    with command.open_journal(command.settings()) as journal:
        found = _rejects(journal)
        rows = ({name: getattr(one, name) for name in COLUMNS} for one in found)
        if command.format == "table":
            table = Table("record", "field", "rule", "why", box=None)
            for one in found:
                record = f"{one.object or one.stream} {one.key or one.place}"
                table.add_row(record, one.field, one.code or one.rule, one.message)
            command.console.print(table)
        elif command.format == "csv":
            writer = csv.DictWriter(sys.stdout, COLUMNS)
            writer.writeheader()
            for row in rows:
                writer.writerow({name: _harmless(value) for name, value in row.items()})
        elif command.format == "json":
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
    """A cell no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
