"""The sandbox's describes are those that a real org gave.

CRM_SPECS names a folder in which salesforce-describe/ holds answers of a Developer scratch org, one
JSON file an object.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.salesforce import Org

FOLDER = os.environ.get("CRM_SPECS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="CRM_SPECS does not name the recorded describes")
OBJECTS = ("Account", "Case", "Contact", "Event", "Opportunity")
SAME = (
    "aggregatable", "autoNumber", "byteLength", "calculated", "caseSensitive", "compoundFieldName",
    "createable", "custom", "defaultValue", "defaultedOnCreate", "digits", "externalId",
    "filterable", "groupable", "htmlFormatted", "idLookup", "label", "length", "name", "nameField",
    "namePointing", "nillable", "polymorphicForeignKey", "precision", "queryByDistance",
    "relationshipName", "restrictedPicklist", "scale", "soapType", "sortable", "type", "unique",
    "updateable",
)  # fmt: skip
KNOWN = {
    # Text of 4,000 characters that the database looks into all the same.
    ("Case", "Comments", "aggregatable"),
    ("Case", "Comments", "sortable"),
    ("Case", "Comments", "byteLength"),
    # That org had person accounts.
    ("Account", "Name", "compoundFieldName"),
    # Of Data.com and of partner programmes, which are no concern of loaders.
    ("Account", "JigsawCompanyId", "relationshipName"),
    ("Contact", "JigsawContactId", "relationshipName"),
    *(
        ("Account", name, what)
        for name in ("ChannelProgramName", "ChannelProgramLevelName")
        for what in ("filterable", "sortable")
    ),
    # Computed when somebody looks.
    *(
        ("Opportunity", name, what)
        for name in ("HasOpenActivity", "HasOverdueTask")
        for what in ("filterable", "sortable")
    ),
    ("Opportunity", "Fiscal", "byteLength"),
    ("Opportunity", "FiscalQuarter", "compoundFieldName"),
    ("Opportunity", "FiscalYear", "compoundFieldName"),
    ("Event", "ActivityDate", "aggregatable"),
}
"""(object, field, property) in which the sandbox is simpler than the org was."""


@cache
def recorded(name: str) -> dict[str, Any]:
    assert FOLDER, "CRM_SPECS is not set"
    return json.loads(Path(FOLDER, "salesforce-describe", f"{name}.json").read_text("utf-8"))


@cache
def ours(name: str) -> dict[str, Any]:
    return Org().describe(name)


def fields(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in described["fields"]}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_has_the_fields_that_it_had(name):
    assert set(fields(ours(name))) == set(fields(recorded(name)))


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_have_the_properties_that_they_had(name):
    mine = fields(ours(name))
    different = {
        (name, one["name"], what): (one[what], mine[one["name"]][what])
        for one in recorded(name)["fields"]
        for what in SAME
        if one[what] != mine[one["name"]][what]
    }
    assert {key: told for key, told in different.items() if key not in KNOWN} == {}


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_tell_all_that_they_told(name):
    for one in recorded(name)["fields"]:
        assert set(one) <= set(fields(ours(name))[one["name"]]), one["name"]


@pytest.mark.parametrize("name", OBJECTS)
def test_references_lead_where_they_led(name):
    """Of what an activity may be about, the sandbox has the usual objects only."""
    mine = fields(ours(name))
    for one in recorded(name)["fields"]:
        known = mine[one["name"]]["referenceTo"]
        assert set(known) <= set(one["referenceTo"]), one["name"]
        assert (len(known) > 1) is (len(one["referenceTo"]) > 1), one["name"]


@pytest.mark.parametrize("name", OBJECTS)
def test_picklists_have_the_values_that_they_had(name):
    mine = fields(ours(name))
    for one in recorded(name)["fields"]:
        if one["name"] == "RecurrenceTimeZoneSidKey":
            continue
        values = [each["value"] for each in one["picklistValues"] if each["active"]]
        assert [each["value"] for each in mine[one["name"]]["picklistValues"]] == values


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_tells_of_itself_what_it_told(name):
    real, mine = recorded(name), ours(name)
    assert set(real) - {"associateEntityType", "associateParentEntity"} <= set(mine)
    for what in (
        "createable", "custom", "deletable", "keyPrefix", "label", "labelPlural", "mergeable",
        "name", "queryable", "replicateable", "retrieveable", "searchable", "triggerable",
        "undeletable", "updateable",
    ):  # fmt: skip
        assert mine[what] == real[what], what
