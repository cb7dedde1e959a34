"""``rejects``: what could not land, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from crm_transforms.canonical import decode
from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.commands.listing import print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.journal import Journal, Reject
    from crm_transforms.journal.rows import Row

OWN = (
    "stage", "stream", "object", "key", "row_key", "line", "field", "rule", "code", "message",
    "place", "rejected_at",
)  # fmt: skip
COLUMNS = (*OWN, "row", "raw")
CHUNK = 1_000


@click.command()
@shared_options(("table", "json", "jsonl", "csv"))
def rejects(context: click.Context, **shared: Any) -> None:
    """List what could not land: record, field, rule, the API's own words, and the source's row."""
    command = command_of(context, **shared)
    with command.open_journal(command.settings()) as journal:
        if command.format != "table":
            print_rows(command.format, COLUMNS, _with_rows(journal))
            return
        table = Table("record", "field", "rule", "why", box=None)
        for batch in _batches(journal):
            for one in batch:
                record = f"{one.object or one.stream} {one.key or one.place}"
                table.add_row(record, one.field, one.code or one.rule, one.message)
        command.console.print(table)


def _with_rows(journal: Journal) -> Iterator[dict[str, Any]]:
    """Each reject with its staged row, or with its line as it came where it never was a row."""
    streams = {name: info.id for name, info in journal.streams().items()}
    for batch in _batches(journal):
        keys: dict[str, set[str]] = defaultdict(set)
        for one in batch:
            if one.stream in streams:
                keys[one.stream].add(_row_key(one))
        found = {name: journal.rows(streams[name], some) for name, some in keys.items()}
        for one in batch:
            row = found.get(one.stream, {}).get(_row_key(one))
            yield {
                **{name: getattr(one, name) for name in OWN},
                "row": _content(row),
                "raw": None if one.raw is None else one.raw.decode(errors="replace"),
            }


def _row_key(one: Reject) -> str:
    return (one.key if one.row_key is None else one.row_key) or ""


def _content(row: Row | None) -> Any:
    """A row as it was staged; none where ``compact`` dropped it."""
    return decode(row.body) if row is not None and row.has_body else None


def _batches(journal: Journal) -> Iterator[Sequence[Reject]]:
    after = 0
    while batch := journal.rejects(after_id=after, limit=CHUNK):
        yield batch
        after = batch[-1].id
