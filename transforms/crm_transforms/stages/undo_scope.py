"""How much of a migration a rollback takes back, and whether one was left unfinished."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.journal import Journal
    from crm_transforms.stages.work import Work


class UnfinishedRollbackError(Exception):
    """A load would put back what a rollback has begun to take away; the message says what to do."""


@dataclass(frozen=True, slots=True)
class UndoScope:
    """What a person asked for.

    Attributes:
        runs: only what these runs did; everything when empty.
        objects: only these objects of the mapping; all of them, and the custom fields, when empty.
        sample: the runs are those of the sample.
    """

    runs: tuple[int, ...] = ()
    objects: tuple[str, ...] = ()
    sample: bool = False

    @property
    def is_everything(self) -> bool:
        return not (self.runs or self.objects or self.sample)

    @property
    def flags(self) -> str:
        """As they are typed behind the command."""
        runs = [] if self.sample else [f"--run {run}" for run in self.runs]
        objects = [f"--object {name}" for name in self.objects]
        return " ".join([*(["--sample"] if self.sample else []), *runs, *objects])

    def covers(self, name: str) -> bool:
        """Whether an object is meant; ``schema`` is one of them."""
        return not self.objects or name in self.objects

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> UndoScope:
        return cls(tuple(stored["runs"]), tuple(stored["objects"]), stored["sample"])


def unfinished_name(identity: str) -> str:
    """Under which name the journal keeps that a rollback has begun."""
    return f"undo.{identity}"


def unfinished(journal: Journal, identity: str) -> UndoScope | None:
    """What a rollback was to take back that was begun and not ended."""
    stored = journal.get(unfinished_name(identity))
    return UndoScope.from_json(stored["scope"]) if stored else None


def require_finished(work: Work) -> None:
    """Nothing is loaded while a rollback is half done: nobody could tell what is to stay.

    Raises:
        UnfinishedRollbackError: says which command ends it.
    """
    scope = unfinished(work.journal, work.identity.id)
    if scope is not None:
        command = f"rollback {scope.flags}".strip()
        raise UnfinishedRollbackError(
            f"a rollback was begun and has not ended; end it with `{command}`, then load again"
        )


def problem(work: Work, scope: UndoScope) -> str:
    """Why this cannot be taken back as asked, in a sentence; empty when it can."""
    identity = work.identity.id
    runs = {run.id for run in work.journal.runs() if run.identity == identity}
    names = {*work.mapping.objects, SCHEMA, *work.journal.linked_objects(identity)}
    if strange := [run for run in scope.runs if run not in runs]:
        known = ", ".join(map(str, sorted(runs - {work.run_id}))) or "none"
        return f"there is no run {strange[0]} on this account; there are: {known}"
    if unknown := [name for name in scope.objects if name not in names]:
        return f"there is no object {unknown[0]!r}; there are: {', '.join(sorted(names))}"
    if scope.sample and not scope.runs:
        return "there is no sample on this account"
    begun = unfinished(work.journal, identity)
    if begun is not None and begun != scope and not scope.is_everything:
        command = f"rollback {begun.flags}".strip()
        return f"another rollback has begun and not ended: end it with `{command}` first"
    return ""


def sampled_runs(work: Work) -> tuple[int, ...]:
    """The runs of the last sample on this account; none where there was no sample."""
    sample = work.journal.get(f"sample.{work.identity.id}") or {}
    return tuple(sample.get("run_ids") or ())
