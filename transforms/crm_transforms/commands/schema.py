"""``schema``: the custom fields that the account needs, as a manifest or made."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.destination import Packaging, SettingError
from crm_transforms.exits import Exit
from crm_transforms.report.spreadsheet import write_csv
from crm_transforms.stages.manifest import records_of
from crm_transforms.stages.schema_run import SchemaRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.commands.command import Command
    from crm_transforms.destination import FieldSpec
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.work import Work

COLUMNS = ("target", "name", "state", "type", "label", "priority", "options")


@click.command()
@click.option("--apply", "make", is_flag=True, help="Make what is missing, and read it back.")
@click.option(
    "--package",
    "folder",
    type=click.Path(file_okay=False, writable=True, path_type=Path),
    help="Write what is missing into this folder, as files that an administrator can deploy.",
)
@shared_options(("table", "json", "csv"))
def schema(context: click.Context, *, make: bool, folder: Path | None, **shared: Any) -> None:
    """List the custom fields that the mapping needs: there, missing, in conflict, without room.

    An administrator can make them by this list or, where the destination deploys files, by those of
    --package; --apply makes them, and touches no record.
    """
    if make and folder is not None:
        raise click.UsageError("--apply makes what --package would leave to others: choose one")
    command = command_of(context, **shared)
    asked = Schema(command, make=make, folder=folder)
    with command.session("schema") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "schema", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Schema:
    """One call of the command."""

    def __init__(self, command: Command, *, make: bool, folder: Path | None) -> None:
        self._command = command
        self._make = make
        self._folder = folder
        self._rows: list[dict[str, Any]] = []

    def stage(self, work: Work) -> Exit:
        """Compare, or make."""
        run = SchemaRun(work)
        manifests = run.apply() if self._make else run.look()
        if self._folder is not None:
            self._pack(work, manifests)
        customs = work.mapping.manifest()
        specs = {(custom.target, custom.spec.name): custom.spec for custom in customs}
        priorities = {(custom.target, custom.spec.name): custom.priority for custom in customs}
        for manifest in manifests:
            if manifest.make is not None:
                self._rows.append(self._row_of_object(manifest))
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

    def _row_of_object(self, manifest: Manifest) -> dict[str, Any]:
        label, _ = manifest.make or ("", "")
        return {
            "target": manifest.target,
            "name": "",
            "state": "made" if self._make else "missing",
            "type": "object",
            "label": label,
            "priority": 100,
            "options": [],
        }

    def _pack(self, work: Work, manifests: Sequence[Manifest]) -> None:
        """Write the files; whatever else is in the folder stays."""
        if not isinstance(work.destination, Packaging):
            raise SettingError(f"{work.destination.name} takes no files; use the list as CSV")
        records = records_of(manifests)
        files = work.destination.package(records) if records else {}
        for name, content in files.items():
            path = Path(self._folder or ".") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        text = f"{len(files)} files are in {self._folder}" if files else "nothing is missing"
        click.echo(text, err=True)

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
