"""The verdict: what source and org hold, compared in both directions."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.oracle.compare import same, shown
from tests.oracle.judge import Finding, Reject
from tests.oracle.pictured import ANY_NAME
from tests.oracle.salesforce.holdings import Holdings
from tests.oracle.salesforce.people import People
from tests.oracle.salesforce.promises import promises
from tests.oracle.salesforce.promises.wanted import Promise
from tests.oracle.salesforce.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tests.oracle.salesforce.promises.wanted import Wanted
    from tests.oracle.salesforce.reader import Found, Reader, Row
    from tests.oracle.truth import Truth

MADE_OF = {
    "customers": ("account", "customer_contact", "location"),
    "contacts": ("contact",),
    "jobs": ("job", "service_job", "estimate", "order", "invoice"),
    "job_charges": ("estimate_line", "order_line", "invoice_line"),
    "payments": ("payment",),
    "time_entries": ("time_entry",),
    "tasks": ("visit",),
    "notes": ("note", "classic_note"),
}
"""Objects of the mapping by stream."""
UNUSED = frozenset({("tasks", "created_at")})
"""Columns that no promise speaks of: what is wrong with them need not keep a record out."""
BREAK = re.compile(r"<br\s*/?>|</p>\s*<p>", re.IGNORECASE)


def judge(
    truth: Truth,
    reader: Reader,
    rejects: Iterable[Reject] = (),
    *,
    ways: Ways | None = None,
    fallback: str | None = None,
    gone: Truth | None = None,
    others: Collection[str] = (),
    held: Holdings | None = None,
) -> list[Finding]:
    """Compare an org with what it should hold.

    Args:
        truth: what Kickserv holds.
        reader: of the org.
        rejects: what is known not to have landed.
        ways: which way was chosen.
        fallback: the user, by e-mail address or id, who owns what nobody else can; None: the
            token's user.
        gone: what Kickserv held before; rows that have gone since must still be in the org.
        others: ids of records that somebody else made.
        held: what the org holds; None: what the reader sees.
    """
    ways = ways or Ways()
    people = reader.users(), fallback or reader.me()
    trial = _Trial(held or Holdings.of(reader, ways), people, list(rejects), ways)
    return trial.verdict(truth, gone, frozenset(others))


class _Trial:
    def __init__(
        self,
        held: Holdings,
        people: tuple[Sequence[Row], str],
        rejects: Sequence[Reject],
        ways: Ways,
    ) -> None:
        self.findings: list[Finding] = []
        self._rejected = {(one.name, one.key) for one in rejects}
        self._ways = ways
        self._users, self._fallback = people
        self._held = held

    def verdict(self, truth: Truth, gone: Truth | None, others: Collection[str]) -> list[Finding]:
        self._spoilt(truth)
        wanted = self._wanted(truth)
        if gone is not None:
            here = {(one.object, one.key) for one in wanted}
            wanted += [one for one in self._wanted(gone) if (one.object, one.key) not in here]
        by_object: dict[str, list[Wanted]] = defaultdict(list)
        for one in wanted:
            by_object[one.object].append(one)
        for name, found in self._held.records.items():
            self._pair(by_object[name], [one for one in found if one.id not in others])
        return sorted(self.findings)

    def _wanted(self, truth: Truth) -> list[Wanted]:
        unusable = {
            place for place, field in truth.spoilt.items() if (place[0], field) not in UNUSED
        }
        sound = truth.without({*self._rejected, *unusable})
        people = People.of(truth, self._users, self._fallback)
        return promises(Promise(sound, people, self._ways, self._held.audited))

    def _spoilt(self, truth: Truth) -> None:
        for (stream, key), field in truth.spoilt.items():
            names = (stream, *MADE_OF.get(stream, ()))
            keys = (key, f"event-{key}", f"time-{key}", f"contact-{key}")
            rejected = any((name, one) in self._rejected for name in names for one in keys)
            if (stream, field) not in UNUSED and not rejected:
                self._find("L", f"{stream} {key}", f"{field} is unusable, yet it is not rejected")

    def _pair(self, wanted: Sequence[Wanted], found: Sequence[Found]) -> None:
        by_key: dict[str | None, list[Found]] = defaultdict(list)
        for one in found:
            by_key[one.key].append(one)
        for one in wanted:
            there = by_key.pop(one.key, [])
            if len(there) > 1:
                ids = ", ".join(each.id for each in there)
                self._find("D", str(one), f"is there {len(there)} times: {there[0].object} {ids}")
            self._landed(one, there[0] if there else None)
        for key, strangers in by_key.items():
            for one in strangers:
                whose = f"carries the key {key}" if key else "carries no key"
                self._find("D", str(one), f"{whose}, and no source record is behind it")

    def _landed(self, wanted: Wanted, found: Found | None) -> None:
        refused = self._is_refused(wanted)
        if wanted.impossible and (found is not None or not refused):
            state = "landed" if found is not None else "neither landed nor rejected"
            self._find("L", str(wanted), f"{state}, though {wanted.impossible}")
        elif found is None:
            if not refused:
                self._find("L", str(wanted), "neither landed nor rejected")
        elif not refused:
            self._fields(wanted, found)
            self._lookups(wanted, found)

    def _is_refused(self, wanted: Wanted) -> bool:
        names = {wanted.name, wanted.stream}
        keys = {wanted.key, wanted.row}
        return any((name, key) in self._rejected for name in names for key in keys)

    def _fields(self, wanted: Wanted, found: Found) -> None:
        for name, value in wanted.fields.items():
            there = found.fields.get(name)
            if not _equal(name, value, there):
                sentence = f"{name} of {found} should be {shown(value)}, is {shown(there)}"
                self._find("F", str(wanted), sentence)

    def _lookups(self, wanted: Wanted, found: Found) -> None:
        for name, parent in wanted.parents.items():
            there = found.fields.get(name)
            leads_to = self._held.known.get(str(there), ("somebody", str(there))) if there else None
            if leads_to != parent:
                should = "be empty" if parent is None else f"lead to {parent[0]} of {parent[1]}"
                leads = " ".join(leads_to) if leads_to else "nothing"
                self._find("R", str(wanted), f"{name} of {found} should {should}, leads to {leads}")

    def _find(self, oracle: str, record: str, sentence: str) -> None:
        self.findings.append(Finding(oracle, record, sentence))


def _equal(name: str, wanted: Any, found: Any) -> bool:
    """Whether two values are equal as far as Salesforce can tell: it trims what is written."""
    if isinstance(wanted, str) and isinstance(found, str):
        if name in {"Content", "Body"}:
            named = re.escape(_as_seen(wanted)).replace(re.escape(ANY_NAME), r"[^\]<]+")
            return re.fullmatch(named, _as_seen(found)) is not None
        return wanted.strip() == found.strip()
    return same(wanted, found)


def _as_seen(text: str) -> str:
    """What people see of a note: tags may be spelt in many ways."""
    told = html.unescape(re.sub(r"<[^>]*>", "", BREAK.sub("\n", text)))
    return " ".join(told.split())
