"""Ids of 18 characters are those of 15 with a checksum, and nothing else is an id."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.ids import make_id, whole_id

# Ids that real orgs have shown: the CumulusCI recordings and pages of the REST developer guide.
REAL = ["01254000001upcKAAQ", "001RM000003oCprYAE", "015D0000000N3ZZIA0", "012000000000000AAA"]


@pytest.mark.parametrize("record_id", REAL)
def test_checksums_are_those_of_real_ids(record_id):
    assert whole_id(record_id[:15]) == record_id
    assert whole_id(record_id) == record_id


@pytest.mark.parametrize(
    "text", ["", "001", "001xx000003DGb2999", "001RM000003oCprYAE0", "001RM000003oCp-YAE", None, 5]
)
def test_what_is_no_id_is_none(text):
    assert whole_id(text) is None


def test_ids_are_made_of_a_prefix_and_a_number_and_differ():
    made = [make_id("001", number) for number in (1, 2, 61, 62, 10**6, 62**5 + 1)]
    assert len(set(made)) == len(made)
    assert all(len(one) == 18 and one[:3] == "001" and whole_id(one) == one for one in made)


def test_records_get_the_prefix_of_their_object(client):
    prefixes = {
        "Account": ("001", {"Name": "A"}),
        "Contact": ("003", {"LastName": "A"}),
        "Case": ("500", {"Subject": "A"}),
        "Opportunity": ("006", {"Name": "A", "StageName": "X", "CloseDate": "2026-01-01"}),
        "Product2": ("01t", {"Name": "A"}),
        "Task": ("00T", {"Subject": "A"}),
        "Note": ("002", {"Title": "A", "ParentId": client.make("Account", Name="B")}),
    }
    for name, (prefix, fields) in prefixes.items():
        assert client.make(name, **fields)[:3] == prefix
