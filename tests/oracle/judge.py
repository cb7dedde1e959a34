"""The verdict: what source and destination hold, compared in both directions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tests.oracle.compare import differences, shown
from tests.oracle.crm import Crm, Found, keys_of
from tests.oracle.people import People
from tests.oracle.pool import Pool, alike, place_of
from tests.oracle.promises import promises

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tests.oracle.promises.wanted import Wanted
    from tests.oracle.truth import Truth

OBJECTS = {
    "organization": "organizations",
    "person": "persons",
    "service": "products",
    "item": "products",
    "free_line": "products",
    "deal": "deals",
    "line": "deal_products",
    "activity": "activities",
    "note": "notes",
    "note_image": "files",
    "attachment": "files",
    "signature": "files",
}
"""What the mapping's objects are in Pipedrive."""
KEYED = frozenset({"organizations", "persons", "products", "deals"})
"""Objects whose records carry their external key."""
LOOKED_UP = {
    "org_id": "organizations",
    "ks_parent": "organizations",
    "person_id": "persons",
    "deal_id": "deals",
    "product_id": "products",
}
MADE_OF = {
    "organization": "customers",
    "person": "contacts",
    "service": "job_types",
    "item": "items",
    "deal": "jobs",
    "line": "job_charges",
    "activity": "tasks",
    "note": "notes",
}
UNUSED = frozenset({("tasks", "ends_at"), ("time_entries", "mileage")})
"""Columns that no promise speaks of: what is wrong with them need not keep a record out."""


class Reject(NamedTuple):
    """A record that did not land: its object, or its stream if it came no further."""

    name: str
    key: str
    rule: str


class Finding(NamedTuple):
    """Something that is not as it should be.

    Attributes:
        oracle: L, D, F or R.
        record: whose matter it is.
        sentence: what is wrong.
    """

    oracle: str
    record: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.oracle} {self.record}: {self.sentence}"


def judge(
    truth: Truth,
    crm: Crm,
    rejects: Iterable[Reject] = (),
    *,
    fallback: str | int | None = None,
    gone: Truth | None = None,
    others: Collection[tuple[str, int]] = (),
) -> list[Finding]:
    """Compare an account with what it should hold.

    Args:
        truth: what Kickserv holds.
        crm: the account.
        rejects: what is known not to have landed.
        fallback: the user, by e-mail address or id, who owns what nobody else can; None: the
            token's user.
        gone: what Kickserv held before; rows that have gone since must still be in the account.
        others: (object, id) of records that somebody else made.
    """
    trial = _Trial(truth, crm, list(rejects), crm.me() if fallback is None else fallback)
    return trial.verdict(gone, frozenset(others))


