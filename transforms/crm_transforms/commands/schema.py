"""``schema``: the custom fields that the account needs, as a manifest or made."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.exits import Exit
from crm_transforms.report.spreadsheet import write_csv
from crm_transforms.stages.schema_run import SchemaRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.commands.command import Command
    from crm_transforms.destination import FieldSpec
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.work import Work

COLUMNS = ("target", "name", "state", "type", "label", "priority", "options")


@click.command()
@click.option("--apply", "make", is_flag=True, help="Make what is missing, and read it back.")
@shared_options(("table", "json", "csv"))
def schema(context: click.Context, *, make: bool, **shared: Any) -> None:
    """List the custom fields that the mapping needs: there, missing, in conflict, without room.

    An administrator can make them by this list; --apply makes them, and touches no record.
    """
    command = command_of(context, **shared)
    asked = Schema(command, make=make)
    with command.session("schema") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "schema", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Schema:
    """One call of the command."""

    def __init__(self, command: Command, *, make: bool) -> None:
        self._command = command
        self._make = make
        self._rows: list[dict[str, Any]] = []

    def stage(self, work: Work) -> Exit:
        """Compare, or make."""
        run = SchemaRun(work)
        manifests = run.apply() if self._make else run.look()
        customs = work.mapping.manifest()
        specs = {(custom.target, custom.spec.name): custom.spec for custom in customs}
        priorities = {(custom.target, custom.spec.name): custom.priority for custom in customs}
        for manifest in manifests:
            for spec, state in self._states(manifest, specs):
                self._rows.append(
                    {
                        "target": manifest.target,
                        "name": spec.name,
                        "state": state,
                        "type": spec.type,
                        "label": spec.label,
                        "priority": priorities[manifest.target, spec.name],
                        "options": list(spec.options),
                    }
                )
        return Exit.FAILURE if any(manifest.conflicts for manifest in manifests) else Exit.DONE

    def _states(
        self, manifest: Manifest, specs: dict[tuple[str, str], FieldSpec]
    ) -> Iterator[tuple[FieldSpec, str]]:
        grown = {spec.name for spec in manifest.grown}
        for spec in manifest.missing:
            yield spec, "made" if self._make else "missing"
        for spec in manifest.grown:
            yield spec, "options added" if self._make else "options missing"
        for name in manifest.existing:
            if name not in grown:
                yield specs[manifest.target, name], "there"
        for spec in manifest.optionless:
            yield spec, "waits for its first option"
        for spec in manifest.dropped:
            yield spec, "no room"
        for name, _, there in manifest.conflicts:
            yield specs[manifest.target, name], f"conflict: {there} there"

    def print(self, summary: Summary) -> None:
        """The manifest for people, scripts or spreadsheets."""
        command = self._command
        if command.format == "json":
            click.echo(json.dumps({"fields": self._rows, "notes": summary.notes}))
        elif command.format == "csv":
            joined = ({**row, "options": ", ".join(row["options"])} for row in self._rows)
            write_csv(sys.stdout, COLUMNS, joined)
        else:
            table = Table(*COLUMNS, box=None, pad_edge=False)
            for row in self._rows:
                cells = {**row, "options": ", ".join(row["options"])}
                table.add_row(*[str(cells[name]) for name in COLUMNS])
            command.console.print(table)
            if any(row["state"] == "missing" for row in self._rows):
                command.console.print(f"next: {command.typed('schema --apply')}")
        for note in summary.notes:
            click.echo(note, err=True)
