"""People: match the source's employees to the destination's users by e-mail, and never by guess."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from crm_transforms.destination import DestinationError, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one employee.

    Attributes:
        verdict: ``matched``, ``unmatched``, ``ambiguous`` or ``inactive``.
        person_id: the user who owns this employee's records: the match, else the fallback owner.
    """

    key: str
    email: str
    verdict: str
    person_id: str
    candidates: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def email_key(email: str | None) -> str:
    """How e-mail addresses are compared: without surrounding space, without letter case."""
    return (email or "").strip().casefold()


class PeopleIndex:
    """The destination's users by e-mail."""

    def __init__(self, people: Iterable[Person], fallback_owner: str, own_id: str) -> None:
        self._by_email: dict[str, list[Person]] = defaultdict(list)
        people = list(people)
        for person in people:
            self._by_email[email_key(person.email)].append(person)
        self.fallback = self._fallback(people, fallback_owner, own_id)
        """The user who owns what nobody else can own."""

    def match(self, key: str, email: str | None) -> Match:
        """Match one employee; two active users with one e-mail are never chosen between."""
        wanted = email_key(email)
        candidates = self._by_email.get(wanted, []) if wanted else []
        active = [person for person in candidates if person.active]
        ids = tuple(person.id for person in candidates)
        if len(active) == 1:
            return Match(key, wanted, "matched", active[0].id, ids)
        verdict = "ambiguous" if len(active) > 1 else "inactive" if candidates else "unmatched"
        return Match(key, wanted, verdict, self.fallback.id, ids)

    @staticmethod
    def _fallback(people: Sequence[Person], wanted: str, own_id: str) -> Person:
        if not wanted:
            logger.warning(
                "no fallback_owner is set: records of unmatched employees go to the user of the "
                "credentials"
            )
            own = (person for person in people if person.id == own_id)
            return next(own, Person(own_id, "", "", active=True))
        found = [
            person
            for person in people
            if person.id == wanted or email_key(person.email) == email_key(wanted)
        ]
        active = [person for person in found if person.active]
        if len(active) == 1:
            return active[0]
        if not found:
            raise DestinationError(f"fallback_owner {wanted!r}: the destination has no such user")
        fault = "is not active" if not active else "names more than one active user"
        raise DestinationError(f"fallback_owner {wanted!r} {fault}")


@dataclass(frozen=True, slots=True)
class People:
    """What became of all employees, by mapping object.

    Attributes:
        users: by object made of unmatched employees only, the keys that it has no record of
            because they are users.
    """

    matches: dict[str, list[Match]]
    fallback: Person
    users: dict[str, frozenset[str]]


def match_people(
    work: Work, scopes: ScopeReader, objects: Iterable[PlannedSubject]
) -> People | None:
    """Match the records of every object of people; ``None`` where there is no such object.

    Raises:
        DestinationError: the users cannot be listed, or the fallback owner is none of them.
    """
    objects = list(objects)
    wanted = [obj for obj in objects if obj.people]
    if not wanted:
        return None
    own_id = work.identity.details.get("user_id", "")
    index = PeopleIndex(work.destination.people(), work.options.fallback_owner, own_id)
    found: dict[str, list[Match]] = {obj.name: [] for obj in wanted}
    users: dict[str, set[str]] = {obj.name: set() for obj in objects if obj.unmatched}
    for obj in wanted:
        others = [one for one in objects if one.unmatched == obj.name]
        for scoped_rows in scopes.chunks(obj, 1_000):
            for scoped in scoped_rows:
                for key, item, place in obj.records(scoped.row, scoped.joined):
                    values = obj.match_values(scoped.row, scoped.joined, item, place, {})
                    email = next(iter(values.values()), None)
                    told = None if email is None else str(email)
                    match = index.match(key, told)
                    found[obj.name].append(match)
                    if match.verdict == "matched":
                        for other in others:
                            own = other.key_of(scoped.row, scoped.joined, None, 0)
                            users[other.name].add(own or "")
    return People(found, index.fallback, {name: frozenset(keys) for name, keys in users.items()})
