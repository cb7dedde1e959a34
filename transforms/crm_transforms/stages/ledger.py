"""The ledger: what planning asks of the journal, and what it notes there beside its changes.

A dry run puts another ledger in its place, so that both plan in one way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crm_transforms.destination import Record, Value
    from crm_transforms.journal import Link, Reject
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Change, Work


class Stale(NamedTuple):
    """A linked record that is wanted otherwise than it was written last.

    Attributes:
        last: as it was written then, empty where we never wrote it.
        changed: the fields in question, as they are wanted.
    """

    draft: Draft
    link: Link
    last: dict[str, Any]
    changed: dict[str, Value]


class Ledger:
    """The journal, as planning uses it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    # What counts as there

    def links(self, name: str, keys: Collection[str]) -> dict[str, Link]:
        """What has landed of an object, by key."""
        return self._work.journal.links(name, self._work.identity.id, keys)

    def ids(self, name: str, keys: Collection[str]) -> dict[str, str]:
        """The ids of records that others may refer to, by key."""
        links = self._work.journal.links(name, self._work.identity.id, keys)
        return {key: link.destination_id for key, link in links.items()}

    def rejected(self, name: str, keys: Collection[str]) -> dict[str, Reject]:
        """What is rejected of an object, by key."""
        return self._work.journal.rejected(name, self._work.identity.id, keys)

    def frozen(self, name: str) -> Collection[str]:
        """Keys of records of which nobody knows what became of them."""
        return self._work.journal.open_keys(self._work.identity.id, name)

    def taken(self, name: str, keys: Collection[str]) -> Collection[str]:  # noqa: ARG002
        """Those of the keys that a row of this run took and that no link tells of yet."""
        return ()

    def may_be_there(self, draft: Draft) -> bool:  # noqa: ARG002
        """Whether a record that no link tells of can be there all the same."""
        return True

    def standing(self, obj: PlannedSubject, stale: Sequence[Stale]) -> dict[str, Record]:
        """Linked records as they stand there now, in the fields that matter, by id."""
        return self.read(obj, [(one.link.destination_id, one.changed) for one in stale])

    def read(self, obj: PlannedSubject, wanted: Sequence[tuple[str, Record]]) -> dict[str, Record]:
        """Records by id as they stand there now, in all the fields that are wanted of any."""
        if not wanted:
            return {}
        fields = sorted({name for _, record in wanted for name in record})
        destination = self._work.destination
        found = destination.read(obj.target, [one for one, _ in wanted], fields)
        return {
            destination_id: destination.normalise(obj.target, record)
            for destination_id, record in found.items()
        }

    # What is noted

    def unchanged(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        """Records of which nothing is to be written, because their input is as before."""

    def touched(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        """Records of which nothing is to be written, although their input is new."""
        inputs = [(draft.key, draft.input_fp) for draft in drafts]
        self._work.journal.touch_links(obj.name, self._work.identity.id, inputs)

    def matched(self, obj: PlannedSubject, found: Sequence[tuple[Draft, str]]) -> None:
        """Records that were there before us, just as they are wanted."""
        links = [(draft.key, destination_id, draft.input_fp) for draft, destination_id in found]
        self._work.journal.link_matched(obj.name, self._work.identity.id, links)

    def planned(self, obj: PlannedSubject, draft: Draft, change: Change) -> None:
        """A record that is to be written."""

    def rejected_still(self, obj: PlannedSubject, draft: Draft, reject: Reject) -> None:
        """A record whose input is as it was when it was rejected."""

    def reject(self, rejects: Sequence[tuple[Draft, Reject]]) -> None:
        """Records that cannot be written."""
        self._work.journal.reject([reject for _, reject in rejects])
