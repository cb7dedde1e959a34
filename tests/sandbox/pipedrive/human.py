"""What people do in the web application while a migration runs. It costs no tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.call import Call
from tests.sandbox.pipedrive.resources import RESOURCES

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account

    Row = dict[str, Any]


NOBODY: dict[str, None] = {"deal_id": None, "person_id": None, "org_id": None}


class Human:
    """A colleague at the screen; the web application checks what the API checks."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def _call(self, path: tuple[Any, ...], body: Any = None) -> Call:
        user = next(u for u in self._account.users[::-1] if u["active_flag"])
        return Call(self._account, path, {}, body, user)

    def create(self, name: str, /, **values: Any) -> Row:
        """Makes one record of the object `name` (deals, notes, products …)."""
        return RESOURCES[name].create(self._call((), values)).data

    def edit(self, name: str, number: int, /, **changes: Any) -> Row:
        return RESOURCES[name].update(self._call((number,), changes)).data

    def delete(self, name: str, number: int) -> None:
        RESOURCES[name].delete(self._call((number,)))

    def note(self, content: str, /, **parents: int) -> Row:
        """Writes a note on someone's record: `deal_id=`, `person_id=` or `org_id=`."""
        return self.create("notes", content=content, **parents)

    def attach(self, deal: int, /, **line: Any) -> Row:
        """Adds a product to a deal."""
        return RESOURCES["deal_products"].create(self._call((deal,), line)).data

    def join(self, deal: int, person: int) -> Row:
        """Adds a person to those who take part in a deal."""
        return self._put("participants", deal_id=deal, person_id=person)

    def mail(self, **parents: int) -> Row:
        """Links an e-mail to records: `deal_id=`, `person_id=`, `org_id=`."""
        return self._put("emails", **{**NOBODY, **parents})

    def _put(self, name: str, **values: Any) -> Row:
        number = self._account.tables[name].next_id()
        return self._account.put(name, {"id": number, **values}, "create")

    def add_field(self, name: str, label: str, kind: str, *options: str) -> str:
        """Adds a custom field to the object `name`; its code."""
        now = self._account.now()
        return self._account.fields.add(name, label, kind, options, now)["field_code"]

    def remove_field(self, name: str, code: str) -> None:
        self._account.fields.remove(name, code)

    def remove_option(self, name: str, code: str, option: int) -> None:
        field = self._account.fields.of(name)[code]
        field["options"] = [o for o in field["options"] if o["id"] != option]

    def rename_option(self, name: str, code: str, option: int, label: str) -> None:
        for known in self._account.fields.of(name)[code]["options"]:
            if known["id"] == option:
                known["label"] = label

    def deactivate(self, user: int) -> None:
        self._account.user(user).update(active_flag=False, activated=False)
