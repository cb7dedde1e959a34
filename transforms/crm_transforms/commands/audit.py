"""``audit``: the trail of operations, and whether somebody has changed it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.canonical import decode
from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.commands.listing import print_rows
from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.journal import Journal, OperationRecord
    from crm_transforms.mapping import Mapping

COLUMNS = (
    "operation", "run", "account", "object", "target", "kind", "action", "undoes", "key", "row_key",
    "destination_id", "rule", "status", "code", "message", "fields", "before", "after", "dropped",
    "intended_at", "decided_at",
)  # fmt: skip
CHUNK = 1_000


@click.command()
@click.option("--run", "run", type=int, help="Only what this run did.")
@click.option("--verify", is_flag=True, help="Check the chain of digests instead of printing.")
@click.option("--head", help="A head that was noted earlier; it must be part of the chain.")
@shared_options(("jsonl", "json", "csv"))
def audit(
    context: click.Context, *, run: int | None, verify: bool, head: str | None, **shared: Any
) -> None:
    """Print every operation with record, rule, verdict and values; or verify the trail."""
    command = command_of(context, **shared)
    settings = command.settings()
    with command.open_journal(settings) as journal:
        if verify or head:
            report = journal.verify_chain(head)
            click.echo(json.dumps({**asdict(report), "valid": report.is_valid}))
            if not report.is_valid:
                sys.exit(int(Exit.FAILURE))
            return
        print_rows(command.format, COLUMNS, Trail(journal, settings.mapping).entries(run))


class Trail:
    """The operations of a journal, each with the rule that it came from.

    Args:
        journal: the journal.
        mapping: the present document; it says nothing about operations by an earlier one.
    """

    def __init__(self, journal: Journal, mapping: Mapping | None) -> None:
        self._journal = journal
        self._places: dict[str, str] = {}
        self._runs: set[int] = set()
        if mapping is not None:
            self._places = {name: obj.place() for name, obj in mapping.objects.items()}
            self._runs = {run.id for run in journal.runs() if run.mapping_hash == mapping.hash}

    def entries(self, run: int | None) -> Iterator[dict[str, Any]]:
        """Operations in the order of intent, of one run or of all."""
        after = 0
        while page := self._journal.operations(run, after_id=after, limit=CHUNK):
            yield from map(self._entry, page)
            after = page[-1].id

    def _entry(self, operation: OperationRecord) -> dict[str, Any]:
        """One operation; of what `compact` dropped, the values are null and ``dropped`` says so."""
        payload = operation.payload
        by_this_document = operation.run_id in self._runs
        return {
            "operation": operation.id,
            "run": operation.run_id,
            "account": operation.identity,
            "object": operation.object,
            "target": operation.target,
            "kind": operation.kind.value,
            "action": operation.action,
            "undoes": operation.undoes,
            "key": operation.key,
            "row_key": operation.row_key,
            "destination_id": operation.destination_id,
            "rule": self._places.get(operation.object) if by_this_document else None,
            "status": None if operation.status is None else operation.status.value,
            "code": operation.code,
            "message": operation.message,
            "fields": _json(payload.fields) if payload.is_whole else None,
            "before": _json(payload.before) if payload.is_whole else None,
            "after": _json(payload.after) if payload.is_whole or payload.packed_after else None,
            "dropped": not payload.is_whole,
            "intended_at": operation.intended_at,
            "decided_at": operation.decided_at,
        }


def _json(text: bytes | None) -> Any:
    return None if text is None else decode(text)
