"""What Pipedrive owes each Kickserv record, told per object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.promises import catalog, contacts, deals, papers, visits

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.oracle.people import People
    from tests.oracle.promises.wanted import Wanted
    from tests.oracle.truth import Truth


def promises(truth: Truth, people: People, refused: Collection[tuple[str, str]]) -> list[Wanted]:
    """Every record that has to be in Pipedrive.

    Args:
        truth: what Kickserv holds.
        people: who owns what.
        refused: (object, key) of what stands in rejects; it is missing from sums.
    """
    return [
        *contacts.organizations(truth, people),
        *contacts.persons(truth, people),
        *catalog.services(truth),
        *catalog.items(truth),
        catalog.free_line(),
        *deals.deals(truth, people, refused),
        *deals.lines(truth),
        *visits.activities(truth),
        *papers.notes(truth, people),
        *papers.note_images(truth),
        *papers.documents(truth, "attachments", "attachment"),
        *papers.documents(truth, "signatures", "signature"),
    ]
