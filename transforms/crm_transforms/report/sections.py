"""The sections of the page, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.report.collect import Report


class Section(NamedTuple):
    """One section.

    Attributes:
        name: of its template, and its anchor.
        title: its heading.
        group: under which heading it stands in the table of contents.
        is_there: whether the journal has what it tells.
        command: what makes that; nothing where no command does.
        missing: what it would tell, where it is not there; nothing where that is good news.
    """

    name: str
    title: str
    group: str
    is_there: Callable[[Report], object]
    command: str = ""
    missing: str = ""


OUTCOME, BEFORE, PROOF, BACK = "Outcome", "Before the load", "Proof", "The way back"


def _of_plan(*path: str) -> Callable[[Report], object]:
    def find(report: Report) -> object:
        value: object = report.values.get("plan")
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return find


def _value(name: str) -> Callable[[Report], object]:
    return lambda report: report.values.get(name)


SECTIONS = (
    Section("summary", "Summary", OUTCOME, lambda _: True),
    Section(
        "flow",
        "Where everything went",
        OUTCOME,
        lambda report: report.routes.flows(report.figures),
        "plan",
        "Which stream goes into which object, and how much of it",
    ),
    Section("rejects", "What did not arrive", OUTCOME, lambda report: report.rejects),
    Section(
        "plan",
        "What a load would do",
        BEFORE,
        _of_plan("objects"),
        "plan",
        "What a load would create, change and refuse, before it does",
    ),
    Section(
        "estimate",
        "Estimate",
        BEFORE,
        _of_plan("estimate"),
        "plan",
        "Requests, tokens, hours, days and storage that a load will take",
    ),
    Section(
        "people",
        "People",
        BEFORE,
        lambda report: report.people,
        "plan",
        "Which employee is which user, and who owns what nobody can own",
    ),
    Section(
        "schema",
        "Schema",
        BEFORE,
        _of_plan("schema"),
        "plan",
        "The custom fields that the destination has and needs",
    ),
    Section(
        "compatibility",
        "Compatibility",
        BEFORE,
        _of_plan("compatibility"),
        "plan",
        "How each stream fits, with a score and a grade",
    ),
    Section(
        "inventory",
        "Data inventory",
        BEFORE,
        _of_plan("inventory"),
        "plan",
        "Every stream and column of the source, and what is in them",
    ),
    Section("findings", "Data quality", BEFORE, _of_plan("findings")),
    Section("gotchas", "Worth knowing", BEFORE, _of_plan("gotchas")),
    Section(
        "sample",
        "Sample",
        PROOF,
        _value("sample"),
        "sample",
        "A sample, loaded and compared field by field",
    ),
    Section(
        "approval",
        "Approval",
        PROOF,
        _value("approval"),
        "approve",
        "Who approved which mapping after which sample",
    ),
    Section(
        "reconciliation",
        "Reconciliation",
        PROOF,
        _value("reconciliation"),
        "reconcile",
        "Source, journal and destination counted and compared",
    ),
    Section("audit", "Audit trail", PROOF, lambda report: report.chain_length),
    Section(
        "rollback",
        "Rollback",
        BACK,
        _value("rollback"),
        "rollback",
        "What was taken back, and what had to be kept",
    ),
    Section("lasting", "What a rollback cannot restore", BACK, _of_plan("not_restorable")),
    Section("left_behind", "Left behind", BACK, _of_plan("left_behind")),
)
