"""Deals: status and times, stages, archive, and the recycle bin.

https://developers.pipedrive.com/docs/api/v1/Deals
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.refusal import RefusalError, limit_reached
from tests.sandbox.pipedrive.resources.records import Records
from tests.sandbox.pipedrive.tables.deals import DEAL
from tests.sandbox.pipedrive.tables.starting import DEFAULT_CURRENCY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Answer, Call

    Row = dict[str, Any]

# key -> statuses it may be sent with, by the published descriptions
_ONLY_WITH = {
    "won_time": ("won",),
    "lost_time": ("lost",),
    "lost_reason": ("lost",),
    "close_time": ("won", "lost"),
}


def editable(deal: Row) -> None:
    """Raises: RefusalError: 400 for an archived deal (the status of this refusal is a guess)."""
    if deal["is_archived"]:
        raise RefusalError(
            400, f"Deal {deal['id']} is archived and cannot be changed", code="ERR_DEAL_ARCHIVED"
        )


class Deals(Records):
    name = "deals"
    singular = "Deal"
    attributes = DEAL
    column = "deal_id"
    stamped_with = ("owner_id", "creator_user_id")
    filters = ("owner_id", "person_id", "org_id", "pipeline_id", "stage_id")

    def archived(self, call: Call) -> Answer:
        call.query["archived"] = True
        return self.list(call)

    @override
    def admits(self, query: dict[str, Any], row: Row) -> bool:
        statuses = query.get("status")
        return (
            row["is_archived"] is query.get("archived", False)
            and (
                statuses is None or ("deleted" if row["is_deleted"] else row["status"]) in statuses
            )
            and super().admits(query, row)
        )

    @override
    def fetch(self, call: Call, number: int) -> Row | None:
        row = super().fetch(call, number)
        if row is None and "deleted" in call.query.get("status", ()):
            row = call.account.in_bin(self.name, number)
            return row and {**row, "is_deleted": True}
        return row

    @override
    def candidates(self, call: Call) -> Sequence[int]:
        if "deleted" in call.query.get("status", ()) and "ids" not in call.query:
            return call.account.tables[self.name].ids  # indexes know live rows only
        return super().candidates(call)

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        account = call.account
        self._stage(call, before, values)
        self._status(call, before, values)
        self._archive(call, before, values)
        if before is None:
            values.setdefault("currency", DEFAULT_CURRENCY)
            self._new(call, values)
        elif "value" in values and account.tables["deal_products"].ids_where(
            "deal_id", before["id"]
        ):
            # The lines make up the value; that one sent beside them is ignored is a guess.
            del values["value"]

    def _new(self, call: Call, values: Row) -> None:
        account, faults = call.account, call.faults
        if account.deals_need_contact and not (values.get("person_id") or values.get("org_id")):
            faults.add("person_id", "A deal must have a person or an organization")
        if values.get("is_deleted"):
            faults.add("is_deleted", "A deal cannot be created deleted")
        if values["status"] == "open" and self._is_full(account):
            raise limit_reached(
                "Couldn't add the deal. Open deals limit reached.", "feature_capping_deals_limit"
            )

    def _is_full(self, account: Account) -> bool:
        deals, most = account.tables[self.name], account.most_open_deals
        return len(deals) >= most and sum(deal["status"] == "open" for deal in deals) >= most

    def _stage(self, call: Call, before: Row | None, values: Row) -> None:
        account, faults = call.account, call.faults
        stage = values.get("stage_id")
        if stage is not None:  # wins over pipeline_id (v1's documentation)
            values["pipeline_id"] = account.tables["stages"].rows[stage]["pipeline_id"]
        elif (
            before is None
            or values.get("pipeline_id", before["pipeline_id"]) != before["pipeline_id"]
        ):
            pipeline = values.setdefault("pipeline_id", self._default_pipeline(account))
            stages = sorted(
                account.tables["stages"].where("pipeline_id", pipeline),
                key=lambda row: row["order_nr"],
            )
            if not stages:
                faults.add("pipeline_id", f"The pipeline {pipeline} has no stages")
                return
            values["stage_id"] = stages[0]["id"]
        moved = (
            before is not None and values.get("stage_id", before["stage_id"]) != before["stage_id"]
        )
        if moved:
            values["stage_change_time"] = account.now()

    def _default_pipeline(self, account: Account) -> int:
        return min(account.tables["pipelines"], key=lambda row: row["order_nr"])["id"]

    def _status(self, call: Call, before: Row | None, values: Row) -> None:
        account, faults = call.account, call.faults
        was = before["status"] if before else None
        status = values.setdefault("status", was or "open")
        for key, statuses in _ONLY_WITH.items():
            if values.get(key) is not None and status not in statuses:
                faults.add(key, f"Can only be set if the deal status is {' or '.join(statuses)}.")
        if status == "open":
            values |= dict.fromkeys(_ONLY_WITH)
        else:
            self._close(account, before if was == status else None, values, f"{status}_time")
        for kind in ("won", "lost", "close"):
            if f"{kind}_time" in values:
                at = values[f"{kind}_time"]
                values[f"local_{kind}_date"] = at and at[:10]

    def _close(self, account: Account, before: Row | None, values: Row, own: str) -> None:
        """Makes the status' own time and `close_time` agree, and clears the other status'."""
        at = values.get(own) or values.get("close_time")
        if at is None:
            at = before[own] if before else account.now()
        values[own] = values["close_time"] = at
        if own == "won_time":
            values |= {"lost_time": None, "lost_reason": None}
        else:
            values["won_time"] = None

    def _archive(self, call: Call, before: Row | None, values: Row) -> None:
        account, faults = call.account, call.faults
        archived = values.get("is_archived", before["is_archived"] if before else False)
        if not archived:
            if values.get("archive_time") is not None:
                faults.add("archive_time", "Can only be set if the deal is archived.")
            values["archive_time"] = None
        elif before is None or not before["is_archived"]:
            values.setdefault("archive_time", account.now())

    @override
    def stored(self, call: Call, number: int) -> Row:
        if isinstance(call.body, dict) and call.body.get("is_deleted") is False:
            row = call.account.in_bin(self.name, number)
            if row is not None:
                return row
        return super().stored(call, number)

    @override
    def update(self, call: Call) -> Answer:
        number = call.id_at()
        sent = call.body if isinstance(call.body, dict) else {}
        deal = self.stored(call, number)
        if sent.get("is_archived") is not False:
            editable(deal)
        answer = super().update(call)
        if answer.data["is_deleted"]:
            call.account.remove(self.name, number)
        return answer

    @override
    def included(self, account: Account, row: Row, name: str) -> Any:
        if name == "products_count":
            return len(account.tables["deal_products"].ids_where("deal_id", row["id"]))
        if name == "participants_count":
            # The contact is one of them in all published examples, and in no published text.
            taking_part = account.tables["participants"].where(self.column, row["id"])
            people = {one["person_id"] for one in taking_part} | {row["person_id"]}
            return len(people - {None})
        if name == "first_won_time":
            return row["won_time"]
        return super().included(account, row, name)
