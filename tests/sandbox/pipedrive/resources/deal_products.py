"""Products attached to deals; together they make the deal's value.

https://developers.pipedrive.com/docs/api/v1/Deals#addDealProduct
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.body import accept
from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.pages import page_by_column, page_by_id
from tests.sandbox.pipedrive.refusal import invalid, limit_reached, not_found
from tests.sandbox.pipedrive.resources.deals import editable
from tests.sandbox.pipedrive.resources.records import Records
from tests.sandbox.pipedrive.tables.attribute import Attribute, Body
from tests.sandbox.pipedrive.tables.deals import DEAL_PRODUCT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call
    from tests.sandbox.pipedrive.refusal import Faults

    Row = dict[str, Any]

MOST_AT_ONCE = 100
MOST_RECURRING = 20


def settle_billing(
    account: Account, before: Row | None, values: Row, faults: Faults, path: str = ""
) -> None:
    """The published rules of `billing_frequency` and `billing_frequency_cycles`."""
    known = before or {"billing_frequency": "one-time", "billing_frequency_cycles": None}
    frequency = values.get("billing_frequency", known["billing_frequency"])
    cycles = values.get("billing_frequency_cycles", known["billing_frequency_cycles"])
    if frequency != "one-time" and not account.limits.recurring_products:
        faults.add(f"{path}billing_frequency", "This plan has no recurring products.")
    if frequency == "one-time" and cycles is not None:
        faults.add(f"{path}billing_frequency_cycles", "This value should be null.")
    if frequency == "weekly" and cycles is None:
        faults.add(f"{path}billing_frequency_cycles", "This value should not be null.")


def line_sum(line: Row) -> float:
    """What one line comes to.

    That an exclusive tax is added and that an amount is taken off the whole line are guesses.
    """
    total = line["item_price"] * line["quantity"]
    if line["discount_type"] == "percentage":
        total *= 1 - line["discount"] / 100
    else:
        total -= line["discount"]
    if line["tax_method"] == "exclusive":
        total *= 1 + line["tax"] / 100
    return round(total, 2)


class DealProducts(Records):
    name = "deal_products"
    singular = "Deal product"
    attributes = DEAL_PRODUCT
    stamped_with = ()
    filters = ()
    created_status = 201

    def __init__(self) -> None:
        super().__init__()
        # Published: at most 100. An empty list is refused too (observed with Prism's mock only).
        data = Attribute(
            "data",
            "array",
            required=True,
            of=tuple(self.create_body.attributes.values()),
            max_items=MOST_AT_ONCE,
            min_items=1,
        )
        self.bulk_body = Body({"data": data})

    def list(self, call: Call) -> Answer:
        return self._lines_of(call, [self._deal(call)["id"]])

    def list_of_deals(self, call: Call) -> Answer:
        live = call.account.tables["deals"].rows
        return self._lines_of(call, [n for n in dict.fromkeys(call.query["deal_ids"]) if n in live])

    def _lines_of(self, call: Call, deals: Iterable[int]) -> Answer:
        table = call.account.tables[self.name]
        ids = sorted(n for deal in deals for n in table.ids_where("deal_id", deal))
        column = call.query.get("sort_by", "id")
        if column == "id":
            rows, cursor = page_by_id(ids, table.rows.get, call.query)
        else:
            rows, cursor = page_by_column((table.rows[n] for n in ids), column, call.query)
        return Answer([self.shown(call, row) for row in rows], {"next_cursor": cursor})

    def shown(self, call: Call, row: Row) -> Row:
        return {**row, "currency": call.account.tables["deals"].rows[row["deal_id"]]["currency"]}

    def _deal(self, call: Call) -> Row:
        number = call.id_at()
        deal = call.account.live("deals", number)
        if deal is None:
            raise not_found(f"Deal {number}")
        return deal

    def _line(self, call: Call) -> Row:
        line = self.stored(call, call.id_at(1))
        if line["deal_id"] != call.id_at():
            raise not_found(f"{self.singular} {line['id']}")
        return line

    def create(self, call: Call) -> Answer:
        values = self._accepted(call, self.create_body, call.body)
        (line,) = self._attach(call, [values], "")
        return Answer(line, status=201)

    def create_many(self, call: Call) -> Answer:
        values = self._accepted(call, self.bulk_body, call.body)
        call.faults.refuse()
        return Answer(self._attach(call, values["data"], "data[{}]."), status=201)

    def _accepted(self, call: Call, body: Body, sent: Any) -> Row:
        if not isinstance(sent, dict):
            raise invalid("body", "This value should be of type object.")
        return accept(
            call.account,
            body.attributes,
            sent,
            self.name,
            call.faults,
            creating=body.creating,
        )

    def _attach(self, call: Call, items: list[Row], path: str) -> list[Row]:
        account, deal = call.account, self._deal(call)
        editable(deal)
        lines = list(account.tables[self.name].where("deal_id", deal["id"]))
        for number, item in enumerate(items):
            self._settle(call, None, item, path.format(number))
        recurring = [
            r for r in (*lines, *items) if r.get("billing_frequency", "one-time") != "one-time"
        ]
        if len(recurring) > MOST_RECURRING:
            call.faults.add("billing_frequency", f"At most {MOST_RECURRING} recurring products.")
        call.faults.refuse()
        cap = account.products_per_deal
        if cap is not None and len(lines) + len(items) > cap:
            raise limit_reached(
                "Couldn't add product. You've reached the product per deal limit.", ""
            )
        order = max((line["order_nr"] for line in lines), default=0)
        method = lines[0]["tax_method"] if lines else "inclusive"
        added = []
        for number, item in enumerate(items, 1):
            row = self.row(call, {"tax_method": method, **item})
            product = account.tables["products"].rows[row["product_id"]]
            row |= {
                "deal_id": deal["id"],
                "name": product["name"],
                "order_nr": order + number * 10,
                "currency": deal["currency"],
            }
            row["sum"] = line_sum(row)
            added.append(account.put(self.name, row, "create")["id"])
        self._recount(call, deal, items[-1].get("tax_method"))
        rows = account.tables[self.name].rows
        return [self.shown(call, rows[number]) for number in added]

    def _settle(self, call: Call, before: Row | None, values: Row, path: str) -> None:
        account = call.account
        settle_billing(account, before, values, call.faults, path)
        product = account.live("products", values.get("product_id"))
        if product is not None and not product["is_linkable"]:
            call.faults.add(f"{path}product_id", "This product cannot be added to a deal")

    def update(self, call: Call) -> Answer:
        account, deal, before = call.account, self._deal(call), self._line(call)
        editable(deal)
        values = self._accepted(call, self.update_body, call.body)
        self._settle(call, before, values, "")
        call.faults.refuse()
        row = self.changed(call, before, values)
        row["name"] = account.tables["products"].rows.get(row["product_id"], row)["name"]
        row["sum"] = line_sum(row)
        account.put(self.name, row, "update")
        self._recount(call, deal, values.get("tax_method"))
        return Answer(self.shown(call, account.tables[self.name].rows[row["id"]]))

    def delete(self, call: Call) -> Answer:
        deal, line = self._deal(call), self._line(call)
        editable(deal)
        call.account.remove(self.name, line["id"])
        self._recount(call, deal, None)
        return Answer({"id": line["id"]})

    def delete_many(self, call: Call) -> Answer:
        account, deal = call.account, self._deal(call)
        editable(deal)
        attached = list(account.tables[self.name].ids_where("deal_id", deal["id"]))
        wanted = call.query.get("ids", attached[:MOST_AT_ONCE])
        removed = [number for number in wanted if number in attached]
        for number in removed:
            account.remove(self.name, number)
        self._recount(call, deal, None)
        more = "ids" not in call.query and len(attached) > len(removed)
        return Answer({"ids": removed}, {"more_items_in_collection": more})

    def _recount(self, call: Call, deal: Row, method: str | None) -> None:
        """Sums the enabled lines up; a changed tax method goes to all of them (published)."""
        account = call.account
        lines = list(account.tables[self.name].where("deal_id", deal["id"]))
        total = 0.0
        for line in lines:
            row = {**line, "tax_method": method or line["tax_method"]}
            row["sum"] = line_sum(row)
            if row != line:
                account.put(self.name, row, "update")
            if row["is_enabled"]:
                total += row["sum"]
        value = {"value": round(total, 2), "update_time": account.now()}
        account.put("deals", {**account.tables["deals"].rows[deal["id"]], **value}, "update")
