"""A small migration into memory: loads, people at work, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.stages.memory import Memory
from tests.unit.stages.working import incoming, mapping

from crm_transforms.stages.run import LoadRun
from crm_transforms.stages.undo import Undo
from crm_transforms.stages.undo_scope import UndoScope
from crm_transforms.stages.work import Options, Work

if TYPE_CHECKING:
    from crm_transforms.journal import Journal
    from crm_transforms.stages.undo_log import UndoReport

DOCUMENT = """
objects:
  company:
    target: companies
    from: customers
    key: {shop_id: id}
    vanished: remove
    fields: {name: name, city: city, parent_id: {ref: company, of: parent_id}}
    custom:
      grade: {type: text, value: grade}
  person:
    target: people
    from: contacts
    key: {shop_id: id}
    fields: {name: name, company_id: {ref: company, of: company_id, required: true}}
  product:
    target: products
    from: items
    key: {shop_id: id}
    match: {name: name}
    create: true
    fields: {name: name, code: code, price: decimal(price)}
"""
COMPANIES = [
    {"id": f"c{n}", "name": f"Company {n}", "city": None, "parent_id": None, "grade": "A"}
    for n in range(6)
]
PEOPLE = [{"id": f"p{n}", "name": f"Person {n}", "company_id": f"c{n}"} for n in range(6)]
ITEMS = [
    {"id": "i1", "name": "Valve", "code": "V-1", "price": "7.5"},
    {"id": "i2", "name": "Filter", "code": "F-1", "price": "9"},
]


class Migration:
    """A journal, an account in memory, and runs between them."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.there = Memory()
        self.document = DOCUMENT
        self._columns: dict[str, dict[str, Any]] = {}
        self.stage(customers=COMPANIES, contacts=PEOPLE, items=ITEMS)

    def stage(self, **streams: list[dict[str, Any]]) -> None:
        """Rows come; those that are there already stay."""
        for name, rows in streams.items():
            self.journal.stage({self._stream(name, rows): [incoming(row) for row in rows]}, {})

    def stage_only(self, **streams: list[dict[str, Any]]) -> None:
        """Rows come as whole streams; all others are gone."""
        for name, rows in streams.items():
            number = self._stream(name, rows)
            pass_id = self.journal.begin_pass(number)
            self.journal.stage({number: [incoming(row) for row in rows]}, {number: pass_id})
            self.journal.complete_pass(number, pass_id)

    def _stream(self, name: str, rows: list[dict[str, Any]]) -> int:
        text = {"type": ["string", "null"]}
        self._columns.setdefault(name, {}).update((column, text) for row in rows for column in row)
        return self.journal.stream(name, {"properties": dict(self._columns[name])}, ["id"])

    def work(self, verb: str, **told: Any) -> Work:
        document = mapping(self.document)
        self.there.use({}, {}, document.makes())
        identity = self.there.identity()
        run_id = self.journal.begin_run(verb, document.hash, identity.id)
        options = Options(settle=(0.0,), **told)
        return Work(self.journal, self.there, document, identity, run_id, options)

    def load(self, **told: Any) -> Work:
        work = self.work("load", **told)
        LoadRun(work).run()
        return work

    def undo(self, *, dry: bool = False, force: bool = False, **scope: Any) -> UndoReport:
        work = self.work("rollback", force=force)
        return Undo(work, UndoScope(**scope), dry=dry).run()

    def id_of(self, name: str, key: str) -> str:
        links = self.journal.links(name, self.there.identity().id, [key])
        return links[key].destination_id

    def linked(self) -> dict[str, int]:
        return {name: count for (_, name), count in self.journal.count_landed().items()}


def told(report: UndoReport) -> list[tuple[str, str, str]]:
    return [(one.object, one.key, one.field) for one in report.kept]
