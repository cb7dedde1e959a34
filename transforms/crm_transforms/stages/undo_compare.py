"""Is a record still as we left it? Compared in every field that a person could have filled."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crm_transforms.stages.defaults import Defaults
from crm_transforms.stages.verify import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_transforms.destination import Record, Value
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_log import Fault
    from crm_transforms.stages.work import Work

MOST_SHOWN = 80
"""Characters of a value that a reason quotes."""


def shown(value: Value) -> str:
    """A value for a sentence."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


class Comparison:
    """Compares the records of one object with what we wrote.

    Args:
        work: the run.
        subject: the object.
        dry: nothing is kept of what is learned.

    Attributes:
        specs: the fields that are read and compared.
    """

    def __init__(self, work: Work, subject: Subject, *, dry: bool) -> None:
        self._work = work
        self._dry = dry
        self._target = subject.target
        described = work.destination.describe(subject.target).fields
        self.specs = {name: spec for name, spec in described.items() if spec.writable}
        self._defaults = Defaults(work, subject.name)

    def read(self, ids: Sequence[str]) -> dict[str, Record]:
        """Records as they stand there now; those that are gone are left out."""
        if not ids:
            return {}
        destination = self._work.destination
        found = destination.read(self._target, ids, sorted(self.specs))
        return {id_: destination.normalise(self._target, record) for id_, record in found.items()}

    def faults(self, pairs: Mapping[str, tuple[Record, Record]]) -> dict[str, list[Fault]]:
        """How records differ from what we left, by key; those that do not are left out.

        Args:
            pairs: by key, what we wrote last and what stands there now.
        """
        normalise = self._work.destination.normalise
        pairs = {key: (normalise(self._target, last), now) for key, (last, now) in pairs.items()}
        if not self._defaults.is_known:
            self._learn(pairs.values())
        found: dict[str, list[Fault]] = defaultdict(list)
        emptied: list[tuple[str, str, str, str]] = []
        for key, (last, now) in pairs.items():
            for name, value in last.items():
                if name not in self.specs or same(value, now.get(name)):
                    continue
                to = self.specs[name].reference
                if to and isinstance(value, str) and now.get(name) is None:
                    emptied.append((key, name, to, value))
                else:
                    why = f"we wrote {shown(value)}; somebody set {shown(now.get(name))}"
                    found[key].append((name, why))
            found[key] += [
                (name, f"we left it empty; somebody set {shown(value)}")
                for name, value in now.items()
                if name not in last and not self._is_as_made(name, value)
            ]
        there = self._there(emptied)
        for key, name, to, value in emptied:
            if (to, value) in there:
                found[key].append((name, f"we wrote {shown(value)}; somebody emptied it"))
        return {key: faults for key, faults in found.items() if faults}

    def _learn(self, pairs: Iterable[tuple[Record, Record]]) -> None:
        """Learn from records that no load came to verify.

        Kept at once: a rollback that goes on with the few that are left could not tell any more
        what most of them had in common.
        """
        for last, now in pairs:
            self._defaults.learn(now, last)
        if not self._dry:
            self._defaults.save()

    def _is_as_made(self, name: str, value: Value) -> bool:
        spec = self.specs.get(name)
        if spec is None or not spec.updatable or spec.computed:
            return True
        # The vendor's own moments (won, closed, archived) follow from fields that are compared.
        is_stamp = spec.type == "datetime" and not spec.custom
        return is_stamp or self._defaults.is_as_made(name, value)

    def _there(self, emptied: Iterable[tuple[str, str, str, str]]) -> set[tuple[str, str]]:
        """Which records are still there whose references were emptied.

        Who removes a record empties the references to it; that is no work on those records.
        """
        wanted: dict[str, set[str]] = defaultdict(set)
        for _, _, to, value in emptied:
            wanted[to].add(value)
        there: set[tuple[str, str]] = set()
        for to, ids in wanted.items():
            try:
                names = sorted(self._work.destination.describe(to).fields)[:1]
            except KeyError:
                there |= {(to, id_) for id_ in ids}
            else:
                found = self._work.destination.read(to, sorted(ids), names)
                there |= {(to, id_) for id_ in found}
        return there
