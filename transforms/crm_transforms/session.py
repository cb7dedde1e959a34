"""A session: one journal, one destination, and the load that a command or a Singer run asks for."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from crm_transforms.destination import BudgetExhaustedError, DestinationError
from crm_transforms.exits import Exit
from crm_transforms.mapping import Mapping
from crm_transforms.next_steps import typed, typed_sample
from crm_transforms.report.live import Live
from crm_transforms.report.summary import Summary
from crm_transforms.stages.approval import Approvals
from crm_transforms.stages.draft import LISTED_ONLY
from crm_transforms.stages.preparation import UnknownNameError
from crm_transforms.stages.run import LoadRun
from crm_transforms.stages.undo_scope import UnfinishedRollbackError
from crm_transforms.stages.window import Window
from crm_transforms.stages.work import Options, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.destination import Destination, Progress
    from crm_transforms.journal import Journal
    from crm_transforms.settings import MigrationSettings
    from crm_transforms.stages.subject import Plannable
    from crm_transforms.stages.totals import Tally

logger = logging.getLogger(__name__)


class Session:
    """Loads from a journal into a destination and says how it ended."""

    def __init__(
        self,
        settings: MigrationSettings,
        journal: Journal,
        destination: Destination,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._destination = destination
        self._progress = progress
        self._tallies: dict[str, Tally] = {}
        self.summary = Summary(settings.source or "singer", settings.target)

    def load(self, mapping: Plannable, options: Options, *, verb: str = "load") -> Exit:
        """Plan, load and verify; the lease must be held.

        Returns:
            DONE, REJECTS, PAUSED, APPROVAL or FAILURE; the reasons stand in the summary's notes.
        """
        if self._settings.require_approval and not isinstance(mapping, Mapping):
            self.summary.notes.append(
                "this load needs an approval, and without a mapping there is nothing to approve; "
                "nothing was sent"
            )
            return Exit.APPROVAL
        return self.carry_out(mapping, options, verb, self._load)

    def _load(self, work: Work) -> Exit:
        notes = self.summary.notes
        if refusal := Window.of(work.journal).refusal:
            notes.append(f"{refusal}; all is staged, nothing was sent")
            return Exit.FAILURE
        if self._settings.require_approval:
            approvals = Approvals(work)
            if faults := approvals.faults():
                notes += [*faults, "all is staged, nothing was sent"]
                notes.append(self._next(work, is_sampled=approvals.sample is not None))
                return Exit.APPROVAL
        LoadRun(work).run()
        stages = {stage for (stage,) in work.journal.count_rejects(("stage",))}
        return Exit.REJECTS if stages - LISTED_ONLY else Exit.DONE

    def _next(self, work: Work, *, is_sampled: bool) -> str:
        """The commands that lead to an approval, as they are typed."""
        target = f"target-{self._settings.target}"
        plan = work.journal.get(f"plan.{work.identity.id}")
        steps = [typed(target, "approve")]
        if not is_sampled:
            steps.insert(0, typed_sample(target))
            if plan is None or plan["mapping_hash"] != work.mapping.hash:
                steps.insert(0, typed(target, "plan"))
        return f"next: {', then '.join(f'`{step}`' for step in steps)}"

    def carry_out(
        self,
        mapping: Plannable,
        options: Options,
        verb: str,
        stage: Callable[[Work], object],
    ) -> Exit:
        """Note a run in the journal and let a stage do it; the lease must be held.

        Args:
            mapping: what to work by.
            options: what a person decided.
            verb: the run's name in the journal.
            stage: gives an :class:`Exit` where it is not simply done.

        Returns:
            The stage's own code, PAUSED or FAILURE; the reasons stand in the summary's notes.
        """
        started = time.monotonic()
        run_id: int | None = None
        work: Work | None = None
        live: Live | None = None
        try:
            identity = self._destination.identity()
            self.summary.account = f"{identity.name}, {identity.id}"
            run_id = self._journal.begin_run(verb, mapping.hash, identity.id)
            self._destination.use(*_known_to(mapping))
            live = Live(
                self._journal, self._destination, self._progress, self._tallies, run_id, verb
            )
            work = Work(
                self._journal,
                self._destination,
                mapping,
                identity,
                run_id,
                options,
                live,
                tallies=self._tallies,
            )
            told = stage(work)
            code = told if isinstance(told, Exit) else Exit.DONE
        except BudgetExhaustedError as pause:
            code = Exit.PAUSED
            when = f"; goes on after {pause.resumes_at}" if pause.resumes_at else ""
            self.summary.notes.append(f"paused: {pause}{when}. Run the same command again then")
        except (DestinationError, UnknownNameError, UnfinishedRollbackError) as error:
            code = Exit.FAILURE
            self.summary.notes.append(f"stopped: {error}")
        if live is not None:
            live.finish()
        self._complete(work, time.monotonic() - started)
        if run_id is not None:
            self._journal.end_run(run_id, int(code), self.summary.as_json())
        return code

    def _complete(self, work: Work | None, seconds: float) -> None:
        summary = self.summary
        if work is not None:
            summary.objects = work.tallies
            summary.findings = work.findings
        summary.rejects = [
            (object_name or stream or "(line)", rule, code, count)
            for (stage, stream, object_name, rule, code), count in self._journal.count_rejects(
                ("stage", "stream", "object", "rule", "code")
            ).items()
            if stage not in LISTED_ONLY
        ]
        summary.spent = self._destination.spent()
        summary.seconds += seconds
        summary.chain_head = self._journal.chain_head()


def _known_to(
    mapping: Plannable,
) -> tuple[dict[str, str], dict[str, set[str]], frozenset[str]]:
    """Key fields and open choices by the destination's object, and the objects to be made."""
    key_fields: dict[str, str] = {}
    open_choices: dict[str, set[str]] = {}
    for obj in mapping.objects.values():
        if obj.key_field:
            key_fields[obj.target] = obj.key_field
        for custom in obj.custom:
            if custom.spec.open_choice:
                open_choices.setdefault(obj.target, set()).add(custom.spec.name)
    return key_fields, open_choices, frozenset(mapping.makes())
