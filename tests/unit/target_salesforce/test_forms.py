"""Values: what is refused before it is sent, how it is spelt, and what counts as equal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_salesforce.choices import Choice
from target_salesforce.field import Field, form_of
from target_salesforce.forms import Date, Email, Flag, Html, Instant, Number, Text, Time
from target_salesforce.ids import Reference, checked

MONEY = Number("money", 18, 2)
HOT = Choice({"Hot!": "Hot", "Cold": "Cold"}, {"Hot": "Hot!", "Cold": "Cold", "Old": "Old one"})
SKILLS = Choice({"Gas": "gas", "Water": "water"}, {"gas": "Gas", "water": "Water"}, many=True)

REFUSED = [
    (Text(5), "abcdef", "length"),
    (Text(5), 7, "type"),
    (Text(5), "\ud800", "encoding"),
    (Email(80), "nobody at example", "e-mail"),
    (Email(80), "a@b", "e-mail"),
    (Email(10), "somebody@example.com", "length"),
    (MONEY, Decimal("1e16"), "range"),
    (MONEY, True, "type"),
    (MONEY, Decimal("NaN"), "type"),
    (Number("integer", 8, 0), Decimal("1.5"), "type"),
    (Number("integer", 8, 0), 100_000_000, "range"),
    (Flag(), "yes", "type"),
    (Date(), "2024-02-30", "date"),
    (Date(), "1699-12-31", "range"),
    (Date(), "4001-01-01", "range"),
    (Instant(), "2024-01-01 10:00:00", "date"),
    (Instant(), "2024-13-01T10:00:00Z", "date"),
    (Time(), "25:00:00", "time"),
    (Reference(("Account",)), "12", "id"),
    (Reference(("Account",)), "001000000000001AAB", "id"),
    (Reference(("Account",)), 12, "id"),
    (HOT, "Warm", "option"),
    (SKILLS, "Gas", "type"),
    (SKILLS, ["Air"], "option"),
    (SKILLS, ["Gas;Water"], "option"),
]


@pytest.mark.parametrize(("form", "value", "rule"), REFUSED)
def test_a_value_that_the_api_refuses_is_named_before_it_is_sent(form, value, rule):
    assert form.complaint(value)[0] == rule


TAKEN = [
    (Text(5), "  abcde "),
    (Text(None), "x" * 10_000),
    (Email(80), "a.b+c@sub.example.com"),
    (MONEY, Decimal("9999999999999999.99")),
    (MONEY, Decimal("10.005")),
    (Date(), "1700-01-01"),
    (Instant(), "4000-12-31T23:59:59Z"),
    (Time(), "08:30"),
    (Reference(), "001000000000001"),
    (HOT, "Hot!"),
    (HOT, "Hot"),
    (SKILLS, ["Water", "Gas"]),
    (Choice(restricted=False), "anything"),
    (Choice(open=True), "new"),
]


@pytest.mark.parametrize(("form", "value"), TAKEN)
def test_a_value_that_the_api_takes_is_no_complaint(form, value):
    assert form.complaint(value) is None


EQUAL = [
    (Text(), " Acme ", "Acme"),
    (Text(), "a\r\nb\rc", "a\nb\nc"),
    (Text(), "   ", None),
    (Email(), "Ann@Example.COM", "ann@example.com"),
    (Html(), "<p>Hi<br />you</p>", "<p>Hi<br>you</p>"),
    (MONEY, Decimal("10.005"), Decimal("10.01")),
    (MONEY, Decimal("-10.005"), Decimal("-10.01")),
    (MONEY, 5, Decimal("5.00")),
    (Number("integer", 9, 0), Decimal(7), 7),
    (Time(), "08:30", "08:30:00"),
    (Reference(), "001000000000001", "001000000000001AAA"),
    (HOT, "Hot", "Hot!"),
    (SKILLS, ["Water", "Gas", "Water"], ["Gas", "Water"]),
    (SKILLS, [], None),
]


@pytest.mark.parametrize(("form", "value", "same"), EQUAL)
def test_values_that_salesforce_holds_alike_are_equal(form, value, same):
    assert form.canonical(value) == form.canonical(same) == same


SENT = [
    (HOT, "Hot!", "Hot"),
    (SKILLS, ["Water", "Gas"], "water;gas"),
    (Time(), "08:30", "08:30:00.000Z"),
    (Text(), " Acme ", " Acme "),
    (MONEY, Decimal("10.005"), Decimal("10.005")),
]


@pytest.mark.parametrize(("form", "value", "sent"), SENT)
def test_labels_and_times_are_spelt_as_the_api_wants_them(form, value, sent):
    assert form.outgoing(value) == sent


READ = [
    (Instant(), "2019-02-06T11:45:31.000+0000", "2019-02-06T11:45:31Z"),
    (Time(), "08:30:00.000Z", "08:30:00"),
    (MONEY, Decimal("1E+3"), Decimal(1000)),
    (HOT, "Old", "Old one"),
    (SKILLS, "water;gas", ["Gas", "Water"]),
    (Reference(), "001000000000001", "001000000000001AAA"),
]


@pytest.mark.parametrize(("form", "raw", "value"), READ)
def test_what_the_api_answers_is_read_as_neutral_values(form, raw, value):
    assert form.incoming(raw) == value


@given(st.text(alphabet="ABCabc019", min_size=15, max_size=15))
def test_the_last_three_characters_of_an_id_follow_from_the_others(short):
    assert Reference().complaint(checked(short)) is None
    assert checked(checked(short)) == checked(short)


def test_the_checksum_is_that_of_recorded_ids():
    assert checked("00D000000000062") == "00D000000000062EAA"
    assert checked("001U000001c83gK") == "001U000001c83gKIAQ"


@given(st.text(max_size=40))
def test_canonical_text_stays_as_it_is(text):
    once = Text().canonical(text)
    assert Text().canonical(once) == once


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-1e9, max_value=1e9))
def test_canonical_numbers_stay_as_they_are(number):
    once = MONEY.canonical(number)
    assert MONEY.canonical(once) == once
    assert MONEY.incoming(once) == once


DESCRIBED = [
    ({"type": "string", "length": 80}, "text"),
    ({"type": "combobox", "length": 255}, "text"),
    ({"type": "textarea", "length": 255, "extraTypeInfo": "plaintextarea"}, "long_text"),
    ({"type": "textarea", "length": 32_768, "extraTypeInfo": "richtextarea"}, "html"),
    ({"type": "picklist"}, "text"),
    ({"type": "picklist", "custom": True}, "choice"),
    ({"type": "picklist", "restrictedPicklist": True}, "choice"),
    ({"type": "multipicklist", "custom": True}, "choices"),
    ({"type": "boolean"}, "boolean"),
    ({"type": "int", "digits": 8}, "integer"),
    ({"type": "double", "precision": 18, "scale": 3}, "decimal"),
    ({"type": "percent", "precision": 3, "scale": 0}, "decimal"),
    ({"type": "currency", "precision": 18, "scale": 2}, "money"),
    ({"type": "date"}, "date"),
    ({"type": "datetime"}, "datetime"),
    ({"type": "time"}, "time"),
    ({"type": "email", "length": 80}, "email"),
    ({"type": "phone", "length": 40}, "phone"),
    ({"type": "url", "length": 255}, "url"),
    ({"type": "reference", "referenceTo": ["Account"]}, "reference"),
    ({"type": "address"}, "address"),
]


@pytest.mark.parametrize(("row", "neutral"), DESCRIBED)
def test_each_type_of_a_describe_has_a_neutral_one(row, neutral):
    assert form_of(row).type == neutral


def test_a_reference_to_several_objects_names_none():
    both = Field.of({"name": "OwnerId", "type": "reference", "referenceTo": ["Group", "User"]})
    one = Field.of({"name": "AccountId", "type": "reference", "referenceTo": ["Account"]})
    assert (both.spec().reference, one.spec().reference) == (None, "Account")


REQUIRED = [
    ({"createable": True, "nillable": False, "defaultedOnCreate": False}, True),
    ({"createable": True, "nillable": False, "defaultedOnCreate": True}, False),
    ({"createable": True, "nillable": True, "defaultedOnCreate": False}, False),
    ({"createable": False, "nillable": False, "defaultedOnCreate": False}, False),
]


@pytest.mark.parametrize(("flags", "required"), REQUIRED)
def test_a_field_is_required_where_nobody_else_fills_it(flags, required):
    assert Field.of({"name": "X", "type": "string", **flags}).required is required
