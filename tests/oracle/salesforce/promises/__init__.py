"""What Salesforce owes each Kickserv record, told per object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.salesforce.promises import (
    accounts,
    catalog,
    contacts,
    estimates,
    invoices,
    jobs,
    papers,
    visits,
)

if TYPE_CHECKING:
    from tests.oracle.salesforce.promises.wanted import Promise, Wanted


def promises(promise: Promise) -> list[Wanted]:
    """Every record that has to be in the org."""
    return [
        *accounts.accounts(promise),
        *accounts.locations(promise),
        *contacts.technicians(promise),
        *contacts.contacts(promise),
        *contacts.customers(promise),
        *catalog.products(promise),
        *catalog.prices(promise),
        *jobs.jobs(promise),
        *estimates.estimates(promise),
        *estimates.lines(promise),
        *invoices.invoices(promise),
        *invoices.lines(promise),
        *invoices.payments(promise),
        *visits.time_entries(promise),
        *visits.visits(promise),
        *papers.notes(promise),
        *papers.images(promise),
        *papers.attachments(promise),
        *papers.signatures(promise),
    ]
