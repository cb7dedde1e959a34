"""The console script that every target exposes beside its Singer script."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from crm_transforms.collector import calm_collector
from crm_transforms.commands.approve import approve
from crm_transforms.commands.audit import audit
from crm_transforms.commands.cutover import cutover
from crm_transforms.commands.estimate import estimate
from crm_transforms.commands.load import apply, retry
from crm_transforms.commands.plan import plan
from crm_transforms.commands.reconcile import reconcile
from crm_transforms.commands.rejects import rejects
from crm_transforms.commands.report import report
from crm_transforms.commands.retention import compact, purge
from crm_transforms.commands.rollback import rollback
from crm_transforms.commands.sample import sample
from crm_transforms.commands.schema import schema
from crm_transforms.commands.status import status
from crm_transforms.failures import KNOWN_ERRORS, sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.singer import MigrationTarget

HELP = """Work on a migration to {name} from its journal, without reading the source again.

Settings come from the environment (or a .env file) as for the Singer script, or from --config.

Exit codes: 0 done, 1 failure, 2 usage, 3 rejects, 4 paused by budget, 5 approval missing or stale,
6 another run holds the lease."""


def console_script(target: type[MigrationTarget]) -> Callable[[], None]:
    """Make the console script of one target, e.g. ``target-pipedrive-migration``."""
    group = click.Group(
        name=f"{target.name}-migration",
        help=HELP.format(name=target.destination_name),
        commands=[
            plan,
            estimate,
            schema,
            sample,
            approve,
            apply,
            retry,
            rollback,
            status,
            reconcile,
            cutover,
            rejects,
            audit,
            report,
            compact,
            purge,
        ],
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    def run() -> None:
        calm_collector()
        try:
            group(obj=target)
        except Exception as error:
            for known, code in KNOWN_ERRORS:
                if isinstance(error, known):
                    click.echo(sentence(error), err=True)
                    sys.exit(int(code))
            raise

    return run
