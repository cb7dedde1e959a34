"""``approve``: say that the load may begin, once the sample was looked at."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from crm_transforms.commands.command import command_of, shared_options
from crm_transforms.exits import Exit
from crm_transforms.next_steps import typed_sample
from crm_transforms.report.words import plural
from crm_transforms.stages.approval import Approvals

if TYPE_CHECKING:
    from crm_transforms.commands.command import Command
    from crm_transforms.report.summary import Summary
    from crm_transforms.stages.approval import Approval, Stored
    from crm_transforms.stages.work import Work


@click.command()
@click.option(
    "--accept-differences",
    "accept",
    is_flag=True,
    help="Approve although fields of the sample differ, or some of its records were rejected.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options(("table", "json"))
def approve(context: click.Context, *, accept: bool, yes: bool, **shared: Any) -> None:
    """Approve the load of this mapping into this account, resting on the newest sample.

    Whatever changes afterwards, the mapping, the account's fields or the sample, ends the approval.
    """
    if not (yes or sys.stdin.isatty()):
        raise click.UsageError("nobody is there to be asked: give --yes")
    command = command_of(context, **shared)
    asked = Approve(command, accept=accept, yes=yes)
    with command.session("approve") as (session, _, mapping):
        code = session.carry_out(mapping, command.options(), "approve", asked.stage)
    asked.print(session.summary)
    if code is not Exit.DONE:
        sys.exit(int(code))


class Approve:
    """One call of the command."""

    def __init__(self, command: Command, *, accept: bool, yes: bool) -> None:
        self._command = command
        self._accept = accept
        self._yes = yes
        self._approval: Approval | None = None
        self._refusal: list[str] = []

    def stage(self, work: Work) -> Exit:
        """Find the sample, ask, and approve."""
        approvals = Approvals(work)
        sample = approvals.sample
        if sample is None:
            name = self._command.target.name
            self._refusal = [*approvals.why_no_sample(), f"next: `{typed_sample(name)}`"]
            return Exit.APPROVAL
        faults = _faults(sample)
        if faults and not self._accept:
            accepting = self._command.typed("approve --accept-differences")
            self._refusal = [
                f"the sample of {sample['made_at']} in {sample['account']['name']}: {faults}",
                f"mend the mapping and take a sample again, or type `{accepting}`",
            ]
            return Exit.APPROVAL
        if not self._yes and not click.confirm(_question(work, sample, faults), err=True):
            self._refusal = ["nothing was approved"]
            return Exit.FAILURE
        self._approval = approvals.give(sample)
        return Exit.DONE

    def print(self, summary: Summary) -> None:
        """For people, or as JSON on standard output."""
        for line in (*self._refusal, *summary.notes):
            click.echo(line, err=True)
        approval = self._approval
        if self._command.format == "json":
            told = None if approval is None else approval.as_json()
            click.echo(json.dumps({"approval": told, "notes": self._refusal + summary.notes}))
        elif approval is not None:
            self._command.console.print(
                f"approved by {approval.by}: mapping {approval.mapping_hash[:12]} into "
                f"{approval.account['name']} ({approval.account['id']}), fields "
                f"{approval.schema_hash[:12]}, audit head {approval.chain_head}"
            )
            self._command.console.print(f"next: {self._command.typed('apply')}")


def _faults(sample: Stored) -> str:
    """What in a sample is not as it should be; empty for nothing."""
    counts = sample["counts"]
    told = [
        (counts["different"], "field differs", "fields differ"),
        (counts["missing"], "field could not be read back", "fields could not be read back"),
        (len(sample["rejects"]), "record was rejected", "records were rejected"),
    ]
    return ", ".join(plural(count, one, many) for count, one, many in told if count)


def _question(work: Work, sample: Stored, faults: str) -> str:
    records = plural(sum(sample["records"].values()), "record")
    found = faults or "nothing differs"
    return (
        f"The sample of {sample['made_at']} in {sample['account']['name']} had {records}: {found}. "
        f"Approve the load into {work.identity.name} ({work.identity.id})?"
    )
