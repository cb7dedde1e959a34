"""Leads, which hold the custom fields of the deals: https://developers.pipedrive.com/docs/api/v1/Leads."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.body import accept_body
from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.custom_values import accept_custom_fields
from tests.sandbox.pipedrive.pages import offset_page
from tests.sandbox.pipedrive.refusal import not_found
from tests.sandbox.pipedrive.resources.v1 import V1Records
from tests.sandbox.pipedrive.tables.leads import LEAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]

FILTERS = ("owner_id", "person_id", "organization_id")


class Leads(V1Records):
    name = "leads"
    singular = "Lead"
    attributes = LEAD

    def archived(self, call: Call) -> Answer:
        call.query["archived"] = True
        return self.list(call)

    @override
    def list(self, call: Call) -> Answer:
        page, additional = offset_page(list(self.chosen(call)), call.query)
        # Published: what other v1 lists have under `pagination` stands here by itself.
        pagination = {k: v for k, v in additional["pagination"].items() if k != "next_start"}
        return Answer([self.shown(call, row) for row in page], pagination)

    @override
    def chosen(self, call: Call) -> Iterable[Row]:
        query = call.query
        return (
            row
            for row in call.account.tables[self.name]
            if row["is_archived"] is query.get("archived", False)
            and all(row[key] == query[key] for key in FILTERS if key in query)
            and row["update_time"] >= query.get("updated_since", "")
        )

    @override
    def stored(self, call: Call) -> Row:
        row = call.account.tables[self.name].rows.get(call.path[0])
        if row is None:
            raise not_found(f"{self.singular} {call.path[0]}")
        return row

    @override
    def create(self, call: Call) -> Answer:
        account, faults = call.account, call.faults
        codes = account.fields.custom_codes("deals")
        sent = {key: value for key, value in call.body.items() if key not in codes}
        custom = {key: _structured(value) for key, value in call.body.items() if key in codes}
        values = accept_body(account, self.create_body, sent, self.name, faults)
        if values.get("person_id") is None and values.get("organization_id") is None:
            faults.add("person_id", "A lead must be linked to a person or an organization")
        values["custom_fields"] = accept_custom_fields(account, "deals", custom, faults)
        faults.refuse()
        now, user = account.now(), call.user["id"]
        row = {
            **self.blank,
            **dict.fromkeys(("owner_id", "creator_id"), user),
            **dict.fromkeys(("add_time", "update_time"), now),
            **values,
            "id": str(uuid.UUID(int=account.tables[self.name].next_id())),
        }
        account.put(self.name, row, "create")
        return Answer(self.shown(call, row), status=201)

    @override
    def shown(self, call: Call, row: Row) -> Row:
        """Custom fields stand beside the others, as in v1's deals; empty ones do not."""
        shown = super().shown(call, row)
        live = call.account.fields.custom_codes("deals")
        custom = shown.pop("custom_fields")
        return shown | {code: _flat(value) for code, value in custom.items() if code in live}


def _structured(value: Any) -> Any:
    """Several options are sent as their ids with commas between."""
    ids = value.split(",") if isinstance(value, str) else []
    return list(map(int, ids)) if len(ids) > 1 and all(map(str.isdigit, ids)) else value


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value["value"] if isinstance(value, dict) else value
