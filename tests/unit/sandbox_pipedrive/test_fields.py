"""Custom fields and their values.

Sources: https://developers.pipedrive.com/docs/api/v1/DealFields, the v2 migration guide, and the
refusals' wordings that were seen of the real API: "Unknown key 'title'", "Expected 'number' as
value for organization custom field 'numberField'".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.pipedrive import Account

if TYPE_CHECKING:
    from tests.unit.sandbox_pipedrive.conftest import Client

FIELDS = "/api/v2/dealFields"
DEALS = "/api/v2/deals"


def add(api: Client, kind: str, *labels: str) -> str:
    options = {"options": [{"label": label} for label in labels]} if labels else {}
    return api.make(FIELDS, field_name=f"A {kind}", field_type=kind, **options)["field_code"]


def test_a_fields_code_is_a_hash_that_differs_between_accounts(api: Client) -> None:
    code = add(api, "varchar")
    assert re.fullmatch(r"[0-9a-f]{40}", code)
    assert Account(seed=8).human.add_field("deals", "A varchar", "varchar") != code
    assert Account(seed=7).human.add_field("deals", "A varchar", "varchar") == code


def test_a_field_made_again_has_another_code(api: Client) -> None:
    code = add(api, "varchar")
    assert api("DELETE", f"{FIELDS}/{code}").json()["data"]["field_code"] == code
    assert api.get(f"{FIELDS}/{code}").status_code == 404
    assert add(api, "varchar") != code


@pytest.mark.parametrize("kind", ["datetime", "string", "int", "boolean", "Text"])
def test_a_type_that_does_not_exist_is_refused(api: Client, kind: str) -> None:
    """Published enum of field_type; there is no datetime."""
    body = {"field_name": "When", "field_type": kind}
    assert api.refused("POST", FIELDS, body).startswith("field_type")


@pytest.mark.parametrize("kind", ["enum", "set"])
def test_a_field_with_options_needs_them(api: Client, kind: str) -> None:
    body = {"field_name": "Color", "field_type": kind}
    assert api.refused("POST", FIELDS, body).startswith("options")
    assert api.refused("POST", FIELDS, body | {"options": ["Red"]}).startswith("options")


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_wrong_name_is_refused(api: Client, name: str) -> None:
    """Published minLength and maxLength."""
    body = {"field_name": name, "field_type": "text"}
    assert api.refused("POST", FIELDS, body).startswith("field_name")


def test_a_fields_type_cannot_be_changed(api: Client) -> None:
    code = add(api, "varchar")
    message = api.refused("PATCH", f"{FIELDS}/{code}", {"field_type": "text"})
    assert message.startswith("field_type")
    named = api("PATCH", f"{FIELDS}/{code}", {"field_name": "Renamed"}).json()["data"]
    assert (named["field_name"], named["field_code"]) == ("Renamed", code)


def test_a_system_field_cannot_be_deleted(api: Client) -> None:
    assert api("DELETE", f"{FIELDS}/title").status_code == 403


def test_fields_are_made_by_admins(api: Client, account: Account) -> None:
    """OAuth's scope for it is admin."""
    account.admin = False
    body = {"field_name": "A", "field_type": "text"}
    assert api("POST", FIELDS, body).status_code == 403


