"""How far a migration is: its steps, and one sentence about where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crm_transforms.report.words import number, plural

if TYPE_CHECKING:
    from crm_transforms.report.collect import Report

DONE, PARTLY, STALE, OPEN = "done", "partly", "stale", "open"


class Step(NamedTuple):
    """One step.

    Attributes:
        name: what is done in it.
        state: ``done``, ``partly`` (begun, or with open questions), ``stale`` or ``open``.
        at: UTC instant, where it was done.
        note: the outcome in a few words.
        command: what does it.
    """

    name: str
    state: str
    command: str
    at: str = ""
    note: str = ""


def steps(report: Report) -> list[Step]:
    """All steps in their order."""
    return [
        _read(report),
        _plan(report),
        _sample(report),
        _approval(report),
        _load(report),
        _reconciliation(report),
        _cutover(report),
    ]


def is_taken_back(report: Report) -> bool:
    """The last thing that was done is a rollback."""
    rollback = report.values.get("rollback") or {}
    loads = [run.started_at for run in report.loads if run.did]
    return str(rollback.get("made_at", "")) > max(loads, default="")


def headline(report: Report) -> str:
    """Where it stands, in one sentence."""
    figures = report.figures
    arrived, whole = figures.total("arrived"), figures.total("whole") + figures.lines
    if is_taken_back(report):
        removed = sum(report.values["rollback"]["removed"].values())
        return f"The load was taken back: {plural(removed, 'record')} removed."
    if report.loads and arrived:
        if arrived == whole:
            return f"All {plural(arrived, 'record')} have arrived."
        return f"{number(arrived)} of {plural(whole, 'record')} have arrived."
    if report.values.get("plan"):
        return f"{plural(whole, 'record')} are ready to be loaded."
    staged = sum(stream.records for stream in figures.streams)
    if staged:
        return f"{plural(staged, 'record')} of the source are staged."
    return "Nothing has been read yet."


def remarks(report: Report) -> list[str]:
    """What the sentence leaves out."""
    figures = report.figures
    told = (
        (figures.rejected, "{} rejected"),
        (figures.total("waiting"), "{} waiting for another record"),
        (figures.total("conflicts"), "{} changed by people and left alone"),
        (figures.total("remaining"), "{} still to go"),
    )
    return [text.format(number(count)) for count, text in told if count]


def _read(report: Report) -> Step:
    streams = report.figures.streams
    if not streams:
        return Step("Read", OPEN, "meltano run")
    whole = [stream for stream in streams if stream.read_whole]
    at = max((stream.completed_at or "" for stream in streams), default="")
    records = sum(stream.records for stream in streams)
    note = f"{plural(records, 'record')} in {plural(len(streams), 'stream')}"
    return Step("Read", DONE if len(whole) == len(streams) else PARTLY, "meltano run", at, note)


def _plan(report: Report) -> Step:
    plan = report.values.get("plan")
    if not plan:
        return Step("Plan", OPEN, "plan")
    wanted = sum(one.planned or 0 for one in report.figures.objects)
    return Step("Plan", DONE, "plan", plan["made_at"], f"{plural(wanted, 'record')} to bring")


def _sample(report: Report) -> Step:
    sample = report.values.get("sample")
    if not sample:
        return Step("Sample", OPEN, "sample")
    counts = sample["counts"]
    faults = (counts.get("different") or 0) + (counts.get("missing") or 0)
    records = sum(sample["records"].values())
    note = f"{plural(records, 'record')}, {plural(faults, 'difference')}"
    return Step("Sample", PARTLY if faults else DONE, "sample", sample["made_at"], note)


def _approval(report: Report) -> Step:
    approval = report.values.get("approval")
    if not approval:
        return Step("Approval", OPEN, "approve")
    at, by = approval["approved_at"], str(approval.get("by") or "")
    if is_stale(report):
        return Step("Approval", STALE, "approve", at, "the mapping has changed since")
    return Step("Approval", DONE, "approve", at, f"by {by}" if by else "")


def is_stale(report: Report) -> bool:
    """The mapping that was approved is no longer the one that is planned with."""
    approval, plan = report.values.get("approval"), report.values.get("plan")
    if not approval or not plan:
        return False
    return bool(approval.get("mapping_hash") != plan.get("mapping_hash"))


def _load(report: Report) -> Step:
    loads = [run for run in report.loads if run.account == report.account.get("id")]
    if not loads:
        return Step("Load", OPEN, "apply")
    last, figures = loads[0], report.figures
    if is_taken_back(report):
        return Step("Load", STALE, "apply", last.started_at, "taken back since")
    arrived = figures.total("arrived")
    missing = figures.rejected + figures.total("waiting") + figures.total("remaining")
    state = PARTLY if missing or last.ended_at is None else DONE
    return Step(
        "Load", state, "apply", last.ended_at or last.started_at, f"{number(arrived)} there"
    )


def _reconciliation(report: Report) -> Step:
    found = report.values.get("reconciliation")
    if not found:
        return Step("Reconcile", OPEN, "reconcile")
    if found.get("clean"):
        return Step("Reconcile", DONE, "reconcile", found["made_at"], "clean")
    count = len(found.get("differences") or ()) + (found.get("more_differences") or 0)
    note = plural(count, "difference") if count else "open questions"
    return Step("Reconcile", PARTLY, "reconcile", found["made_at"], note)


def _cutover(report: Report) -> Step:
    window = report.values.get("window") or {}
    if window.get("closed_at"):
        return Step("Cut over", DONE, "cutover", window["closed_at"], "the window is closed")
    if window.get("opened_at"):
        return Step("Cut over", PARTLY, "cutover", window["opened_at"], "the window is open")
    return Step("Cut over", OPEN, "cutover")
