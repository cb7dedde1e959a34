"""Columns: fields by their API name, and parents by an external id of theirs.

A parent's key stands under ``Relationship.Field``. Where the field may point to several objects the
header also says which one is meant, ``Contact:Who.Key__c``; where it cannot, that is an error. How
many there are in this very org decides, so the describe is asked and never the name:
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/
datafiles_csv_rel_field_header_row.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_salesforce.described import Described


def header_of(described: Described, name: str) -> str:
    """The header of a column.

    Args:
        described: the object.
        name: of a field, or ``[Object:]Relationship.Field``.

    Raises:
        KeyError: the object has no such field or relationship.
        ValueError: nothing tells which object is meant, or it cannot be that one.
    """
    if "." not in name:
        return described.by_name[name].name
    path, _, field = name.partition(".")
    told, _, relation = path.rpartition(":")
    for one in described.by_name.values():
        if one.row.get("relationshipName") == relation:
            to = list(one.row.get("referenceTo") or ())
            break
    else:
        raise KeyError(name)
    if told and told not in to:
        raise ValueError(f"{name}: {one.name} never points to {told}, but to {', '.join(to)}")
    if len(to) == 1:
        return f"{relation}.{field}"
    if not told:
        raise ValueError(f"{name}: say which object is meant, as in {to[0]}:{relation}.{field}")
    return f"{told}:{relation}.{field}"
