"""``apply`` and ``retry``: load from the journal, without reading the source again."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.destination import SettingError
from crm_transforms.exits import Exit
from crm_transforms.report.progress import ProgressReport
from crm_transforms.session import Session
from crm_transforms.stages.work import Options

if TYPE_CHECKING:
    from crm_transforms.commands.command import Command


@click.command()
@click.option(
    "--accept-deletes", is_flag=True, help="Believe that rows missing from a whole pass are gone."
)
@click.option("--force", is_flag=True, help="Overwrite what people changed in the destination.")
@shared_options(("table", "json"))
def apply(context: click.Context, *, accept_deletes: bool, force: bool, **shared: Any) -> None:
    """Load what is staged; goes on where a paused or killed run stopped."""
    _load(
        command_of(context, **shared), "apply", Options(force=force), accept_deletes=accept_deletes
    )


@click.command()
@shared_options(("table", "json"))
def retry(context: click.Context, **shared: Any) -> None:
    """Take up again what was rejected, after its cause is mended."""
    _load(command_of(context, **shared), "retry", Options(retry=True), accept_deletes=False)


def _load(command: Command, verb: str, options: Options, *, accept_deletes: bool) -> None:
    settings = command.settings()
    if settings.mapping is None:
        raise SettingError("there is no mapping: a plain loader keeps nothing to load again")
    with ExitStack() as stack:
        journal = stack.enter_context(command.open_journal(settings))
        stack.enter_context(journal.lease(verb))
        if accept_deletes:
            for info in journal.streams().values():
                journal.accept_missing(info.id)
        progress = stack.enter_context(ProgressReport(command.console))
        destination = command.target.open_destination(command.config)
        stack.callback(destination.close)
        session = Session(settings, journal, destination, progress)
        options = replace(
            options, fallback_owner=settings.fallback_owner, settle=command.target.settle
        )
        code = session.load(settings.mapping, options, verb=verb)
    command.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))
