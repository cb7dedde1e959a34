"""Everything that the target can do, done once against the sandbox, with what it sent."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.unit.target_pipedrive.conftest import BLINK, Hands

from crm_transforms.destination import SCHEMA, Kind, Operation, Status
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox import Sandbox

PARTS = re.compile(rb'name="(\w+)"(?:; filename="[^"]*"\r\nContent-Type: [^\r]*)?\r\n\r\n([^\r]*)')


class Sent(NamedTuple):
    """One request as it left."""

    endpoint: str
    query: dict[str, str]
    media: str
    body: Any


class Tour:
    """A destination whose requests are kept.

    Args:
        sandbox: where to.
        folder: for a file to be uploaded.
    """

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.sent: list[Sent] = []
        self.refused: list[str] = []
        self.destination = PipedriveDestination(
            sandbox.pipedrive, clock=Hands().clock, timeouts=BLINK
        )
        self._numbers = itertools.count(1)
        self._exchange = self.destination._client.wire.exchange
        self.destination._client.wire.exchange = self._noted
        path = folder / "photo.jpg"
        path.write_bytes(b"jpeg")
        self.file = {
            "path": str(path),
            "name": "photo.jpg",
            "size": 4,
            "sha256": hashlib.sha256(b"jpeg").hexdigest(),
            "content_type": "image/jpeg",
        }

    def _noted(self, method: str, url: str, **what: Any) -> Any:
        body = what.get("data")
        media = (what.get("headers") or {}).get("Content-Type", "").partition(";")[0]
        if isinstance(body, dict):
            media = "application/x-www-form-urlencoded"
        elif media == "multipart/form-data":
            body = {name.decode(): value.decode() for name, value in PARTS.findall(b"".join(body))}
        elif body is not None:
            body = json.loads(body)
        response = self._exchange(method, url, **what)
        path = urlsplit(url).path.removeprefix("/pipedrive")
        query = dict(parse_qsl(urlsplit(response.url).query))
        self.sent.append(Sent(f"{method} {path}", query, media, body))
        if not response.ok:
            self.refused.append(f"{method} {path}: {response.text}")
        return response

    def write(self, *operations: Operation) -> list[str]:
        verdicts = {one.operation_id: one for one in self.destination.write(operations)}
        assert {one.status for one in verdicts.values()} == {Status.LANDED}, verdicts
        return [str(verdicts[operation.id].destination_id) for operation in operations]

    def operation(
        self, object_name: str, kind: Kind, id_: str | None = None, **fields: Any
    ) -> Operation:
        key = fields.pop("key", "")
        return Operation(next(self._numbers), object_name, kind, key, fields, id_)

    def made(self, object_name: str, **fields: Any) -> str:
        return self.write(self.operation(object_name, Kind.CREATE, **fields))[0]

    def field(self, object_name: str, name: str, type_: str, **more: Any) -> Operation:
        key = f"{object_name}.{name}"
        return self.operation(SCHEMA, Kind.CREATE, key=key, name=name, type=type_, **more)

    def walk(self) -> None:
        """Do it all."""
        self.sandbox.crm.features.add("contact sync")
        self.destination.identity()
        self.destination.people()
        self._make_fields()
        records = self._records()
        for name, (record, change) in records.items():
            self._live(name, record, {**self._emptied(name), **change})
        self._lines()
        self._archived()
        self._remove_fields()
        self.destination.close()

    def _make_fields(self) -> None:
        for name in ("organizations", "persons", "products", "deals"):
            types = ("text", "long_text", "decimal", "money", "date", "time", "phone", "address")
            self.write(*(self.field(name, f"x_{type_}", type_, label="A label") for type_ in types))
            self.write(
                self.field(name, "x_choice", "choice", options=["a"]),
                self.field(name, "x_choices", "choices", options=["a", "b"]),
                self.field(name, "x_reference", "reference", reference="users"),
            )
            grown = {"name": "x_choice", "type": "choice", "options": ["b"]}
            less = {"name": "x_choice", "type": "choice", "remove_options": ["a"]}
            for record in (grown, less):
                self.write(self.operation(SCHEMA, Kind.UPDATE, key=f"{name}.x_choice", **record))
        for name in ("organizations", "persons", "deals"):
            labels = {"name": "label_ids", "type": "choices", "options": ["New"]}
            self.write(self.operation(SCHEMA, Kind.UPDATE, key=f"{name}.label_ids", **labels))

    def _custom(self) -> dict[str, Any]:
        return {
            "x_text": "text",
            "x_long_text": "text",
            "x_decimal": Decimal("1.5"),
            "x_money": {"value": Decimal(3), "currency": "USD"},
            "x_date": "2021-01-01",
            "x_time": "10:00:00",
            "x_phone": "123",
            "x_address": "Main St 1",
            "x_choice": "b",
            "x_choices": ["a", "b"],
            "x_reference": str(self.destination.people()[0].id),
        }

    def _records(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """A record of each object with much in it, and a change of it that also empties."""
        user = str(self.destination.people()[0].id)
        org = self.made("organizations", name="Parent")
        person = self.made("persons", name="Parent")
        deal = self.made("deals", title="Parent", org_id=org)
        custom, moment = self._custom(), "2021-01-01T00:00:00Z"
        emptied = dict.fromkeys(custom)
        shared = {"owner_id": user, "visible_to": 3}
        return {
            "organizations": (
                {
                    "name": "Acme", "add_time": moment, "label_ids": ["New"], "website": "x.test",
                    "address": {"value": "Main St 1", "country": "US"}, "annual_revenue": 5,
                    "employee_count": 5, "linkedin": "x.test", **shared, **custom,
                },
                {"name": "Neu", **emptied},
            ),
            "persons": (
                {
                    "name": "Ann Lee", "org_id": org, "add_time": moment, "label_ids": ["New"],
                    "emails": [{"value": "a@x.test"}], "phones": [{"value": "1"}], **shared,
                    **custom,
                },
                emptied,
            ),
            "products": (
                {
                    "name": "Pipe", "code": "P-1", "description": "x", "unit": "m",
                    "tax": Decimal(19), "is_linkable": True, **shared, **custom,
                    "prices": [{"currency": "USD", "price": Decimal("1.5"), "cost": Decimal(1)}],
                },
                {"code": "P-2", "prices": [{"currency": "EUR", "price": Decimal(2)}], **emptied},
            ),
            "deals": (
                {
                    "title": "Job", "org_id": org, "person_id": person, "value": Decimal("7.5"),
                    "currency": "USD", "status": "lost", "lost_reason": "x", "lost_time": moment,
                    "close_time": moment, "expected_close_date": "2021-02-01", "probability": 5,
                    "label_ids": ["New"], **shared, **custom,
                },
                {"value": Decimal(8), "status": "won", "won_time": moment, **emptied},
            ),
            "activities": (
                {
                    "subject": "Visit", "type": "call", "deal_id": deal, "org_id": org,
                    "owner_id": user, "due_date": "2021-01-01", "due_time": "10:00:00",
                    "duration": "01:00:00", "busy": True, "done": False, "location": "Main St 1",
                    "participants": [{"person_id": person, "primary": True}], "note": "<p>x</p>",
                    "public_description": "x",
                },
                {"done": True},
            ),
            "notes": (
                {
                    "content": "<p>x</p>", "deal_id": deal, "org_id": org, "user_id": user,
                    "add_time": moment, "pinned_to_deal_flag": True,
                },
                {"content": "<p>y</p>", "pinned_to_deal_flag": False},
            ),
            "files": (
                {"file": self.file, "deal_id": deal, "description": "x"},
                {"name": "y.jpg", "description": "z"},
            ),
        }  # fmt: skip

    def _emptied(self, name: str) -> dict[str, None]:
        """Everything that a change can empty, apart from what the change needs."""
        kept = {"notes": {"deal_id"}}.get(name, set())
        return {
            native.name: None
            for native in TABLES[name].fields
            if native.update and native.emptiable and not native.required
            if native.name not in kept
        }

    def _live(self, name: str, record: dict[str, Any], change: dict[str, Any]) -> None:
        """Mark, create, find, read, change, resolve and remove."""
        destination = self.destination
        marks = destination.mark([name])
        create = self.operation(name, Kind.CREATE, **record)
        (id_,) = self.write(create)
        update = self.operation(name, Kind.UPDATE, id_, **change)
        self.write(update)
        assert destination.read(name, [id_], list(record))
        # So many that the lists of API v1 are cheaper than one request for each.
        destination.read(name, [str(int(id_) + number) for number in range(30)], [])
        list(destination.resolve([create, update], marks))
        destination.attached(name, [id_])
        if TABLES[name].custom:
            destination.in_use(name, ["x_text", "x_choices"])
            destination.options_in_use(name, "x_choices", ["a"])
        if name in {"organizations", "persons", "products"}:
            destination.find(name, [{"name": "nobody"}])
        self.write(self.operation(name, Kind.DELETE, id_))

    def _lines(self) -> None:
        product = self.made("products", name="Line")
        deal = self.made("deals", title="Lines")
        line = {
            "deal_id": deal, "product_id": product, "item_price": Decimal("1.5"),
            "quantity": Decimal(2), "comments": "x", "tax": Decimal(1), "discount": Decimal(1),
            "discount_type": "amount", "tax_method": "inclusive", "is_enabled": True,
        }  # fmt: skip
        marks = self.destination.mark(["deal_products"])
        single = self.operation("deal_products", Kind.CREATE, **line)
        (one,) = self.write(single)
        bulk = [
            self.operation("deal_products", Kind.CREATE, **{**line, "quantity": Decimal(n)})
            for n in (3, 4)
        ]
        several = self.write(*bulk)
        self.write(self.operation("deal_products", Kind.UPDATE, one, quantity=Decimal(9)))
        list(self.destination.resolve([single, *bulk], marks))
        assert len(self.destination.read("deal_products", [one, *several], [])) == 3
        self.write(*(self.operation("deal_products", Kind.DELETE, id_) for id_ in several))
        self.write(self.operation("deal_products", Kind.DELETE, one))

    def _archived(self) -> None:
        old = self.operation(
            "deals", Kind.CREATE, title="Old", is_archived=True, archive_time="2021-01-01T00:00:00Z"
        )
        marks = self.destination.mark(["deals"])
        (id_,) = self.write(old)
        assert self.destination.read("deals", [id_], ["title"])
        (verdict,) = self.destination.resolve([old], marks)
        assert verdict.destination_id == id_

    def _remove_fields(self) -> None:
        for name in ("organizations", "persons", "products", "deals"):
            code = next(
                field.code
                for field in self.destination._account.book.of(name).by_name.values()
                if field.name == "x_choice"
            )
            key = f"{name}.x_choice"
            self.write(self.operation(SCHEMA, Kind.DELETE, f"{name}/{code}", key=key))
