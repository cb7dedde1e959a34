"""What a deploy may change, kept to be put back."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

SETUP = ("PermissionSet", "PermissionSetAssignment", "FieldPermissions", "ObjectPermissions")


def keep(org: Org) -> Any:
    """What a deploy may change, to be put back."""
    objects = {name: replace(made, fields=dict(made.fields)) for name, made in org.objects.items()}
    rows = {name: copy.deepcopy(org.rows[name]) for name in SETUP}
    return objects, rows, org.custom_objects, len(org.commits)


def restore(org: Org, kept: Any) -> None:
    """Put back what a deploy has changed."""
    objects, rows, org.custom_objects, commits = kept
    del org.commits[commits:]
    for name in set(org.objects) - set(objects):
        org.remove_object(name)
    for name, made in objects.items():
        if org.objects[name].fields != made.fields:
            org.objects[name] = made
            org.changed(name)
    for name, each in rows.items():
        org.rows[name] = each
        org.index.rebuild(org.objects[name], each.values())
    org.access.forget()