def test_the_plan_caps_custom_fields_of_all_objects_together(api: Client, account: Account) -> None:
    """https://support.pipedrive.com/en/article/usage-limits-in-pipedrive"""
    account.plan = "lite"
    account.human.add_field("persons", "A", "text")
    account.custom_field_cap = 1
    refused = api("POST", FIELDS, {"field_name": "B", "field_type": "text"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "feature_capping_custom_fields_limit"
    account.custom_field_cap = None
    assert api("POST", FIELDS, {"field_name": "B", "field_type": "text"}).ok


def test_fields_are_listed_with_what_is_asked_for(api: Client) -> None:
    add(api, "varchar")
    first = api.get(FIELDS, limit=2).json()
    rest = api.get(FIELDS, cursor=first["additional_data"]["next_cursor"]).json()
    codes = [field["field_code"] for field in first["data"] + rest["data"]]
    assert len(codes) == len(set(codes))
    assert {"title", "label_ids", "stage_id"} <= set(codes)
    assert "ui_visibility" not in rest["data"][-1]
    asked = api.get(FIELDS, include_fields="ui_visibility,required_fields").json()["data"]
    assert {"ui_visibility", "required_fields"} <= set(asked[-1])


def test_options_are_added_renamed_and_removed(api: Client) -> None:
    """Published: bare arrays, all or nothing, only the touched ones in the answer."""
    code = add(api, "enum", "Red")
    path = f"{FIELDS}/{code}/options"
    red = api.get(f"{FIELDS}/{code}").json()["data"]["options"][0]
    (blue,) = api("POST", path, [{"label": "Blue"}]).json()["data"]
    assert blue["label"] == "Blue"
    assert api.refused("PATCH", path, [{"id": red["id"], "label": "Rot"}, {"id": 1, "label": "x"}])
    assert api("PATCH", path, [{"id": red["id"], "label": "Rot"}]).json()["data"] == [
        {"id": red["id"], "label": "Rot"}
    ]
    assert api("DELETE", path, [{"id": blue["id"]}]).json()["data"] == [blue]
    left = api.get(f"{FIELDS}/{code}").json()["data"]["options"]
    assert [option["label"] for option in left] == ["Rot"]


@pytest.mark.parametrize("body", [{"label": "Blue"}, [], ["Blue"], [{"label": ""}], [{}]])
def test_wrong_options_are_refused(api: Client, body: Any) -> None:
    assert api.refused("POST", f"{FIELDS}/{add(api, 'set', 'Red')}/options", body)


def test_labels_are_options_of_a_system_field(api: Client) -> None:
    """A guess: label_ids are ids of the label field's options, and can be added to."""
    (option,) = api("POST", f"{FIELDS}/label_ids/options", [{"label": "Kickserv"}]).json()["data"]
    made = api.make(DEALS, title="Boiler", label_ids=[option["id"]])
    shown = api.get(f"{DEALS}/{made['id']}", include_labels="true").json()["data"]
    assert shown["labels"] == [option]


GOOD = [
    ("varchar", "x" * 255),
    ("varchar_auto", "x"),
    ("text", "x" * 65_000),
    ("double", 12.5),
    ("phone", "+1 303 555 0100"),
    ("date", "2021-02-03"),
    ("daterange", {"value": "2021-02-03", "until": "2021-02-04"}),
    ("time", {"value": "15:30:00", "timezone_name": "America/Denver"}),
    ("timerange", {"value": "15:30:00", "until": "16:00:00"}),
    ("address", {"value": "1 Main St"}),
    ("monetary", {"value": 12.5, "currency": "USD"}),
]


@pytest.mark.parametrize(("kind", "value"), GOOD, ids=[kind for kind, _ in GOOD])
def test_a_value_comes_back_and_null_clears_it(api: Client, kind: str, value: Any) -> None:
    code = add(api, kind)
    made = api.make(DEALS, title="Boiler", custom_fields={code: value})
    kept = made["custom_fields"][code]
    if isinstance(value, dict):
        kept = {key: part for key, part in kept.items() if part is not None}
    assert kept == value
    body = {"custom_fields": {code: None}}
    assert api("PATCH", f"{DEALS}/{made['id']}", body).json()["data"]["custom_fields"] == {
        code: None
    }


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("varchar", "x" * 256),
        ("varchar", 5),
        ("varchar", {"value": "x"}),
        ("text", "x" * 65_001),
        ("double", "12.5"),
        ("double", True),
        ("double", 1e14),
        ("phone", 3035550100),
        ("date", "2021-02-30"),
        ("date", "2021-02-03T00:00:00Z"),
        ("daterange", {"value": "2021-02-03"}),
        ("daterange", "2021-02-03"),
        ("time", "15:30:00"),
        ("time", {"value": "3 pm"}),
        ("time", {"value": "15:30:00", "zone": "UTC"}),
        ("timerange", {"value": "15:30:00"}),
        ("address", "1 Main St"),
        ("address", {"value": "1 Main St", "city": "Denver"}),
        ("monetary", 12.5),
        ("monetary", {"value": "12.5", "currency": "USD"}),
        ("monetary", {"value": 12.5}),
        ("monetary", {"value": 12.5, "currency": "XXY"}),
        ("org", 1),
        ("people", "1"),
        ("user", 1),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_code(api: Client, kind: str, value: Any) -> None:
    code = add(api, kind)
    body = {"title": "Boiler", "custom_fields": {code: value}}
    message = api.refused("POST", DEALS, body)
    assert message.startswith("custom_fields: ")
    assert f"deal custom field '{code}'" in message


def test_options_are_named_by_id(api: Client) -> None:
    one, many = add(api, "enum", "Red", "Blue"), add(api, "set", "Hot", "Cold")
    ids = {
        code: [option["id"] for option in api.get(f"{FIELDS}/{code}").json()["data"]["options"]]
        for code in (one, many)
    }
    made = api.make(DEALS, title="x", custom_fields={one: ids[one][0], many: ids[many]})
    assert made["custom_fields"] == {one: ids[one][0], many: ids[many]}
    path = f"{DEALS}/{made['id']}"
    shown = api.get(path, include_option_labels="true").json()["data"]["custom_fields"]
    assert shown[one] == {"id": ids[one][0], "label": "Red"}
    assert [option["label"] for option in shown[many]] == ["Hot", "Cold"]
    for code, wrong in ((one, "Red"), (one, 1), (many, []), (many, ids[many][0]), (many, [1])):
        api.refused("PATCH", path, {"custom_fields": {code: wrong}})


def test_custom_fields_are_taken_by_code_and_in_their_place_only(api: Client) -> None:
    """pipedrive/client-nodejs#651."""
    code = add(api, "varchar")
    at_root = api.refused("POST", DEALS, {"title": "Boiler", code: "x"})
    assert at_root == f"{code}: Parameter '{code}' is not allowed for this request"
    for unknown in ("title", "A varchar", "f" * 40):
        body = {"title": "Boiler", "custom_fields": {unknown: "x"}}
        assert api.refused("POST", DEALS, body) == f"custom_fields: Unknown key '{unknown}'"


def test_only_the_custom_fields_asked_for_are_answered(api: Client) -> None:
    one, two = add(api, "varchar"), add(api, "text")
    api.make(DEALS, title="Boiler", custom_fields={one: "1", two: "2"})
    (shown,) = api.get(DEALS, custom_fields=two).json()["data"]
    assert shown["custom_fields"] == {two: "2"}
    assert api.get(DEALS, custom_fields=",".join("abcdefghijklmnop")).status_code == 400


def test_a_field_removed_by_someone_takes_its_values_along(api: Client, account: Account) -> None:
    code = add(api, "varchar")
    made = api.make(DEALS, title="Boiler", custom_fields={code: "x"})
    account.human.remove_field("deals", code)
    assert api.get(f"{DEALS}/{made['id']}").json()["data"]["custom_fields"] == {}
    body = {"custom_fields": {code: "y"}}
    assert "Unknown key" in api.refused("PATCH", f"{DEALS}/{made['id']}", body)


def test_an_option_removed_by_someone_is_refused(api: Client, account: Account) -> None:
    code = add(api, "enum", "Red", "Blue")
    option = api.get(f"{FIELDS}/{code}").json()["data"]["options"][0]["id"]
    account.human.remove_option("deals", code, option)
    body = {"title": "Boiler", "custom_fields": {code: option}}
    assert f"Option {option} does not exist" in api.refused("POST", DEALS, body)
