"""Notes: https://developers.pipedrive.com/docs/api/v1/Notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nh3
from typing_extensions import override

from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.refusal import forbidden, limit_reached
from tests.sandbox.pipedrive.resources.v1 import V1Records
from tests.sandbox.pipedrive.tables.v1 import NOTE, NOTE_PARENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]

# "Subject to sanitization on the back-end" is all that is published: what stays is a guess.
# fmt: off
_TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img",
    "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}
# fmt: on
_ATTRIBUTES = {"a": {"href", "title", "target"}, "img": {"src", "alt", "width", "height"}}

_PINS = tuple(pin for _, pin, _, _ in NOTE_PARENTS.values())


def sanitized(content: str) -> str:
    return nh3.clean(content, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


class Notes(V1Records):
    name = "notes"
    singular = "Note"
    attributes = NOTE
    sorts = (
        "id",
        "user_id",
        "deal_id",
        "person_id",
        "org_id",
        "content",
        "add_time",
        "update_time",
    )

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        account = call.account
        parents = {key: values.get(key, (before or {}).get(key)) for key in NOTE_PARENTS}
        if not any(parent is not None for parent in parents.values()):
            call.faults.add("deal_id", f"One of {', '.join(NOTE_PARENTS)} is required")
        for key, (_, pin, _, _) in NOTE_PARENTS.items():
            if pin in values:
                values[pin] = bool(values[pin])
                if values[pin] and parents[key] is None:
                    call.faults.add(pin, f"{key} is also required")
        if values.get("user_id", call.user["id"]) != call.user["id"] and not account.admin:
            raise forbidden("Only an admin can change the author of a note")
        if "content" in values:
            values["content"] = sanitized(values["content"])
        if before is None:
            self._refuse_over_cap(account, parents["deal_id"])
        values["last_update_user_id"] = None if before is None else call.user["id"]

    def _refuse_over_cap(self, account: Account, deal: int | None) -> None:
        cap = account.notes_per_deal
        if cap is None or deal is None:
            return
        if len(account.tables[self.name].ids_where("deal_id", deal)) >= cap:
            raise limit_reached("Couldn't add note. You've reached the note per deal limit.", "")

    @override
    def stamps(self, call: Call) -> Row:
        return {**super().stamps(call), "user_id": call.user["id"]}

    @override
    def chosen(self, call: Call) -> Iterable[Row]:
        query, table = call.query, call.account.tables[self.name]
        rows: Iterable[Row] = table
        for column in ("deal_id", "person_id", "org_id"):
            if column in query:
                rows = table.where(column, query[column])
                break
        return (row for row in rows if self._admits(query, row))

    def _admits(self, query: dict[str, Any], row: Row) -> bool:
        return (
            all(row[key] == query[key] for key in ("user_id", *NOTE_PARENTS) if key in query)
            and all(row[pin] == bool(query[pin]) for pin in _PINS if pin in query)
            and query.get("start_date", "") <= row["add_time"][:10]
            and row["add_time"][:10] <= query.get("end_date", "9999-12-31")
            and row["update_time"].replace(" ", "T") + "Z" >= query.get("updated_since", "")
        )

    @override
    def delete(self, call: Call) -> Answer:
        super().delete(call)
        return Answer(data=True)

    @override
    def shown(self, call: Call, row: Row) -> Row:
        account = call.account
        shown = super().shown(call, row)
        for key, (name, _, embedded, title) in NOTE_PARENTS.items():
            if embedded:
                parent = account.live(name, row[key]) if name in account.tables else None
                shown[embedded] = parent and {title: parent[title]}
        user = account.user(row["user_id"])
        shown["user"] = {
            "email": user["email"],
            "icon_url": user["icon_url"],
            "is_you": user["is_you"],
            "name": user["name"],
        }
        return shown
