"""Searches, on an index that lags.

https://developers.pipedrive.com/docs/api/v1/ItemSearch
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.pages import page_by_id
from tests.sandbox.pipedrive.refusal import RefusalError
from tests.sandbox.pipedrive.tables.searches import ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]

_MATCHES = {
    "exact": str.__eq__,
    "beginning": str.startswith,
    "middle": str.__contains__,
}


def _term(call: Call, *, exact: bool) -> str:
    term: str = call.query["term"]
    least = 1 if exact else 2
    if len(term) < least:
        raise RefusalError(
            400,
            f"ERR_INVALID_INPUT term: it must have at least {least} characters",
            code="ERR_INVALID_INPUT",
        )
    return term


def search_all(call: Call) -> Answer:
    kinds = [kind for kind in call.query.get("item_types", ITEMS) if kind in ITEMS]
    answer = _answer(call, [hit for kind in kinds for hit in _hits(call, kind)])
    answer.data["related_items"] = []
    return answer


def search_deals(call: Call) -> Answer:
    return _answer(call, _hits(call, "deal"))


def search_persons(call: Call) -> Answer:
    return _answer(call, _hits(call, "person"))


def search_organizations(call: Call) -> Answer:
    return _answer(call, _hits(call, "organization"))


def search_products(call: Call) -> Answer:
    return _answer(call, _hits(call, "product"))


def _answer(call: Call, hits: Iterable[Row]) -> Answer:
    found = list(hits)
    rows, cursor = page_by_id(range(len(found)), lambda n: {"id": n, "hit": found[n]}, call.query)
    items = [{"result_score": 1.0, "item": row["hit"]} for row in rows]
    return Answer({"items": items}, {"next_cursor": cursor})


def _hits(call: Call, kind: str) -> Iterator[Row]:
    """Rows of one kind where a text equals the term, or contains it; case does not matter."""
    name, _, places = ITEMS[kind]
    query, index = call.query, call.account.search
    exact = query.get("exact_match", False)
    term = _term(call, exact=exact).lower()
    wanted = [place for place in places if place in query.get("fields", places)]
    filters = {
        "person_id": query.get("person_id"),
        "org_id": query.get("organization_id"),
        "status": query.get("status"),
    }
    for row in sorted(index.rows(name), key=lambda row: row["id"]):
        if any(want is not None and row.get(column) != want for column, want in filters.items()):
            continue
        texts = (text.lower() for place in wanted for text in index.texts(name, row, place))
        if any(text == term if exact else term in text for text in texts):
            yield _item(call.account, kind, row, query.get("include_fields", ()))


def _item(account: Account, kind: str, row: Row, extras: Iterable[str]) -> Row:
    name, title, _ = ITEMS[kind]
    custom = list(account.search.texts(name, row, "custom_fields"))
    item = {
        "id": row["id"],
        "type": kind,
        title: row[title],
        "visible_to": row["visible_to"],
        "owner": {"id": row["owner_id"]},
        "custom_fields": custom,
    }
    if kind != "product":
        item["notes"] = list(account.search.texts(name, row, "notes"))
    if kind == "deal":
        stage = account.live("stages", row["stage_id"])
        person = account.live("persons", row["person_id"])
        item |= {key: row[key] for key in ("value", "currency", "status", "is_archived")}
        item["stage"] = stage and {"id": stage["id"], "name": stage["name"]}
        item["person"] = person and {"id": person["id"], "name": person["name"]}
    if kind in ("deal", "person"):
        item["organization"] = _organization(account, row["org_id"])
    if kind == "person":
        item |= {key: [i["value"] for i in row[key]] for key in ("phones", "emails")}
    if kind == "organization":
        item["address"] = (row["address"] or {}).get("value")
    if kind == "product":
        item["code"] = row["code"]
    for extra in extras:
        owner, _, key = extra.partition(".")
        if owner == kind:
            item[key] = row["prices"][0]["price"] if key == "price" else None
    return item


def _organization(account: Account, number: int | None) -> Row | None:
    row = account.live("organizations", number)
    if row is None:
        return None
    address = (row["address"] or {}).get("value")
    return {"id": row["id"], "name": row["name"], "address": address}


def search_field(call: Call) -> Answer:
    """Values of one field, case sensitive; of custom fields only the searchable types."""
    kind, code = call.query["entity_type"], call.query["field"]
    match = call.query.get("match", "exact")
    term = _term(call, exact=match == "exact")
    if kind not in ITEMS:
        return Answer([], {"next_cursor": None})
    name, title, _ = ITEMS[kind]
    account = call.account
    if code not in account.fields.of(name):
        raise RefusalError(
            400, f"ERR_INVALID_INPUT field: {kind} has no field {code}", code="ERR_INVALID_INPUT"
        )
    found = []
    for row in account.search.rows(name):
        if account.fields.custom(name, code) is not None:
            text = account.search.custom_text(name, code, row["custom_fields"].get(code))
        else:
            text = row[code] if isinstance(row.get(code), str) else None
        if text is not None and _MATCHES[match](text, term):
            found.append({"id": row["id"], "name": row[title]})
    found.sort(key=lambda hit: hit["id"])
    by_id = {hit["id"]: hit for hit in found}
    rows, cursor = page_by_id(list(by_id), by_id.get, call.query)
    return Answer(rows, {"next_cursor": cursor})
