"""Values: what is refused, what is canonical, and what becomes of it on the wire."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_pipedrive.choices import Choice, Choices
from target_pipedrive.composites import (
    Address,
    Attachment,
    Contacts,
    Html,
    Money,
    Participants,
    Prices,
)
from target_pipedrive.forms import Date, Flag, Instant, Number, Reference, Text, Time, plain

PICK = Choice(options={"Low": 1, "High": 2})
SEVERAL = Choices(options={"Low": 1, "High": 2})

REFUSED = [
    (Text(255), 7, "type"),
    (Text(255), "x" * 256, "length"),
    (Text(65_000, kind="long_text"), "x" * 65_001, "length"),
    (Text(255), "\ud800", "encoding"),
    (Number(), "7", "type"),
    (Number(), True, "type"),
    (Number(), Decimal("NaN"), "type"),
    (Number(), Decimal("123456789012.345"), "digits"),
    (Number(integer=True), Decimal("1.5"), "type"),
    (Number(least=0, most=100), 101, "range"),
    (Number(least=0, most=100), -1, "range"),
    (Flag(), 1, "type"),
    (Date(), "2021-02-29", "date"),
    (Date(), "2021-2-3", "date"),
    (Date(), "0000-01-01", "date"),
    (Time(), "24:00:00", "time"),
    (Time(), "7:00", "time"),
    (Instant(), "2021-01-01T00:00:00.5Z", "date"),
    (Instant(), "2021-01-01T24:00:00Z", "date"),
    (Instant(), "2021-01-01 00:00:00", "date"),
    (Reference(to="deals"), "d1", "type"),
    (Reference(to="deals"), True, "type"),
    (PICK, "Middle", "option"),
    (PICK, 1, "type"),
    (Choice(open=True), "x" * 256, "length"),
    (SEVERAL, ["Low", "Middle"], "option"),
    (SEVERAL, "Low", "type"),
    (Html(), "ä" * 50_001, "length"),
    (Address(), {"city": "Bonn"}, "part"),
    (Address(), {"locality": "Bonn"}, "part"),
    (Contacts("email"), ["a@b.example"], "type"),
    (Contacts("email"), [{"value": 7}], "type"),
    (Contacts("email"), [{"value": "x" * 256}], "length"),
    (Prices(), [{"currency": "dollar", "price": 1}], "currency"),
    (Prices(), [{"currency": "USD"}, {"currency": "USD"}], "currency"),
    (Prices(), [{"currency": "USD", "price": "1"}], "type"),
    (Participants(), [{"primary": True}], "type"),
    (Money(), {"value": 1}, "currency"),
    (Money(), 1, "type"),
    (Attachment(), {"size": 1}, "type"),
]


@pytest.mark.parametrize(("form", "value", "rule"), REFUSED)
def test_a_value_that_the_api_would_refuse_is_named_before(form, value, rule):
    complaint = form.complaint(value)
    assert complaint is not None
    assert complaint[0] == rule
    assert complaint[1]


CANONICAL = [
    (Text(255), "  a ", "a"),
    (Text(255), " ", None),
    (Text(255, one_space=True), " Ann  Lee ", "Ann Lee"),
    (Number(), Decimal("10.50"), Decimal("10.5")),
    (Number(), Decimal("1E+3"), Decimal(1000)),
    (Number(), Decimal("-0.00"), Decimal(0)),
    (Time(), "10:00", "10:00:00"),
    (Reference(to="deals"), 7, "7"),
    (PICK, True, "yes"),
    (SEVERAL, ["Low", "High", "Low"], ["High", "Low"]),
    (SEVERAL, [], None),
    (Address(), " Main St 1 ", {"value": "Main St 1"}),
    (Address(), {"value": "x", "country": None}, {"value": "x"}),
    (
        Contacts("email"),
        [{"value": None}, {"value": " a@b.example "}],
        [{"value": "a@b.example", "label": "work", "primary": True}],
    ),
    (
        Contacts("phone"),
        [{"value": "1", "primary": True}, {"value": "2", "primary": True, "label": "home"}],
        [
            {"value": "1", "label": "work", "primary": True},
            {"value": "2", "label": "home", "primary": False},
        ],
    ),
    (
        Prices(),
        [{"currency": "USD", "price": Decimal("1.0")}],
        [{"currency": "USD", "price": Decimal(1), "cost": Decimal(0)}],
    ),
    (
        Money(),
        {"value": Decimal("2.50"), "currency": "EUR"},
        {"value": Decimal("2.5"), "currency": "EUR"},
    ),
    (Html(), "<p onclick='x'>a</p><script>b</script>", "<p>a</p>"),
]


@pytest.mark.parametrize(("form", "value", "canonical"), CANONICAL)
def test_a_value_is_canonised_as_it_will_be_read_back(form, value, canonical):
    once = form.canonical(value)
    assert once == canonical
    assert form.canonical(once) == once


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
    )
)
def test_equal_numbers_are_written_alike(number):
    padded = number * Decimal("1.000")
    assert plain(number) == number
    assert str(plain(number)) == str(plain(padded)) == str(plain(plain(number)))


@given(st.text(max_size=300))
def test_what_text_has_no_complaint_can_be_sent(text):
    form = Text(255)
    if form.complaint(text) is None:
        assert len((form.canonical(text) or "").encode()) <= 4 * 255


def test_v1_spells_an_instant_in_its_own_way():
    form = Instant(spaced=True)
    assert form.outgoing("2021-01-01T10:00:00Z") == "2021-01-01 10:00:00"
    assert form.incoming("2021-01-01 10:00:00") == "2021-01-01T10:00:00Z"


@pytest.mark.parametrize("raw", ["2021-01-01T10:00:00Z", "2021-01-01T10:00:00.000Z"])
def test_an_instant_is_read_by_the_second(raw):
    assert Instant().incoming(raw) == "2021-01-01T10:00:00Z"


def test_labels_become_ids_and_ids_labels():
    assert PICK.outgoing("High") == 2
    assert PICK.incoming(2) == "High"
    assert SEVERAL.outgoing(["Low", "High"]) == [2, 1]
    assert SEVERAL.incoming([1, 2]) == ["High", "Low"]


def test_an_option_that_was_removed_shows_as_its_id():
    assert PICK.incoming(99) == "99"


def test_notes_that_differ_only_in_markup_are_alike():
    assert Html().likeness("<p>a &amp; <b>b</b></p>") == Html().likeness("a & b")
