"""A field as the describe of its object tells it.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/
sforce_api_calls_describesobjects_describesobjectresult.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.sobject import ADDRESS, AUDIT

if TYPE_CHECKING:
    from tests.sandbox.salesforce.sobject import Field, Sobject

SOAP = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int",
    "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date",
    "datetime": "xsd:dateTime", "time": "xsd:time", "base64": "xsd:base64Binary",
    "address": "urn:address", "location": "urn:location",
}  # fmt: skip
"""What else is a string."""
TEXTS = frozenset(
    {"string", "textarea", "picklist", "multipicklist", "phone", "url", "email", "combobox"}
)
NOT_GROUPED = frozenset(
    {"double", "currency", "percent", "datetime", "address", "location", "combobox",
     "multipicklist"}
)  # fmt: skip
NOT_ADDED_UP = frozenset({"boolean", "address", "location", "multipicklist"})
PERSON = frozenset({"FirstName", "LastName", "Salutation"})
ALWAYS_SEEN = frozenset({"Id", "Name", "OwnerId", "Subject", "IsDeleted", "SystemModstamp", *AUDIT})
NEVER = {
    "aiPredictionField": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}
"""What no field of the sandbox is or has."""


def described(one: Field, made: Sobject, *, audit: bool, edits: bool) -> dict[str, Any]:
    """One entry of ``fields``.

    Args:
        audit: whether new records may say when and by whom they were made.
        edits: whether the user may fill this field.
    """
    createable = one.has("c") or (audit and made.keeps_audit and one.name in AUDIT)
    return {
        **NEVER,
        "aggregatable": one.type not in NOT_ADDED_UP and not one.is_long,
        "autoNumber": one.has("a"),
        "byteLength": one.length * 3 if one.type in TEXTS else one.length,
        "calculated": one.has("k"),
        "caseSensitive": one.has("Q"),
        "compoundFieldName": _compound(one, made),
        "createable": createable and edits,
        "custom": one.custom,
        "defaultValue": _default(one),
        "defaultedOnCreate": one.has("d"),
        "digits": one.precision if one.type == "int" else 0,
        "externalId": one.has("x"),
        "extraTypeInfo": _extra(one),
        "filterable": one.filterable,
        "groupable": one.type not in NOT_GROUPED and not one.is_long and not one.has("a"),
        "htmlFormatted": one.rich,
        "idLookup": one.has("i") or one.has("x"),
        "label": one.label,
        "length": one.length,
        "name": one.name,
        "nameField": one.name == made.name_field,
        "namePointing": one.has("p"),
        "nillable": not one.has("n"),
        "permissionable": one.name not in ALWAYS_SEEN and not one.required and not one.has("n"),
        "picklistValues": [
            {
                "active": option.active,
                "defaultValue": option.default,
                "label": option.value,
                "validFor": None,
                "value": option.value,
            }
            for option in one.options
        ],
        "polymorphicForeignKey": one.has("p"),
        "precision": 0 if one.type == "int" else one.precision,
        "queryByDistance": one.type in {"address", "location"},
        "referenceTo": list(one.to),
        "relationshipName": one.relationship or None,
        "restrictedPicklist": one.has("s"),
        "scale": one.scale,
        "soapType": SOAP.get(one.type, "xsd:string"),
        "sortable": one.sortable,
        "type": one.type,
        "unique": one.has("q") or one.has("Q"),
        "updateable": one.has("u") and edits,
    }


def _default(one: Field) -> Any:
    if one.type == "boolean":
        return bool(one.default)
    return next((option.value for option in one.options if option.default), None)


def _compound(one: Field, made: Sobject) -> str | None:
    """The field of which this one is a part."""
    if one.name in PERSON and "LastName" in made.fields:
        return "Name"
    for part in ADDRESS:
        whole = f"{one.name.removesuffix(part)}Address"
        if one.name.endswith(part) and whole in made.fields:
            return whole
    return None


def _extra(one: Field) -> str | None:
    if one.type != "textarea":
        return None
    return "richtextarea" if one.rich else "plaintextarea"
