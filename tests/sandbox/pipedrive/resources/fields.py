"""The lists of fields: system fields to read, custom fields to make.

https://developers.pipedrive.com/docs/api/v1/DealFields
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.body import accept_body
from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.field_lists import OPTION_TYPES
from tests.sandbox.pipedrive.pages import page_by_id
from tests.sandbox.pipedrive.refusal import forbidden, invalid, limit_reached, not_found
from tests.sandbox.pipedrive.tables import fields
from tests.sandbox.pipedrive.tables.attribute import create_body, update_body
from tests.sandbox.pipedrive.tables.fields import FIELD_LISTS

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call

    Field = dict[str, Any]

_TABLES = {
    "deals": fields.DEAL_FIELD,
    "persons": fields.PERSON_FIELD,
    "organizations": fields.ORGANIZATION_FIELD,
    "products": fields.PRODUCT_FIELD,
    "activities": (),
}

_SHOWN_BY_DEFAULT: dict[str, Any] = {
    "ui_visibility": {"add_visible_flag": False, "details_visible_flag": True},
    "important_fields": {"enabled": False, "stage_ids": []},
    "required_fields": {"enabled": False, "stage_ids": [], "statuses": {}},
}


class Fields:
    """The fields of one object.

    Args:
        owner: The object.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.listed, self.entity = FIELD_LISTS[owner]
        self.create_body = create_body(_TABLES[owner])
        self.update_body = update_body(_TABLES[owner])

    def list(self, call: Call) -> Answer:
        known = list(call.account.fields.of(self.owner).values())
        page, cursor = page_by_id(
            range(1, len(known) + 1), lambda n: {"id": n, "field": known[n - 1]}, call.query
        )
        wanted = call.query.get("include_fields", ())
        data = [self._shown(row["field"], wanted) for row in page]
        return Answer(data, {"next_cursor": cursor})

    def get(self, call: Call) -> Answer:
        return Answer(self._shown(self._field(call), call.query.get("include_fields", ())))

    def _shown(self, field: Field, wanted: Any = ()) -> Field:
        settings = field.get("settings", {})
        shown = {key: value for key, value in field.items() if key != "settings"}
        return shown | {name: settings.get(name, _SHOWN_BY_DEFAULT[name]) for name in wanted}

    def _field(self, call: Call) -> Field:
        code = call.path[0]
        field = call.account.fields.of(self.owner).get(code)
        if field is None:
            raise not_found(f"{self.entity.capitalize()} field {code}")
        return field

    def _custom(self, call: Call) -> Field:
        self._admin(call.account)
        field = self._field(call)
        if not field["is_custom_field"]:
            raise forbidden(f"The system field {field['field_code']} cannot be changed")
        return field

    def _admin(self, account: Account) -> None:
        if not account.admin:
            raise forbidden("Only an admin can change fields")

    def create(self, call: Call) -> Answer:
        account, faults = call.account, call.faults
        self._admin(account)
        values = accept_body(account, self.create_body, call.body, self.owner, faults)
        kind, options = values.get("field_type"), values.get("options")
        if kind in OPTION_TYPES and not options:
            faults.add("options", "Parameter 'options' is required for field types enum and set")
        if options and kind not in OPTION_TYPES:
            faults.add("options", "Only field types enum and set have options")
        faults.refuse()
        if account.fields.count_custom() >= account.most_custom_fields:
            raise limit_reached(
                "Couldn't add the custom field. Custom fields limit reached.",
                "feature_capping_custom_fields_limit",
            )
        labels = [option["label"] for option in options or ()]
        name, now = values["field_name"], account.now()
        field = account.fields.add(self.owner, name, values["field_type"], labels, now)
        self._set(field, values)
        account.committed("create", self.listed, field["field_code"])
        return Answer(self._shown(field, self._namespaces()))

    def update(self, call: Call) -> Answer:
        field = self._custom(call)
        values = accept_body(call.account, self.update_body, call.body, self.owner, call.faults)
        call.faults.refuse()
        self._set(field, values)
        call.account.committed("update", self.listed, field["field_code"])
        return Answer(self._shown(field, self._namespaces()))

    def _namespaces(self) -> list[str]:
        return [name for name in _SHOWN_BY_DEFAULT if name in self.create_body.attributes]

    def _set(self, field: Field, values: dict[str, Any]) -> None:
        field["field_name"] = values.get("field_name", field["field_name"])
        field["description"] = values.get("description", field["description"])
        settings = {
            name: {**default, **values[name]}
            for name, default in _SHOWN_BY_DEFAULT.items()
            if name in values
        }
        field["settings"] = field.get("settings", {}) | settings

    def delete(self, call: Call) -> Answer:
        field = self._custom(call)
        call.account.fields.remove(self.owner, field["field_code"])
        call.account.committed("delete", self.listed, field["field_code"])
        return Answer(self._shown(field))

    def _options(self, call: Call, body: Any) -> tuple[Field, list[dict[str, Any]]]:
        """The field and the items sent; all of them are good, or none is taken (published)."""
        self._admin(call.account)
        field = self._field(call)
        if field["options"] is None:
            raise invalid("field_code", f"The field {field['field_code']} has no options")
        items = accept_body(call.account, body, call.body, self.owner, call.faults)
        known = {option["id"] for option in field["options"]}
        for number, item in enumerate(items):
            if "id" in item and item["id"] not in known:
                call.faults.add(f"[{number}].id", f"There is no such option: {item['id']}")
        call.faults.refuse()
        call.account.committed("update", self.listed, field["field_code"])
        return field, items

    def add_options(self, call: Call) -> Answer:
        field, items = self._options(call, fields.ADD_OPTIONS)
        labels = [item["label"] for item in items]
        added = call.account.fields.new_options(labels, call.account.now())
        field["options"] = [*field["options"], *added]
        return _option_answer(added)

    def update_options(self, call: Call) -> Answer:
        field, items = self._options(call, fields.UPDATE_OPTIONS)
        labels = {item["id"]: item["label"] for item in items}
        now = call.account.now()
        field["options"] = [
            {**o, "label": labels[o["id"]], "update_time": now} if o["id"] in labels else o
            for o in field["options"]
        ]
        return _option_answer([o for o in field["options"] if o["id"] in labels])

    def delete_options(self, call: Call) -> Answer:
        field, items = self._options(call, fields.DELETE_OPTIONS)
        gone = {item["id"] for item in items}
        removed = [o for o in field["options"] if o["id"] in gone]
        field["options"] = [o for o in field["options"] if o["id"] not in gone]
        return _option_answer(removed)


def _option_answer(options: list[dict[str, Any]]) -> Answer:
    return Answer([{"id": o["id"], "label": o["label"]} for o in options])
