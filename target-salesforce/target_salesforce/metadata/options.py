"""Options of picklists: added and taken away without touching anything else about the field.

A deploy replaces a field as a whole. What it is now is asked of the Tooling API; where that does
not tell, of the describe, which knows all that our own fields have.
https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/
(tooling_api_objects_customfield.htm, tooling_api_objects_standardvalueset.htm)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from target_salesforce import soql
from target_salesforce.errors import RefusedError
from target_salesforce.metadata import tables
from target_salesforce.metadata.fields import labels_of, value_set
from target_salesforce.metadata.names import SUFFIX, home_of
from target_salesforce.metadata.xml import flag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.client import Client
    from target_salesforce.field import Field
    from target_salesforce.metadata.plan import Plan
    from target_salesforce.metadata.xml import Element

FIELD_QUERY = (
    "SELECT Metadata FROM CustomField"
    " WHERE EntityDefinition.QualifiedApiName = {} AND DeveloperName = {}"
)
SET_QUERY = "SELECT Metadata FROM StandardValueSet WHERE MasterLabel = {}"
NAMES = {"valueName": "fullName"}
"""Names that JSON has for elements of XML."""


class Refusal(NamedTuple):
    """Why options cannot be changed."""

    code: str
    message: str


def wanted_options(field: Field, record: Record) -> tuple[list[str], list[str]]:
    """The labels to add and those to take away; what is there or gone already counts as done."""
    there = set(getattr(field.form, "options", {}))
    doomed = [label for label in labels_of(record, "remove_options") if label in there]
    new = [
        label
        for label in dict.fromkeys(labels_of(record))
        if label not in there and label not in doomed
    ]
    return new, doomed


def change(
    client: Client, plan: Plan, object_name: str, field: Field, record: Record
) -> Refusal | None:
    """Put a change of options into a plan.

    Args:
        client: the org's API.
        plan: what the deploy does; several changes of one field come together in it.
        object_name: the object.
        field: a picklist of it.
        record: ``options`` to add, ``remove_options`` to take away.

    Returns:
        Why it cannot be made.
    """
    new, doomed = wanted_options(field, record)
    if field.row.get("custom"):
        return _change_field(client, plan, object_name, field, new, doomed)
    name = tables.VALUE_SETS.get((object_name, field.name))
    if name is None:
        message = "its options are Salesforce's own; add them in Setup if that lets you"
        return Refusal("NO_OPTIONS", message)
    return _change_set(client, plan, name, field, new, doomed)


def _change_field(
    client: Client, plan: Plan, object_name: str, field: Field, new: list[str], doomed: list[str]
) -> Refusal | None:
    home = home_of(object_name)
    component = f"{home}.{field.name}"
    developer_name = soql.text(field.name.removesuffix(SUFFIX))
    told = _told(client, FIELD_QUERY.format(soql.text(home), developer_name))
    values = (told or {}).get("valueSet") or {}
    if values.get("valueSetName"):
        message = f"its options are those of the global value set {values['valueSetName']}"
        return Refusal("GLOBAL_VALUE_SET", f"{message}; add them there")
    if told is None or not isinstance(values.get("valueSetDefinition"), dict):
        plan.fields[component] = _from_describe(field, new, doomed)
        return None
    definition = values["valueSetDefinition"]
    definition["value"] = _changed(definition.get("value") or [], new, doomed)
    elements = _xml({name: value for name, value in told.items() if name != "fullName"})
    plan.fields[component] = [("fullName", field.name), *elements]
    return None


def _change_set(
    client: Client, plan: Plan, name: str, field: Field, new: list[str], doomed: list[str]
) -> Refusal | None:
    told = _told(client, SET_QUERY.format(soql.text(name)))
    if told is not None:
        told["standardValue"] = _changed(told.get("standardValue") or [], new, doomed)
        plan.value_sets[name] = _xml(told)
        return None
    if name in tables.WITH_MEANING:
        message = f"values of {name} say more than their label; add them in Setup"
        return Refusal("STANDARD_VALUES", message)
    rows = [
        (str(row["value"]), str(row.get("label") or row["value"]), bool(row.get("defaultValue")))
        for row in field.row.get("picklistValues") or ()
        if row.get("active", True) and str(row.get("label") or row["value"]) not in doomed
    ]
    rows += [(label, label, False) for label in new]
    plan.value_sets[name] = [
        ("sorted", "false"),
        *(
            ("standardValue", [("fullName", value), ("default", flag(default)), ("label", label)])
            for value, label, default in rows
        ),
    ]
    return None


def _told(client: Client, query: str) -> dict[str, Any] | None:
    """What the Tooling API says; ``None`` where it does not."""
    try:
        body = client.read("tooling/query", {"q": query})
    except RefusedError:
        return None
    rows = body.get("records") if isinstance(body, dict) else None
    told = rows[0].get("Metadata") if isinstance(rows, list) and len(rows) == 1 else None
    return dict(told) if isinstance(told, dict) else None


def _changed(
    values: Sequence[Mapping[str, Any]], new: Sequence[str], doomed: Sequence[str]
) -> list[dict[str, Any]]:
    """Values with some more, and some that cannot be chosen any more."""
    rows = [dict(row) for row in values]
    left = list(new)
    for row in rows:
        label = str(row.get("label") or row.get("valueName"))
        if label in doomed:
            row["isActive"] = False
        elif label in left:
            left.remove(label)
            row["isActive"] = True
    return rows + [{"valueName": label, "default": False, "label": label} for label in left]


def _from_describe(field: Field, new: Sequence[str], doomed: Sequence[str]) -> list[Element]:
    left = list(new)
    values: list[tuple[str, str, bool]] = []
    for row in field.row.get("picklistValues") or ():
        value = str(row["value"])
        label = str(row.get("label") or value)
        active = bool(row.get("active", True)) and label not in doomed
        if label in left:
            left.remove(label)
            active = True
        values.append((value, label, active))
    values += [(label, label, True) for label in left]
    many = field.row["type"] == "multipicklist"
    elements: dict[str, Any] = {
        "label": str(field.row.get("label") or field.name),
        "required": "false",
        "type": "MultiselectPicklist" if many else "Picklist",
        "valueSet": _unrestricted(
            value_set(values), restricted=field.row.get("restrictedPicklist")
        ),
    }
    if field.row.get("inlineHelpText"):
        elements["inlineHelpText"] = str(field.row["inlineHelpText"])
    if many:
        elements["visibleLines"] = str(tables.VISIBLE_LINES["MultiselectPicklist"])
    return [("fullName", field.name), *sorted(elements.items())]


def _unrestricted(elements: list[Element], *, restricted: Any) -> list[Element]:
    return [("restricted", flag(restricted)), *elements[1:]]


def _xml(told: Mapping[str, Any]) -> list[Element]:
    """JSON of the Tooling API as elements; what is null is left out."""
    elements: list[Element] = []
    for name, value in sorted(told.items(), key=lambda pair: (pair[0] != "valueName", pair[0])):
        called = NAMES.get(name, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                elements.append((called, _xml(one)))
            elif one is not None:
                text = flag(one) if isinstance(one, bool) else str(one)
                elements.append((called, text))
    return elements