class _Trial:
    def __init__(
        self, truth: Truth, crm: Crm, rejects: Sequence[Reject], fallback: str | int
    ) -> None:
        self.findings: list[Finding] = []
        self._truth = truth
        self._crm = crm
        self._rules = {(one.name, one.key): one.rule for one in rejects}
        self._users = crm.users()
        self._fallback = fallback
        self._found = crm.read()
        self._keys = keys_of(self._found)

    def verdict(self, gone: Truth | None, others: Collection[tuple[str, int]]) -> list[Finding]:
        self._spoilt()
        wanted = self._wanted(self._truth)
        if gone is not None:
            here = {(one.object, one.key) for one in wanted}
            wanted += [one for one in self._wanted(gone) if (one.object, one.key) not in here]
        by_object: dict[str, list[Wanted]] = defaultdict(list)
        for one in wanted:
            by_object[OBJECTS[one.object]].append(one)
        for name, found in self._found.items():
            mine = [one for one in found if (name, one.id) not in others]
            pair = self._pair_by_key if name in KEYED else self._pair_by_content
            pair(by_object[name], mine)
        return sorted(self.findings)

    def _spoilt(self) -> None:
        for (stream, key), field in self._truth.spoilt.items():
            if (stream, field) not in UNUSED and not self._is_rejected(stream, key):
                self._find("L", f"{stream} {key}", f"{field} is unusable, yet it is not rejected")

    def _is_rejected(self, stream: str, key: str) -> bool:
        names = (stream, *(name for name, origin in MADE_OF.items() if origin == stream))
        return any((name, key) in self._rules for name in names)

    def _wanted(self, truth: Truth) -> list[Wanted]:
        unusable = {
            place for place, field in truth.spoilt.items() if (place[0], field) not in UNUSED
        }
        sound = truth.without({*self._rules, *unusable})
        people = People.of(truth, self._users, self._fallback)
        return promises(sound, people, self._rules.keys())

    # Pairs

    def _pair_by_key(self, wanted: Sequence[Wanted], found: Sequence[Found]) -> None:
        by_key: dict[str | None, list[Found]] = defaultdict(list)
        for one in found:
            by_key[one.key].append(one)
        for one in wanted:
            there = by_key.pop(one.key, [])
            if len(there) > 1:
                ids = ", ".join(str(each.id) for each in there)
                self._find("D", str(one), f"is there {len(there)} times: {there[0].object} {ids}")
            self._landed(one, there[0] if there else None)
        for key, strangers in by_key.items():
            for one in strangers:
                whose = f"carries the key {key}" if key else "carries no key"
                self._find("D", str(one), f"{whose}, and no source record is behind it")

    def _pair_by_content(self, wanted: Sequence[Wanted], found: Sequence[Found]) -> None:
        """Pair equals; then those on a wrong parent; then those on the right one that differ."""
        lookups = sorted({field for one in wanted for field in one.parents})
        pool = Pool((tuple(self._key_behind(field, it) for field in lookups), it) for it in found)
        due = [one for one in wanted if not one.impossible and not self._is_refused(one)]
        sure = {one.key: it for one in due if (it := pool.equal(one, place_of(one, lookups)))}
        due = [one for one in due if one.key not in sure]
        elsewhere = {one.key: it for one in due if (it := pool.equal(one))}
        for one in due:
            self._landed(one, elsewhere.get(one.key) or pool.any(place_of(one, lookups)))
        for one in wanted:
            if one.impossible:
                self._landed(one, None)
            elif self._is_refused(one):
                pool.any(place_of(one, lookups))
        for it in pool.rest():
            twin = next((one for one in sure.values() if alike(one, it)), None)
            whose = f"is {twin} once more" if twin else "has no source record behind it"
            self._find("D", str(it), whose)

    # Judgements

    def _landed(self, wanted: Wanted, found: Found | None) -> None:
        refused = self._is_refused(wanted)
        if wanted.impossible and (found is not None or not refused):
            state = "landed" if found is not None else "neither landed nor rejected"
            self._find("L", str(wanted), f"{state}, though {wanted.impossible}")
        elif found is None:
            if not refused:
                self._find("L", str(wanted), "neither landed nor rejected")
        elif not refused:
            for field, sentence in self._fields(wanted, found):
                self._find("F", str(wanted), f"{field} of {found} {sentence}")
            for field, sentence in self._lookups(wanted, found):
                self._find("R", str(wanted), f"{field} of {found} {sentence}")

    def _is_refused(self, wanted: Wanted) -> bool:
        return (wanted.object, wanted.key) in self._rules or wanted.part_of in self._rules

    def _fields(self, wanted: Wanted, found: Found) -> list[tuple[str, str]]:
        return [
            (name, f"should be {shown(value)}, is {shown(found.fields.get(name))}")
            for name, value in differences(wanted, found)
        ]

    def _lookups(self, wanted: Wanted, found: Found) -> list[tuple[str, str]]:
        faults = []
        for field, parent in wanted.parents.items():
            key = self._key_behind(field, found)
            if key != (None if parent is None else parent[1]):
                should = "be empty" if parent is None else f"lead to {parent[0]} of {parent[1]}"
                faults.append((field, f"should {should}, leads to {key or 'nothing'}"))
        return faults

    def _key_behind(self, field: str, found: Found) -> str | None:
        number = found.fields.get(field)
        if number is None:
            return None
        name = LOOKED_UP[field]
        return self._keys[name].get(number) or f"{name} {number}, which is nobody's"

    def _find(self, oracle: str, record: str, sentence: str) -> None:
        self.findings.append(Finding(oracle, record, sentence))
