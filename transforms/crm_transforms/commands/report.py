"""``report``: a migration on one page, from its journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import make_url

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.destination import SettingError
from crm_transforms.report.collect import collect
from crm_transforms.report.private import write_private
from crm_transforms.settings import migration_folder

if TYPE_CHECKING:
    from crm_transforms.report.collect import Report
    from crm_transforms.settings import MigrationSettings


@click.command()
@click.option(
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; default: <source>-<target>-report.html beside the journal. "
    "JSON goes to standard output by default.",
)
@click.option("--account", default="", help="Id of the account; default: the last one worked on.")
@shared_options(("html", "json"))
def report(context: click.Context, *, path: Path | None, account: str, **shared: Any) -> None:
    """Write one page about the migration: what arrived, what did not and why, and the proof.

    It asks no account and needs no network. It holds personal data, so only you can read it.
    """
    command = command_of(context, **shared)
    settings = command.settings()
    with command.open_journal(settings) as journal:
        found = collect(journal, command.target.name, account=account, mapping=settings.mapping)
    if command.format == "json" and path is None:
        click.echo(_json(found))
        return
    path = path or default_path(settings)
    try:
        write_private(path, _page(found) if command.format == "html" else _json(found))
    except OSError as error:
        raise SettingError(f"the report cannot be written: {error}") from error
    click.echo(path)


def default_path(settings: MigrationSettings) -> Path:
    """Beside the journal; where a server keeps that, in the folder that would hold it."""
    url = make_url(settings.journal)
    is_file = url.get_backend_name() == "sqlite" and url.database
    folder = Path(str(url.database)).parent if is_file else migration_folder()
    return folder / f"{settings.source}-{settings.target}-report.html"


def _page(found: Report) -> str:
    from crm_transforms.report.html import (  # noqa: PLC0415 - 80 ms that other commands need not pay
        render,
    )

    return render(found)


def _json(found: Report) -> str:
    return json.dumps(found.as_json())
