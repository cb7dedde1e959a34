"""Everything that a report tells, read from the journal alone and small however large that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA, SettingError
from crm_transforms.exits import Exit
from crm_transforms.journal.clock import instant
from crm_transforms.report.figures import Figures, figures, matched_people
from crm_transforms.report.lines import (
    OperationLine,
    RejectLine,
    RunLine,
    operation_line,
    reject_line,
    run_lines,
)
from crm_transforms.report.routes import Routes
from crm_transforms.report.words import account_id
from crm_transforms.stages.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.journal import Journal, Run
    from crm_transforms.mapping import Mapping as MappingDocument

MOST_REJECTS = 2_000
MOST_OPERATIONS = 200
MOST_RUNS = 100
MOST_PEOPLE = 1_000
LOADING = frozenset({"load", "apply", "retry"})
OF_ACCOUNT = ("plan", "sample", "approval", "reconciliation", "rollback")
"""Values that the journal keeps for each account."""


@dataclass(slots=True)
class Report:
    """What a report tells.

    Attributes:
        plugin: the target whose commands it names.
        warnings: what a person should do something about.
        account: id, name and url of the destination that it is about; empty before any run.
        others: ids of further destinations of this journal, with how many records are there.
        values: what the journal keeps by name: the last plan, sample and so on. Where this account
            has none, that of another account; each says which account it is about.
        people: how people were matched; of the last load where there is no plan.
        spent: by all runs together.
        runs: the newest first.
        rejects: a few of every kind before many of one; ``more_rejects`` counts those beyond.
        operations: the newest first, of all accounts.
        chain_head: the last digest of the audit chain of ``chain_length`` entries.
    """

    plugin: str
    source: str
    target: str
    made_at: str = field(default_factory=instant)
    warnings: list[str] = field(default_factory=list)
    account: dict[str, str] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)
    routes: Routes = field(default_factory=Routes)
    people: dict[str, Any] | None = None
    spent: dict[str, int] = field(default_factory=dict)
    runs: list[RunLine] = field(default_factory=list)
    more_runs: int = 0
    rejects: list[RejectLine] = field(default_factory=list)
    more_rejects: int = 0
    operations: list[OperationLine] = field(default_factory=list)
    chain_head: str = ""
    chain_length: int = 0
    journal_bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """The same for scripts."""
        return asdict(self)

    @property
    def loads(self) -> list[RunLine]:
        """Runs that loaded, or tried to; the newest first."""
        return [run for run in self.runs if run.verb in LOADING]


def collect(
    journal: Journal, plugin: str, *, account: str = "", mapping: MappingDocument | None = None
) -> Report:
    """Read a report out of a journal.

    Args:
        journal: the journal; nothing is written to it.
        plugin: the target whose commands the report tells people to type.
        account: id of the destination it is about; the one that was worked on last by default.
        mapping: says which stream goes where, as long as there is no plan.

    Raises:
        SettingError: nothing was ever done to that account.
    """
    runs = journal.runs()
    identities = list(dict.fromkeys(run.identity for run in reversed(runs) if run.identity))
    if account and account not in identities:
        known = ", ".join(identities) or "none"
        raise SettingError(f"--account {account}: the journal knows of no such account ({known})")
    identity = account or next(iter(identities), "")
    report = Report(plugin, journal.source, journal.target)
    report.values = _values(journal, [identity, *(one for one in identities if one != identity)])
    report.warnings = [text for text in (Window.of(journal).warning,) if text]
    plan = report.values.get("plan") or {}
    operations = journal.count_operations()
    report.figures = figures(
        journal,
        identity,
        plan=plan,
        operations=operations,
        order=_order(runs, identity),
        is_loaded=_is_loaded(runs, identity, plan),
    )
    if plan:
        report.routes = Routes.of_plan(plan)
    elif mapping is not None:
        report.routes = Routes.of_mapping(mapping)
    report.account = _account(identity, runs, report.values)
    report.others = _others(journal, identity)
    report.people = _people(journal, plan, report.figures)
    report.spent = _spent(runs)
    report.runs = run_lines(runs, operations)[:MOST_RUNS]
    report.more_runs = len(runs) - len(report.runs)
    report.rejects = [reject_line(one) for one in journal.varied_rejects(identity, MOST_REJECTS)]
    report.more_rejects = journal.count_entries(identity) - len(report.rejects)
    newest = journal.operations(newest_first=True, limit=MOST_OPERATIONS)
    report.operations = [operation_line(one) for one in newest]
    report.chain_head = journal.chain_head()
    report.chain_length = journal.chain_length()
    report.journal_bytes = journal.size()
    return report


def _values(journal: Journal, identities: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: journal.get(name) for name in ("window", "live")}
    for name in OF_ACCOUNT:
        kept = (journal.get(f"{name}.{identity}") for identity in identities)
        found[name] = next((value for value in kept if value), None)
    return {name: value for name, value in found.items() if value}


def _order(runs: Sequence[Run], identity: str) -> list[str]:
    mine = (run.summary.get("objects") for run in reversed(runs) if run.identity == identity)
    return list(next((objects for objects in mine if objects), ()))


def _is_loaded(runs: Sequence[Run], identity: str, plan: Mapping[str, Any]) -> bool:
    """A load has come to its end since the plan was made."""
    made_at = plan.get("made_at", "") if account_id(plan.get("account")) == identity else ""
    return any(
        run.identity == identity
        and run.verb in LOADING
        and run.exit_code in {Exit.DONE, Exit.REJECTS}
        and run.started_at >= made_at
        for run in runs
    )


def _account(identity: str, runs: Sequence[Run], values: Mapping[str, Any]) -> dict[str, str]:
    if not identity:
        return {}
    for name in OF_ACCOUNT:
        told = (values.get(name) or {}).get("account")
        if isinstance(told, dict) and told.get("id") == identity:
            return {key: str(told.get(key) or "") for key in ("id", "name", "url")}
    names = (run.summary.get("account") for run in reversed(runs) if run.identity == identity)
    name = next((str(name) for name in names if name), "")
    return {"id": identity, "name": name.removesuffix(f", {identity}"), "url": ""}


def _others(journal: Journal, identity: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (account, name), count in journal.count_landed().items():
        if account != identity and name != SCHEMA:
            found[account] += count
    return dict(found)


def _people(journal: Journal, plan: Mapping[str, Any], counted: Figures) -> dict[str, Any] | None:
    if plan.get("people"):
        people: dict[str, Any] = plan["people"]
        return people
    found = matched_people(journal, (one.object for one in counted.objects))
    rows = [{**person, "object": name} for name, people in found.items() for person in people]
    counts = Counter(row["verdict"] for row in rows)
    return {"counts": dict(counts), "rows": rows[:MOST_PEOPLE]} if rows else None


def _spent(runs: Sequence[Run]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for run in runs:
        total.update(run.summary.get("spent") or {})
    return dict(total)
