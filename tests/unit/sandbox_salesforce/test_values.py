"""What fields take, in which form they keep it, and what they refuse how."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.sobject import Field, Option

OPTIONS = (Option("Red", default=True), Option("Blue"), Option("Old", active=False))
FIELDS = (
    Field("Text__c", "string", 5, flags="cu", label="Text"),
    Field("Area__c", "textarea", 32_768, flags="cu", label="Area"),
    Field("Whole__c", "double", precision=4, scale=0, flags="cu", label="Whole"),
    Field("Part__c", "double", precision=5, scale=2, flags="cu", label="Part"),
    Field("Money__c", "currency", precision=18, scale=2, flags="cu", label="Money"),
    Field("Int__c", "int", precision=9, flags="cu", label="Int"),
    Field("Yes__c", "boolean", flags="cund", label="Yes"),
    Field("Day__c", "date", flags="cu", label="Day"),
    Field("Moment__c", "datetime", flags="cu", label="Moment"),
    Field("Mail__c", "email", 80, flags="cu", label="Mail"),
    Field("Site__c", "url", 255, flags="cu", label="Site"),
    Field("Open__c", "picklist", 255, flags="cu", label="Open", options=OPTIONS),
    Field("Strict__c", "picklist", 255, flags="cus", label="Strict", options=OPTIONS),
    Field("Many__c", "multipicklist", 4099, flags="cus", label="Many", options=OPTIONS),
)


@pytest.fixture
def put(org):
    """Creates an account with one value; what it keeps, or the one problem."""
    for one in FIELDS:
        org.add_field("Account", one)

    def put(name, value):
        saved = org.insert("Account", {"Name": "A", f"{name}__c": value})
        if saved.problems:
            return saved.problems[0]
        return org.rows["Account"][saved.id].get(f"{name}__c")

    return put


TAKEN = [
    ("Text", "abcde", "abcde"),
    ("Text", " ab ", "ab"),
    ("Text", "", None),
    ("Area", "a\nb" * 1_000, "a\nb" * 1_000),
    ("Whole", 9_999, 9_999),
    ("Part", 123.45, 123.45),
    # https://help.salesforce.com/s/articleView?id=000387302
    ("Part", 1.23456, 1.23456),
    ("Part", "12.5", 12.5),
    ("Money", -20.0, -20.0),
    ("Money", "", None),
    ("Int", 7, 7),
    ("Yes", True, True),
    ("Yes", None, False),
    ("Day", "2024-02-29", "2024-02-29"),
    ("Day", "", None),
    ("Moment", "2024-02-29T23:30:00Z", "2024-02-29T23:30:00.000+0000"),
    ("Moment", "2024-02-29T23:30:00.5+02:00", "2024-02-29T21:30:00.500+0000"),
    ("Moment", "2024-02-29T23:30:00.123456-0100", "2024-03-01T00:30:00.123+0000"),
    ("Mail", "a.b+c@example.co.uk", "a.b+c@example.co.uk"),
    ("Site", "anything at all", "anything at all"),
    ("Open", "Green", "Green"),
    ("Strict", "Blue", "Blue"),
    ("Strict", None, None),
    ("Many", "Blue;Red", "Red;Blue"),
    ("Many", "Blue; Blue;", "Blue"),
]


@pytest.mark.parametrize(("name", "value", "kept"), TAKEN)
def test_a_value_is_kept(put, name, value, kept):
    assert put(name, value) == kept


PICKLIST = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
REFUSED = [
    ("Text", "abcdef", "STRING_TOO_LONG", "Text: data value too large: abcdef (max length=5)"),
    ("Area", "x" * 32_769, "STRING_TOO_LONG", "(max length=32768)"),
    ("Whole", 10_000, "NUMBER_OUTSIDE_VALID_RANGE", "Whole: value outside of valid range"),
    ("Part", -1_000, "NUMBER_OUTSIDE_VALID_RANGE", "numeric field: -1000"),
    ("Strict", "Green", PICKLIST, "Strict: bad value for restricted picklist field: Green"),
    ("Strict", "blue", PICKLIST, "restricted picklist field: blue"),
    ("Strict", "Old", PICKLIST, "restricted picklist field: Old"),
    ("Many", "Blue;Green", PICKLIST, "restricted picklist field: Green"),
    ("Mail", "a@b", "INVALID_EMAIL_ADDRESS", "Mail: invalid email address: a@b"),
    ("Mail", "a b@example.com", "INVALID_EMAIL_ADDRESS", "invalid email address"),
    ("Day", "0001-01-01", "FIELD_INTEGRITY_EXCEPTION", "Day: invalid date"),
    ("Moment", "4001-01-01T00:00:00Z", "FIELD_INTEGRITY_EXCEPTION", "Moment: invalid date"),
]


@pytest.mark.parametrize(("name", "value", "code", "says"), REFUSED)
def test_a_value_is_refused_for_what_it_is(put, name, value, code, says):
    problem = put(name, value)
    assert (problem.code, problem.fields) == (code, (f"{name}__c",))
    assert says in problem.message


MISTYPED = [
    ("Text", 5, "VALUE_NUMBER_INT"),
    ("Text", True, "VALUE_TRUE"),
    ("Text", ["a"], "START_ARRAY"),
    ("Part", "much", "VALUE_STRING"),
    ("Part", "NaN", "VALUE_STRING"),
    ("Part", True, "VALUE_TRUE"),
    ("Int", 1.5, "VALUE_NUMBER_FLOAT"),
    ("Yes", "maybe", "VALUE_STRING"),
    ("Yes", 1, "VALUE_NUMBER_INT"),
    ("Day", "2024-02-30", "VALUE_STRING"),
    ("Day", "2024-02-29T00:00:00Z", "VALUE_STRING"),
    ("Day", "29.02.2024", "VALUE_STRING"),
    ("Moment", "2024-02-29", "VALUE_STRING"),
    ("Moment", "2024-02-29 10:00:00", "VALUE_STRING"),
]


@pytest.mark.parametrize(("name", "value", "token"), MISTYPED)
def test_a_value_of_another_type_is_no_json_of_the_object(put, name, value, token):
    problem = put(name, value)
    assert problem.code == "JSON_PARSER_ERROR"
    assert f"from {token} value {value}" in problem.message
    in_csv = problem.in_csv()
    assert (in_csv.code, in_csv.fields) == ("INVALID_TYPE_ON_FIELD_IN_RECORD", (f"{name}__c",))
    assert in_csv.message == f"{name}: value not of required type: {value}"


@pytest.mark.usefixtures("put")
def test_null_clears_and_what_is_not_named_stays(org):
    saved = org.insert("Account", {"Name": "A", "Text__c": "a", "Part__c": 1, "Yes__c": True})
    org.update("Account", saved.id, {"Text__c": None, "Yes__c": None})
    row = org.rows["Account"][saved.id]
    assert (row.get("Text__c"), row["Part__c"], row["Yes__c"]) == (None, 1, False)


def test_defaults_are_filled_in(org):
    case = org.rows["Case"][org.insert("Case", {}).id]
    assert (case["Status"], case["Priority"], case["IsClosed"]) == ("New", "Medium", False)
    assert case["OwnerId"] == case["CreatedById"] == org.user
    assert case["CaseNumber"] == "00000001"
    assert case["CreatedDate"] == case["SystemModstamp"]
    event = org.insert("Event", {"StartDateTime": "2026-01-01T10:00:00Z", "DurationInMinutes": 30})
    assert org.rows["Event"][event.id]["ShowAs"] == "Busy"


def test_restricted_standard_values_are_those_of_the_describe(org):
    told = {"ActivityDate": "2026-01-01", "IsAllDayEvent": True, "ShowAs": "Tentative"}
    (problem,) = org.insert("Event", told).problems
    assert problem.code == PICKLIST
    assert org.insert("Case", {"Status": "On Hold", "Origin": "Pigeon"}).success
