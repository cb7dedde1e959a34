"""``audit``: the trail of operations, and whether somebody has changed it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.journal import Journal, OperationRecord

CHUNK = 1_000


@click.command()
@click.option("--verify", is_flag=True, help="Check the chain of digests instead of printing.")
@click.option("--head", help="A head that was noted earlier; it must be part of the chain.")
@shared_options(("jsonl", "json"))
def audit(context: click.Context, *, verify: bool, head: str | None, **shared: Any) -> None:
    """Print every operation with record, verdict and values; or verify that none was changed."""
    command = command_of(context, **shared)
    with command.open_journal(command.settings()) as journal:
        if verify or head:
            report = journal.verify_chain(head)
            click.echo(json.dumps({**asdict(report), "valid": report.is_valid}))
            if not report.is_valid:
                sys.exit(int(Exit.FAILURE))
            return
        entries = (_entry(operation) for operation in _operations(journal))
        if command.format == "json":
            click.echo(json.dumps(list(entries), indent=2))
        else:
            for entry in entries:
                click.echo(json.dumps(entry))


def _operations(journal: Journal) -> Iterator[OperationRecord]:
    after = 0
    while page := journal.operations(after_id=after, limit=CHUNK):
        yield from page
        after = page[-1].id


def _entry(operation: OperationRecord) -> dict[str, Any]:
    return {
        "operation": operation.id,
        "run": operation.run_id,
        "account": operation.identity,
        "object": operation.object,
        "target": operation.target,
        "kind": operation.kind.value,
        "key": operation.key,
        "destination_id": operation.destination_id,
        "status": None if operation.status is None else operation.status.value,
        "code": operation.code,
        "message": operation.message,
        "fields": _json(operation.payload.fields),
        "before": _json(operation.before),
        "after": _json(operation.after),
        "intended_at": operation.intended_at,
        "decided_at": operation.decided_at,
    }


def _json(text: bytes | None) -> Any:
    return None if text is None else json.loads(text)
