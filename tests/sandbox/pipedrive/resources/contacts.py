"""Organizations and persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.resources.records import Records
from tests.sandbox.pipedrive.tables.common import ADDRESS
from tests.sandbox.pipedrive.tables.contacts import ORGANIZATION, PERSON

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call
    from tests.sandbox.pipedrive.refusal import Faults

    Row = dict[str, Any]

_ADDRESS_PARTS = tuple(part.name for part in ADDRESS)
_SYNCED = tuple(a.name for a in PERSON if a.feature == "contact sync")


def whole_address(values: Row, key: str) -> None:
    """Parts that are left out of an address become null (published)."""
    if values.get(key) is not None:
        values[key] = {part: values[key].get(part) for part in _ADDRESS_PARTS}


class Organizations(Records):
    name = "organizations"
    singular = "Organization"
    attributes = ORGANIZATION
    column = "org_id"

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        whole_address(values, "address")

    @override
    def included(self, account: Account, row: Row, name: str) -> Any:
        if name == "people_count":
            return len(account.tables["persons"].ids_where("org_id", row["id"]))
        return deal_count(account, self.column, row, name, super().included(account, row, name))


class Persons(Records):
    name = "persons"
    singular = "Person"
    attributes = PERSON
    column = "person_id"
    filters = ("owner_id", "org_id")

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        if before is None and "name" not in values:
            # v1 required it; v2's schema does not, its guide speaks of first and last name instead.
            call.faults.add("name", "Parameter 'name' is required")
        if "name" in values:
            # Which word ends the first name is a guess.
            first, _, last = values["name"].strip().partition(" ")
            values |= {"first_name": first, "last_name": last or None}
        for key in ("emails", "phones", "im"):
            if key in values:
                values[key] = _with_one_primary(values[key], key, call.faults)
        whole_address(values, "postal_address")
        values.pop("marketing_status", None)  # an answer has it in `include_fields` only

    @override
    def admits(self, query: dict[str, Any], row: Row) -> bool:
        return query.get("of_deal", row["id"]) == row["id"] and super().admits(query, row)

    @override
    def candidates(self, call: Call) -> Any:
        if "deal_id" in call.query:
            deal = call.account.live("deals", call.query["deal_id"])
            call.query["of_deal"] = deal and deal["person_id"]
        return super().candidates(call)

    @override
    def shown(self, call: Call, row: Row) -> Row:
        shown = super().shown(call, row)
        if "contact sync" not in call.account.features:
            for key in _SYNCED:
                del shown[key]
        return shown

    @override
    def included(self, account: Account, row: Row, name: str) -> Any:
        if name in ("marketing_status", "doi_status"):
            return "no_consent" if "campaigns" in account.features else None
        if name.startswith("participant_"):
            return _taking_part(account, row, name)
        return deal_count(account, self.column, row, name, super().included(account, row, name))


def _taking_part(account: Account, row: Row, name: str) -> int:
    """Deals of others in which a person takes part: "the secondary contacts associated to a deal".

    https://support.pipedrive.com/hc/en-us/articles/115001109689
    """
    is_open = name == "participant_open_deals_count"
    rows = account.tables["participants"].where("person_id", row["id"])
    deals = (account.live("deals", one["deal_id"]) for one in rows)
    return sum(deal is not None and (deal["status"] == "open") is is_open for deal in deals)


def deal_count(account: Account, column: str, row: Row, name: str, otherwise: Any) -> Any:
    """`open_deals_count` and its like."""
    statuses = {
        "open_deals_count": ("open",),
        "won_deals_count": ("won",),
        "lost_deals_count": ("lost",),
        "closed_deals_count": ("won", "lost"),
    }.get(name)
    if statuses is None:
        return otherwise
    return sum(
        deal["status"] in statuses for deal in account.tables["deals"].where(column, row["id"])
    )


def _with_one_primary(items: list[Row], key: str, faults: Faults) -> list[Row]:
    """Exactly one is primary: the first if none says so; that two are refused is a guess."""
    primaries = sum(bool(item.get("primary")) for item in items)
    if primaries > 1:
        faults.add(key, "Only one item can be primary.")
    return [
        {
            "value": item.get("value"),
            "primary": item.get("primary", False) if primaries else number == 0,
            "label": item.get("label"),
        }
        for number, item in enumerate(items)
    ]
