"""References: from a source key to the id of the record that it became."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode, fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.ledger import Ledger
    from crm_transforms.stages.people import Match, People
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work


class MissingParentError(Exception):
    """A record must wait: what it refers to has not landed, or is not there at all."""

    def __init__(self, field: str, rule: str, message: str, code: str) -> None:
        super().__init__(message)
        self.field = field
        self.rule = rule
        self.code = code


class ReferenceResolver:
    """Resolves the references of a chunk with one query per object referred to.

    Args:
        work: the run.
        ledger: tells what counts as there.
    """

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work = work
        self._ledger = ledger
        self._ids: dict[str, dict[str, str]] = {}
        self._people: dict[str, dict[str, Match]] = {}
        self._fallback: dict[str, str] = {}
        self._users: Mapping[str, frozenset[str]] = {}

    def take_people(self, people: People) -> None:
        """Take over the result of people matching."""
        self._users = people.users
        for name, matches in people.matches.items():
            self._people[name] = {match.key: match for match in matches}
            self._fallback[name] = people.fallback.id

    def is_user(self, name: str, key: str) -> bool:
        """Whether an object made of unmatched employees has no record of this one."""
        return key in self._users.get(name, ())

    def falls_back(self, name: str, key: str) -> bool:
        """Whether this is an employee whose records go to the fallback owner."""
        if name not in self._people:
            return False
        match = self._people[name].get(key)
        return match is None or match.verdict != "matched"

    def people_digest(self) -> str:
        """Changes whenever any employee resolves to another user."""
        pairs = sorted(
            (name, key, match.person_id)
            for name, matches in self._people.items()
            for key, match in matches.items()
        )
        return fingerprint(encode([pairs, sorted(self._fallback.items())])).hex()

    def gather(self, drafts: Sequence[Draft]) -> None:
        """Look up every record that a chunk refers to."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for draft in drafts:
            for pairs in draft.ref_keys.values():
                for name, key in pairs or ():
                    wanted[name].add(key)
        self._ids = {
            name: self._ledger.ids(name, sorted(keys))
            for name, keys in wanted.items()
            if name not in self._people
        }

    def resolve(
        self, obj: PlannedSubject, ref_keys: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The ids for one record, and the fields that have to wait for a second pass.

        Raises:
            MissingParentError: a required reference leads nowhere (yet).
        """
        refs: dict[str, Any] = {}
        missing: list[str] = []
        deferred = self._work.mapping.deferred.get(obj.name, frozenset())
        for ref in obj.refs:
            pairs = ref_keys.get(ref.field)
            if pairs and self._users:
                pairs = [pair for pair in pairs if not self.is_user(*pair)]
            if not pairs:
                if ref.required:
                    raise MissingParentError(
                        ref.field, "required reference", "the row names no record", "PARENT_NULL"
                    )
                refs[ref.field] = None
                continue
            ids = [self._id(name, key) for name, key in pairs]
            if None not in ids:
                refs[ref.field] = ids if ref.many else ids[0]
                continue
            name, key = pairs[ids.index(None)]
            if not ref.optional and ref.field not in deferred:
                raise MissingParentError(
                    ref.field,
                    "parent has not landed",
                    f"waits for {name} {key}",
                    "PARENT_MISSING",
                )
            missing.append(ref.field)
            refs[ref.field] = [one for one in ids if one is not None] if ref.many else None
            if ref.field not in deferred:
                self._work.findings[
                    (obj.name, f"{ref.field} left empty: its {name} is missing")
                ] += 1
        return refs, tuple(missing)

    def _id(self, name: str, key: str) -> str | None:
        if name in self._people:
            match = self._people[name].get(key)
            if match is None:
                self._work.findings[(name, "no such row: falls to the fallback owner")] += 1
                return self._fallback[name]
            return match.person_id
        return self._ids.get(name, {}).get(key)
