"""Rules of single objects that no describe tells.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import content
from tests.sandbox.salesforce.deletion import obstacle
from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.rules import (
    activities,
    opportunities,
    orders,
    people,
    permissions,
    prices,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]

INSERT: dict[str, Callable[[Org, Row], Problem | None]] = {
    "ContentDocumentLink": content.before_link,
    "ContentVersion": content.before_version,
    "Event": activities.insert_event,
    "FieldPermissions": permissions.insert_field,
    "OpportunityLineItem": opportunities.insert_line,
    "Order": orders.insert_order,
    "OrderItem": orders.insert_item,
    "PermissionSetAssignment": permissions.insert_assignment,
    "PricebookEntry": prices.insert_entry,
    "Task": activities.check,
    "User": people.insert_user,
}
UPDATE: dict[str, Callable[[Org, Row, Row], Problem | None]] = {
    "Event": activities.update_event,
    "Opportunity": opportunities.update_opportunity,
    "OpportunityLineItem": opportunities.update_line,
    "Order": orders.update_order,
    "OrderItem": orders.update_item,
    "PricebookEntry": prices.update_entry,
    "Task": activities.update_task,
}
COMPLETE: dict[str, Callable[[Org, Row], None]] = {
    "Case": activities.complete_case,
    "Contact": people.complete_person,
    "Event": activities.complete_event,
    "Opportunity": opportunities.complete_opportunity,
    "OpportunityLineItem": opportunities.complete_line,
    "Order": orders.complete_order,
    "OrderItem": orders.complete_item,
    "PricebookEntry": prices.complete_entry,
    "Task": activities.complete_task,
    "User": people.complete_person,
}
INSERTED: dict[str, Callable[[Org, Row], None]] = {
    "Contact": people.relate_contact,
    "ContentNote": content.after_note,
    "ContentVersion": content.after_version,
    "OpportunityLineItem": opportunities.choose_book,
}
UPDATED: dict[str, Callable[[Org, Row], None]] = {"ContentNote": content.renew_note}
CHANGED: dict[str, Callable[[Org, Row], None]] = {
    "FieldPermissions": permissions.forget,
    "OpportunityLineItem": opportunities.add_up,
    "OrderItem": orders.add_up,
    "PermissionSet": permissions.forget,
    "PermissionSetAssignment": permissions.forget,
}
"""What follows when a record has come, changed or gone."""
STAY = frozenset({"Organization", "Profile"})


def before_insert(org: Org, made: Sobject, values: Row, told: Mapping[str, Any]) -> Problem | None:
    """Why a record cannot be made. ``told`` is what the caller said of it."""
    del told
    check = INSERT.get(made.name)
    return check(org, values) if check else None


def before_update(org: Org, made: Sobject, row: Row, values: Row) -> Problem | None:
    """Why a record cannot be changed so."""
    check = UPDATE.get(made.name)
    return check(org, row, values) if check else None


def before_delete(org: Org, made: Sobject, row: Row) -> Problem | None:
    """Why a record cannot be deleted."""
    if made.name == "User":
        return Problem("CANNOT_DELETE_USER", "Users cannot be deleted. Deactivate them instead.")
    if made.name in STAY or row.get("IsStandard"):
        text = f"{made.label} cannot be deleted"
        return Problem("INSUFFICIENT_ACCESS_OR_READONLY", text)
    if made.name == "ContentVersion":
        return Problem("INSUFFICIENT_ACCESS_OR_READONLY", "delete the ContentDocument instead")
    activated = orders.before_delete(org, made.name, row)
    if activated is not None:
        return activated
    why = obstacle(org, made, row)
    if why:
        text = (
            f"Your attempt to delete {row.get('Name', row['Id'])} could not be completed because "
            f"it is associated with the following {why}."
        )
        return Problem("DELETE_FAILED", text)
    return None


def complete(org: Org, made: Sobject, row: Row) -> None:
    """What the platform computes of a record's own fields."""
    work = COMPLETE.get(made.name)
    if work:
        work(org, row)


def after_insert(org: Org, made: Sobject, row: Row) -> None:
    """What follows for other records."""
    work = INSERTED.get(made.name)
    if work:
        work(org, row)
    after_delete(org, made, row)


def after_update(org: Org, made: Sobject, row: Row, values: Row) -> None:
    """What follows for other records."""
    del values
    work = UPDATED.get(made.name)
    if work:
        work(org, row)
    after_delete(org, made, row)


def after_delete(org: Org, made: Sobject, row: Row) -> None:
    """What follows for other records."""
    work = CHANGED.get(made.name)
    if work:
        work(org, row)
