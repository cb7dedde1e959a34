"""``apply`` and ``retry``: load from the journal, without reading the source again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from crm_transforms.commands.command import Command
    from crm_transforms.stages.work import Options


@click.command()
@click.option(
    "--accept-deletes", is_flag=True, help="Believe that rows missing from a whole pass are gone."
)
@click.option("--force", is_flag=True, help="Overwrite what people changed in the destination.")
@shared_options(("table", "json"))
def apply(context: click.Context, *, accept_deletes: bool, force: bool, **shared: Any) -> None:
    """Load what is staged; goes on where a paused or killed run stopped."""
    command = command_of(context, **shared)
    _load(command, "apply", command.options(force=force), accept_deletes=accept_deletes)


@click.command()
@shared_options(("table", "json"))
def retry(context: click.Context, **shared: Any) -> None:
    """Take up again what was rejected, after its cause is mended."""
    command = command_of(context, **shared)
    _load(command, "retry", command.options(retry=True), accept_deletes=False)


def _load(command: Command, verb: str, options: Options, *, accept_deletes: bool) -> None:
    with command.session(verb) as (session, journal, mapping):
        if accept_deletes:
            for info in journal.streams().values():
                journal.accept_missing(info.id)
        code = session.load(mapping, options, verb=verb)
    command.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))
