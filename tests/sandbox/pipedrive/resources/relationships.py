"""How organizations relate: https://developers.pipedrive.com/docs/api/v1/OrganizationRelationships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.resources.v1 import V1Records
from tests.sandbox.pipedrive.tables.contacts import RELATIONSHIP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]


class Relationships(V1Records):
    name = "relationships"
    singular = "Organization relationship"
    attributes = RELATIONSHIP

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        values.pop("org_id", None)  # only says from whose side the answer is worded
        ends = {**(before or {}), **values}
        if "rel_owner_org_id" in ends and ends["rel_owner_org_id"] == ends.get("rel_linked_org_id"):
            call.faults.add("rel_linked_org_id", "An organization cannot be related to itself")

    @override
    def chosen(self, call: Call) -> Iterable[Row]:
        table, org = call.account.tables[self.name], call.query["org_id"]
        yield from table.where("rel_owner_org_id", org)
        yield from table.where("rel_linked_org_id", org)

    @override
    def shown(self, call: Call, row: Row) -> Row:
        account, base = call.account, self._base(call)
        owner, linked = row["rel_owner_org_id"], row["rel_linked_org_id"]
        shown = {
            **row,
            "rel_owner_org_id": _organization(account, owner),
            "rel_linked_org_id": _organization(account, linked),
        }
        if base in (owner, linked):
            other = linked if base == owner else owner
            kind = row["type"]
            if kind == "parent":
                kind = "daughter" if base == owner else "parent"
            shown |= {
                "calculated_type": kind,
                "calculated_related_org_id": other,
                "related_organization_name": _organization(account, other)["name"],
            }
        return shown

    def _base(self, call: Call) -> Any:
        sent = call.body if isinstance(call.body, dict) else {}
        return call.query.get("org_id", sent.get("org_id"))


def _organization(account: Account, number: int) -> Row:
    row = account.live("organizations", number) or {}
    return {
        "name": row.get("name"),
        "people_count": len(account.tables["persons"].ids_where("org_id", number)),
        "owner_id": row.get("owner_id"),
        "address": (row.get("address") or {}).get("value"),
        "active_flag": bool(row),
        "cc_email": "sandbox@pipedrivemail.com",
        "value": number,
    }
