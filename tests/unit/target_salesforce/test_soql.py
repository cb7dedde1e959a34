"""Queries: nothing in a value can change what is asked."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote_plus

import pytest

from target_salesforce import soql
from target_salesforce.field import Field

TEXT = Field.of({"name": "Name", "type": "string", "length": 255})


def field(type_, **more):
    return Field.of({"name": "F", "type": type_, **more})


SPELT = [
    (TEXT, "O'Hara \\ Sons", r"'O\'Hara \\ Sons'"),
    (TEXT, 'a"b\nc', r"'a\"b\nc'"),
    (TEXT, "' OR Name != '", r"'\' OR Name != \''"),
    (TEXT, None, "null"),
    (TEXT, "  ", "null"),
    (field("boolean"), True, "true"),
    (field("boolean"), None, "false"),
    (field("currency", scale=2), Decimal("1E+2"), "100"),
    (field("currency", scale=2), Decimal("0.50"), "0.5"),
    (field("date"), "2024-05-01", "2024-05-01"),
    (field("datetime"), "2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
    (field("reference"), "001000000000001AAA", "'001000000000001AAA'"),
]


@pytest.mark.parametrize(("of", "value", "spelt"), SPELT)
def test_a_value_is_spelt_as_its_field_keeps_it(of, value, spelt):
    assert soql.literal(of, value) == spelt


def test_a_long_list_is_cut_so_that_no_address_is_too_long():
    names = [f"'Ünï {number} & Söhne'" for number in range(2_000)]
    wheres = list(soql.within("Name", names))
    assert len(wheres) > 1
    assert all(len(quote_plus(where)) < 12_000 for where in wheres)
    assert sum(where.count(",") + 1 for where in wheres) == len(names)


def test_equal_values_are_asked_for_once():
    assert list(soql.within("Name", ["'a'", "'a'"])) == ["Name IN ('a')"]


def test_counts_are_asked_by_names_of_their_own():
    query = soql.count(["A__c", "B__c"], "Account", "Name != null", "Type")
    assert query == (
        "SELECT Type,COUNT(A__c) n0,COUNT(B__c) n1 FROM Account WHERE Name != null GROUP BY Type"
    )
