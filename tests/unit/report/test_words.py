"""Values as people read them."""

from __future__ import annotations

import pytest

from crm_transforms.report import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1_234_567, "1,234,567"),
        (240.0, "240"),
        (2.25, "2.2"),
        (None, words.NOTHING),
        (True, words.NOTHING),
    ],
)
def test_thousands_are_grouped(value: object, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33.3 %"),
        (1, 100_000, "< 0.1 %"),
        (99_999, 100_000, "> 99.9 %"),
        (0, 0, words.NOTHING),
    ],
)
def test_a_share_is_nothing_or_all_only_where_that_is_meant(
    part: int, whole: int, text: str
) -> None:
    assert words.share(part, whole) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_500, "1.5 kB"),
        (48_200_000, "48.2 MB"),
        (None, words.NOTHING),
    ],
)
def test_sizes_have_decimal_units(value: object, text: str) -> None:
    assert words.size(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2.13, "2.1 s"),
        (61, "1 min 1 s"),
        (11_160, "3 h 6 min"),
        (200_000, "2 d 7 h"),
        (None, words.NOTHING),
    ],
)
def test_durations_have_their_two_largest_units(seconds: object, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2026-11-24T09:12:44.000000Z", "24 Nov 2026, 09:12 UTC"),
        ("2026-11-24T23:30:00-05:00", "25 Nov 2026, 04:30 UTC"),
        ("2026-11-24 09:12:44", "24 Nov 2026, 09:12 UTC"),
        ("soon", "soon"),
        ("", words.NOTHING),
    ],
)
def test_instants_are_told_in_utc(instant: str, text: str) -> None:
    assert words.moment(instant) == text


def test_seconds_are_told_where_they_matter() -> None:
    assert words.moment("2026-11-24T09:12:44Z", seconds=True) == "24 Nov 2026, 09:12:44 UTC"


def test_what_is_cut_off_says_how_much_that_is() -> None:
    assert words.clip("short") == "short"
    assert words.clip("x" * 1_500, 10) == "xxxxxxxxxx … (1,490 more characters)"


def test_a_place_is_file_and_line_without_folders_and_the_path_inside() -> None:
    place = "crm_transforms/mappings/a.yml:197: objects.deal.fields.name"
    assert words.place_parts(place) == ("a.yml:197", "objects.deal.fields.name")
    assert words.place_parts("line 7") == ("line 7", "")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: object, kept: bool) -> None:
    assert bool(words.safe_url(url)) is kept


def test_control_characters_are_shown_as_pictures() -> None:
    assert words.printable("a\0b\x1bc\n\td\x7f") == "a␀b␛c\n\td␡"


@pytest.mark.parametrize(
    ("value", "text"),
    [("text", "text"), (None, "null"), ([{"a": "ü"}], '[{"a": "ü"}]'), (385.0, "385.0")],
)
def test_values_are_text_or_json(value: object, text: str) -> None:
    assert words.value_text(value) == text


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ({"id": "7", "name": "Acme", "url": ""}, "Acme (7)"),
        ({"id": "7"}, "7"),
        ("7", "7"),
        (None, ""),
    ],
)
def test_an_account_is_told_by_name_and_id(account: object, name: str) -> None:
    assert words.account_name(account) == name
