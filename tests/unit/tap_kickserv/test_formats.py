"""Replies in both serialisations, with their quirks."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from tap_kickserv.denied import is_denied
from tap_kickserv.formats import JsonFormat, UnreadableError, XmlFormat
from tap_kickserv.streams import KNOWN_COLUMNS

xml = XmlFormat(frozenset({"id", "customer_id", "name", "total"}))
json = JsonFormat()


def test_xml_names_take_underscores_and_values_of_known_columns_stay_text() -> None:
    body = b'<jobs type="array"><job><customer-id type="integer">7</customer-id></job></jobs>'
    assert xml.rows(body, "job") == [{"customer_id": "7"}]


def test_an_unknown_xml_element_is_converted_by_its_own_type() -> None:
    body = b"""<jobs type="array"><job>
      <new-count type="integer">7</new-count><new-sum type="decimal">1.10</new-sum>
      <new-day type="dateTime">2022-05-17T10:04:14-04:00</new-day>
      <new-flag type="boolean">true</new-flag><new-text>7</new-text>
    </job></jobs>"""
    assert xml.rows(body, "job") == [
        {
            "new_count": 7,
            "new_sum": Decimal("1.10"),
            "new_day": "2022-05-17T14:04:14Z",
            "new_flag": True,
            "new_text": "7",
        },
    ]


def test_nil_is_null_and_an_empty_element_is_an_empty_text() -> None:
    body = b'<jobs type="array"><job><name nil="true"/><total></total></job></jobs>'
    assert xml.rows(body, "job") == [{"name": None, "total": ""}]


def test_nested_xml_lists_and_records_keep_their_shape() -> None:
    body = b"""<jobs type="array"><job>
      <job-charges type="array"><job-charge><id>1</id></job-charge></job-charges>
      <notes type="array"/>
      <job-type><id>2</id></job-type>
      <chosen-days-of-week type="array"><chosen-day>monday</chosen-day></chosen-days-of-week>
    </job></jobs>"""
    assert xml.rows(body, "job") == [
        {
            "job_charges": [{"id": "1"}],
            "notes": [],
            "job_type": {"id": "2"},
            "chosen_days_of_week": ["monday"],
        },
    ]


@pytest.mark.parametrize(
    "body",
    [b'<jobs type="array"/>', b"<jobs/>", b'<nil-classes type="array"/>'],
)
def test_an_empty_xml_list_has_no_rows(body: bytes) -> None:
    assert xml.rows(body, "job") == []


def test_a_single_customer_under_a_plural_root_is_one_row() -> None:
    assert xml.rows(b"<customers><id>1</id><name>A</name></customers>", "customer") == [
        {"id": "1", "name": "A"},
    ]
    assert xml.rows(b"<customer><id>1</id></customer>", "customer") == [{"id": "1"}]


def test_a_list_without_its_type_attribute_is_still_a_list() -> None:
    body = b"<customers><customer><id>1</id></customer><customer><id>2</id></customer></customers>"
    assert [row["id"] for row in xml.rows(body, "customer")] == ["1", "2"]


def test_an_entity_bomb_is_refused() -> None:
    body = b"""<?xml version="1.0"?><!DOCTYPE jobs [
      <!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
    ]><jobs type="array"><job><name>&b;</name></job></jobs>"""
    with pytest.raises(UnreadableError, match="entities"):
        xml.rows(body, "job")


def test_an_external_entity_is_refused() -> None:
    body = b"""<!DOCTYPE jobs [<!ENTITY f SYSTEM "file:///etc/passwd">]>
      <jobs type="array"><job><name>&f;</name></job></jobs>"""
    with pytest.raises(UnreadableError, match="entities"):
        xml.rows(body, "job")


def test_an_entity_bomb_in_another_encoding_is_refused() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><jobs>&b;</jobs>'
    with pytest.raises(UnreadableError):
        xml.rows(text.encode("utf-16"), "job")


def test_a_cut_xml_body_is_unreadable_and_not_quoted() -> None:
    with pytest.raises(UnreadableError) as caught:
        xml.rows(b'<jobs type="array"><job><name>Jane Doe</name></job><job><na', "job")
    assert "Jane" not in str(caught.value)


def test_a_text_of_more_than_ten_megabytes_is_read_whole() -> None:
    body = b'<jobs type="array"><job><name>' + b"x" * 11_000_000 + b"</name></job></jobs>"
    assert len(xml.rows(body, "job")[0]["name"]) == 11_000_000


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"a\x00b", "a\x00b"),
        (b"a&#0;b", "a\x00b"),
        (b"a&#xB;b", "a\x0bb"),
        (b"a\x1bb", "a\x1bb"),
        (b"a&#xD83D;b", "a\\ud83db"),
        (b"a\xffb", "a\\xffb"),
        ("caf\u00e9 \U0001f468\u200d\U0001f469 \u202e".encode(), "café 👨\u200d👩 \u202e"),
    ],
)
def test_odd_characters_cost_neither_the_page_nor_their_neighbours(sent: bytes, read: str) -> None:
    body = b'<jobs type="array"><job><name>' + sent + b"</name><total>1</total></job></jobs>"
    assert xml.rows(body, "job") == [{"name": read, "total": "1"}]


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id": 1}]',
        b'{"jobs": [{"id": 1}]}',
        b'{"invoices": [{"id": 1}], "total_balance_remaining": "5.0"}',
        b'{"jobs": [{"id": 1}], "employees": [{"id": 2}]}',
        b'[{"job": {"id": 1}}]',
    ],
)
def test_each_json_envelope_gives_the_same_rows(body: bytes) -> None:
    assert json.rows(body, "job") == [{"id": 1}]


@pytest.mark.parametrize("body", [b'{"message": "ok"}', b'{"a": [], "b": []}', b"[1]", b'"x"'])
def test_json_that_holds_no_such_list_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        json.rows(body, "job")


def test_json_decimals_are_exact_and_nan_is_text() -> None:
    (row,) = json.rows(b'[{"total": 1464.270000000000000001, "tax": NaN}]', "job")
    assert str(row["total"]) == "1464.270000000000000001"
    assert row["tax"] == "NaN"


def test_a_lone_surrogate_in_json_is_kept_by_name() -> None:
    assert json.rows(b'[{"name": "a\\ud83db\\u0000"}]', "job") == [{"name": "a\\ud83db\x00"}]


def test_a_cut_json_body_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="cut"):
        json.rows(b'[{"name": "Jane', "job")


SECRETS = (
    "password_salt",
    "encrypted_password",
    "remember_token",
    "remember_me_token",
    "remember_me_token_expires_at",
    "password_digest",
    "token",
    "api_token",
    "reset_password_token",
    "Password-Hash",
)


@pytest.mark.parametrize("name", SECRETS)
def test_credentials_are_cut_at_any_depth(name: str) -> None:
    dashed = name.replace("_", "-")
    body = (
        f'<jobs type="array"><job><{dashed}>s3cret</{dashed}><new><{dashed}>s3cret</{dashed}>'
        f"<a>1</a></new></job></jobs>"
    )
    assert xml.rows(body.encode(), "job") == [{"new": {"a": "1"}}]
    body = f'[{{"{name}": "s3cret", "new": [{{"{name}": "s3cret", "a": 1}}]}}]'
    assert json.rows(body.encode(), "job") == [{"new": [{"a": 1}]}]


@pytest.mark.parametrize(
    "name",
    ["stripe_customer_id", "edit_sequence", "saltwater_pool", "digestion", "gate_passcode"],
)
def test_names_that_only_resemble_credentials_pass(name: str) -> None:
    assert not is_denied(name)


def test_no_declared_column_is_denied() -> None:
    assert not [name for name in KNOWN_COLUMNS if is_denied(name)]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in KNOWN_COLUMNS)
