"""The sandbox describes objects as a real org did when its answers were recorded."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.salesforce import Org

SPECS = os.environ.get("CRM_SPECS")
OBJECTS = ("Account", "Case", "Contact", "Event", "Opportunity")
SAME = (
    "type",
    "length",
    "createable",
    "updateable",
    "nillable",
    "defaultedOnCreate",
    "restrictedPicklist",
    "relationshipName",
    "precision",
    "scale",
    "label",
)
"""What a loader relies on."""
OF_OTHER_CLOUDS = frozenset({"Account", "Contact", "Lead", "Case", "Opportunity", "Order", "User"})
"""Parents that are in every org; what else a reference may lead to depends on what is bought."""

pytestmark = pytest.mark.skipif(SPECS is None, reason="CRM_SPECS does not lead to recordings")


@pytest.fixture(scope="module")
def org() -> Org:
    return Org()


def recorded(name: str) -> dict[str, dict[str, Any]]:
    path = Path(SPECS or "") / "salesforce-describe" / f"{name}.json"
    return {row["name"]: row for row in json.loads(path.read_text("utf-8"))["fields"]}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_has_the_fields_that_were_recorded(org: Org, name: str) -> None:
    ours = {row["name"]: row for row in org.describe(name)["fields"]}
    theirs = recorded(name)
    assert ours.keys() == theirs.keys()
    different = [
        f"{field}.{key}: {ours[field][key]!r}, recorded {row[key]!r}"
        for field, row in theirs.items()
        for key in SAME
        if ours[field][key] != row[key]
    ]
    assert different == []


@pytest.mark.parametrize("name", OBJECTS)
def test_a_reference_leads_where_it_was_recorded_to_lead(org: Org, name: str) -> None:
    ours = {row["name"]: row for row in org.describe(name)["fields"]}
    for field, row in recorded(name).items():
        everywhere = OF_OTHER_CLOUDS.intersection(row["referenceTo"])
        assert everywhere <= set(ours[field]["referenceTo"]), field


@pytest.mark.parametrize("name", OBJECTS)
def test_picklists_offer_the_values_that_were_recorded(org: Org, name: str) -> None:
    ours = {row["name"]: row for row in org.describe(name)["fields"]}
    for field, row in recorded(name).items():
        values = [one["value"] for one in row["picklistValues"] if one["active"]]
        if row["type"] == "picklist" and len(values) < 60:
            assert [one["value"] for one in ours[field]["picklistValues"]] == values, field
