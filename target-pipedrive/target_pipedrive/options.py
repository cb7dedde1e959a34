"""The options of a choice: added and taken away, all that are asked for in one request.

The published file speaks of custom fields; that Pipedrive's own label fields take further options
in the same way, and give them back, is a guess. Where it does not, its words say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import Status
from target_pipedrive.answers import Outcome
from target_pipedrive.shapes import Options, is_a

if TYPE_CHECKING:
    from collections.abc import Collection

    from target_pipedrive.account import Account

ALREADY_GONE = "ALREADY_GONE"
"""The code of a verdict on a removal for which there was nothing left to do."""


def add_options(account: Account, object_name: str, name: str, labels: Collection[str]) -> Outcome:
    """Add those of the labels that a choice lacks. All or none are added (published).

    Raises:
        DestinationError: as in :meth:`Client.send`.
    """
    fields = account.book.of(object_name)
    code = fields.option_code(name)
    new = [label for label in labels if label not in fields.options[code]]
    if not new:
        return Outcome(Status.LANDED)
    endpoint = f"POST {fields.table.fields_path}/{{code}}/options"
    outcome = account.client.send(endpoint, [{"label": label} for label in new], code=code)
    if outcome.status is Status.REFUSED:
        account.refused_labels.update({(object_name, name, one): outcome.words for one in new})
    if outcome.status is not Status.LANDED:
        return outcome
    shown = outcome.data if is_a(Options, {"options": outcome.data}) else []
    if not set(new) <= {option["label"] for option in shown}:
        message = "the answer does not show the options that were sent"
        return Outcome(Status.UNKNOWN, code="STRANGE_ANSWER", words=message)
    account.book.change_options(object_name, code, added=shown)
    return outcome


def remove_options(
    account: Account, object_name: str, name: str, labels: Collection[str]
) -> Outcome:
    """Take away those of the labels that a choice has; the others are gone already.

    Raises:
        DestinationError: as in :meth:`Client.send`.
    """
    fields = account.book.of(object_name)
    code = fields.option_code(name)
    doomed = [id_ for label, id_ in fields.options[code].items() if label in set(labels)]
    if not doomed:
        return Outcome(Status.LANDED, code=ALREADY_GONE if labels else "")
    endpoint = f"DELETE {fields.table.fields_path}/{{code}}/options"
    outcome = account.client.send(endpoint, [{"id": id_} for id_ in doomed], code=code)
    if outcome.status is Status.LANDED:
        account.book.change_options(object_name, code, removed=doomed)
    return outcome
