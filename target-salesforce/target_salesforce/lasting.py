"""What no removal and no restoring takes back, said for people.

https://help.salesforce.com/s/articleView?id=xcloud.home_delete.htm and the object reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = (
    "What is removed lies in Salesforce's recycle bin for 15 days, from where people can restore"
    " it; then it is gone for good."
)
NUMBER = "Auto-numbers are used up: a record that is loaded again has another number."

LASTING: Mapping[str, tuple[str, ...]] = {
    "": (
        "Ids are used up: what is loaded again later has other ids and other addresses.",
        (
            "Flows, triggers, e-mail alerts and outbound messages that were set off are not called"
            " back, and removing sets off some of its own."
        ),
        (
            "Who changed a record last, and when, tells of the load and of the rollback; so do"
            " field histories and the setup audit trail."
        ),
        "Requests and batches of the last 24 hours are spent.",
    ),
    "Account": (BIN, "What people added to an account goes to the bin with it."),
    "Contact": (BIN, "A contact's places in campaigns and opportunities go with it."),
    "Case": (BIN, NUMBER, "Comments and e-mails of people on a case go to the bin with it."),
    "Opportunity": (BIN, "Its history of stages and its contact roles go with an opportunity."),
    "OpportunityLineItem": (
        (
            "A removed line is gone at once as far as people are concerned: lines are not restored"
            " without their opportunity."
        ),
        "The first line gave its opportunity a price book, which stays.",
    ),
    "Order": (BIN, NUMBER, "An order that was activated is a draft before it goes."),
    "OrderItem": (BIN, NUMBER),
    "Product2": (BIN, "A product that people used in lines or assets cannot be removed."),
    "PricebookEntry": (
        "A price that is or was in use cannot always be removed; it is made inactive by hand.",
    ),
    "Task": (BIN, "Reminders and notices that were sent stay sent."),
    "Event": (BIN, "Invitations that were sent stay with those who got them."),
    "ContentNote": (BIN, "Shares of a note that people made go with it."),
    "ContentVersion": (BIN, "All versions of a file and its public links go with it."),
    "Note": (BIN,),
    "User": ("Salesforce removes no users; they are deactivated by hand.",),
    SCHEMA: (
        (
            "A removed custom field lies among the deleted fields of its object for 15 days and"
            " takes up room there meanwhile; its values and its history go with it."
        ),
        "A custom object lies among the deleted objects for 15 days, with its records.",
        "A picklist value that was taken away stays among the inactive ones.",
    ),
}
"""Sentences by object; those of the empty name hold for the org as a whole."""

CUSTOM = (BIN,)
"""For objects of the org's own."""


def lasting(object_name: str) -> tuple[str, ...]:
    """What stays of records of an object."""
    return LASTING.get(object_name, CUSTOM)
