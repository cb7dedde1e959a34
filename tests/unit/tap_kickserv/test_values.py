"""Values keep their meaning, or their text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tap_kickserv import values


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2022-05-17T10:04:14-04:00", "2022-05-17T14:04:14Z"),
        ("2022-01-17T10:04:14-05:00", "2022-01-17T15:04:14Z"),
        ("2022-12-31T23:30:00-01:00", "2023-01-01T00:30:00Z"),
        ("2022-05-17T10:04:14Z", "2022-05-17T10:04:14Z"),
        ("2013-04-10 10:26:01 -0400", "2013-04-10T14:26:01Z"),
        ("2022-05-17T10:04:14.123456-04:00", "2022-05-17T14:04:14.123456Z"),
        ("2022-05-17T10:04:14.123456789Z", "2022-05-17T10:04:14.123456789Z"),
        ("0001-01-01T00:00:00-05:00", "0001-01-01T05:00:00Z"),
    ],
)
def test_an_instant_becomes_utc_to_the_last_digit(text: str, utc: str) -> None:
    assert values.instant(text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T10:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T10:00:61Z",
        "2026-01-01T10:00:00+99:00",
        "2026-10-02 09:30",
        "2026-10-02",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "yesterday",
    ],
)
def test_what_is_no_instant_stays_its_text(text: str) -> None:
    assert values.instant(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1464.27", Decimal("1464.27")),
        ("-0", Decimal("-0")),
        ("0.1e1", Decimal("0.1e1")),
        ("12345678901234567890.123456789", Decimal("12345678901234567890.123456789")),
        (f"1{'0' * 308}.0", Decimal(f"1{'0' * 308}.0")),
        ("1e308", Decimal("1e308")),
    ],
)
def test_a_decimal_keeps_every_digit(text: str, number: Decimal) -> None:
    converted = values.decimal(text)
    assert converted == number
    assert converted.as_tuple() == number.as_tuple()


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e309", "1e99999", "1,000.00", "1_000", " 1", "٣"]
)
def test_what_is_no_plain_decimal_stays_its_text(text: str) -> None:
    assert values.decimal(text) == text


def test_a_json_number_out_of_all_proportion_becomes_text() -> None:
    assert values.decimal(Decimal("1E+400")) == "1E+400"


@pytest.mark.parametrize("text", ["12.5", "1e3", "99999999999999999999", "x"])
def test_what_is_no_integer_stays_its_text(text: str) -> None:
    assert values.integer(text) == text


def test_an_empty_text_is_null_in_every_column_but_text() -> None:
    casts = (values.integer, values.decimal, values.boolean, values.date, values.instant)
    assert [cast("") for cast in casts] == [None] * 5
    assert values.text("") == ""


def test_a_plain_date_is_not_shifted() -> None:
    assert values.date("2022-05-09") == "2022-05-09"


def test_text_takes_numbers_by_their_own_digits_and_leaves_the_rest() -> None:
    assert values.text(16608) == "16608"
    assert values.text(Decimal("1.10")) == "1.10"
    assert values.text(True) is True
    assert values.text({"a": 1}) == {"a": 1}


def test_only_true_and_false_are_booleans() -> None:
    assert values.boolean("true") is True
    assert values.boolean("0") is False
    assert values.boolean("maybe") == "maybe"
