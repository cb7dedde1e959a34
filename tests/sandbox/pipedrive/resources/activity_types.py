"""Activity types: https://developers.pipedrive.com/docs/api/v1/ActivityTypes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.resources.v1 import V1Records
from tests.sandbox.pipedrive.tables.v1 import ACTIVITY_TYPE

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]


class ActivityTypes(V1Records):
    name = "activity_types"
    singular = "Activity type"
    attributes = ACTIVITY_TYPE

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        if before is not None:
            return
        known = list(call.account.tables[self.name])
        key = re.sub(r"\W+", "_", values.get("name", "").strip().lower())
        if key in {row["key_string"] for row in known}:
            call.faults.add("name", f"There is an activity type {key} already")
        values |= {"key_string": key, "order_nr": len(known) + 1}

    @override
    def list(self, call: Call) -> Answer:
        return Answer(list(call.account.tables[self.name]))

    @override
    def delete(self, call: Call) -> Answer:
        row = {**self.stored(call), "active_flag": False, "update_time": call.account.v1_now()}
        return Answer(call.account.put(self.name, row, "delete"))
