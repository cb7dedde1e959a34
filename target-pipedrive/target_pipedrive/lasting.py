"""What no removal and no restoring takes back, said for people.

https://developers.pipedrive.com/docs/api/v1 and https://pipedrive.readme.io; the knowledge base on
restoring data: https://support.pipedrive.com/en/article/restore-data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = (
    "What is removed lies in Pipedrive's bin for 30 days, where people can restore it; then it is"
    " gone for good."
)

LASTING: Mapping[str, tuple[str, ...]] = {
    "": (
        "Ids are used up: what is loaded again later has other ids and other addresses.",
        "Automations, webhooks and e-mails that were set off are not called back.",
        "Removing and restoring set off automations and webhooks of their own.",
        "Change logs and the times of the last change tell of the load and of the rollback.",
        "The tokens of the day are spent.",
    ),
    "organizations": (
        BIN,
        "Relations to other organizations that people drew are lost with an organization.",
    ),
    "persons": (
        BIN,
        "A marketing status can be changed back once only, so that a restored one may stay.",
    ),
    "products": (
        BIN,
        "Files, images and variations that people added to a product are lost with it.",
    ),
    "deals": (
        BIN,
        "The time of the last change of stage is that of the rollback.",
        "When a deal was first won stays known, also once it is open again.",
        "As long as a deal has lines its value is their sum, whatever is restored.",
        "Discounts, installments and participants that people added are lost with a deal.",
    ),
    "deal_products": (
        "A removed line is gone at once, and a new one has another id.",
        "A changed tax method holds for all lines of its deal, those of other people as well.",
    ),
    "activities": (
        BIN,
        "Invitations that were sent stay with those who got them.",
        "When an activity was marked as done is that of the last marking.",
    ),
    "notes": (
        "A removed note is gone at once; no bin is documented for notes.",
        "Comments of people on a note are lost with it.",
    ),
    "files": (
        BIN,
        "A file that is loaded again has another upload time.",
    ),
    "schema": (
        "A custom field that is made again has another key: filters and integrations lose it.",
        "Values go with their custom field, and options with the records that hold them.",
    ),
}
"""Sentences by object; those of the empty name hold for the account as a whole."""
