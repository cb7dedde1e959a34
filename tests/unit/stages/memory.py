"""A destination in memory, in which people work too; it can be strict, silent and forgetful."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import (
    SCHEMA,
    Complaint,
    Cost,
    FieldSpec,
    Handle,
    Identity,
    Kind,
    Limits,
    ObjectSpec,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crm_transforms.destination import Operation, Person, Record

BATCH = 4

FIELDS: dict[str, dict[str, FieldSpec]] = {
    "companies": {
        "name": FieldSpec("name", "text", required=True),
        "city": FieldSpec("city", "text"),
        "parent_id": FieldSpec("parent_id", "reference", reference="companies"),
        "owner_id": FieldSpec("owner_id", "reference", reference="users"),
        "state": FieldSpec("state", "choice", options=("draft", "posted")),
        "made_at": FieldSpec("made_at", "datetime", writable=False, updatable=False),
    },
    "people": {
        "name": FieldSpec("name", "text", required=True),
        "company_id": FieldSpec("company_id", "reference", reference="companies"),
    },
    "products": {
        "name": FieldSpec("name", "text", required=True),
        "code": FieldSpec("code", "text"),
        "price": FieldSpec("price", "decimal"),
    },
}
NEW_OBJECT = {"name": FieldSpec("name", "text", required=True)}
"""What every object has that a mapping makes."""
GIVEN: dict[str, dict[str, Any]] = {"companies": {"owner_id": "u1", "state": "draft"}}
"""What the destination itself puts into new records."""


class Memory:
    """Implements :class:`~crm_transforms.destination.Destination` and ``Reversible``.

    Attributes:
        tables: records by object and id.
        custom: custom fields by object.
        inverses: acts by the act that they take back.
        strict: what others refer to is not removed.
        refused: ids that are not removed, whatever is asked; final: nor until an act reopens them.
        stubborn: ids whose removal is confirmed and does not happen.
        unfit: values that no field takes.
        users: the account's people.
        line: longest text of one line; longer ones are long texts. None: all are one.
        job: the handle of what is written from now on; killed_after: so many records of it.
        silent: the next so many writes are carried out and not answered.
        asked: how often what was called.
    """

    name = "memory"

    def __init__(self) -> None:
        self._ids = itertools.count(100)
        self.fields = {name: dict(fields) for name, fields in FIELDS.items()}
        self.tables: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in FIELDS}
        self.custom: dict[str, dict[str, FieldSpec]] = {name: {} for name in FIELDS}
        self.inverses: dict[str, str] = {}
        self.strict = False
        self.refused: set[str] = set()
        self.final: set[str] = set()
        self.stubborn: set[str] = set()
        self.unfit: set[str] = set()
        self.expected: dict[str, list[FieldSpec]] = {}
        self.makes: frozenset[str] = frozenset()
        self.users: list[Person] = []
        self.line: int | None = None
        self.job = ""
        self.jobs: defaultdict[str, list[Verdict]] = defaultdict(list)
        self.killed_after = 0
        self.silent = 0
        self.asked: Counter[str] = Counter()
        self.commits: list[tuple[str, str, str]] = []

    def state(self) -> dict[str, Any]:
        """Everything that can be seen from outside."""
        return {
            "records": {
                name: {
                    id_: {field: value for field, value in record.items() if value is not None}
                    for id_, record in table.items()
                }
                for name, table in self.tables.items()
            },
            "fields": {
                name: {field: spec.options for field, spec in fields.items()}
                for name, fields in self.custom.items()
            },
        }

    def sizes(self) -> dict[str, int]:
        """How many records there are, by object."""
        return {name: len(table) for name, table in self.tables.items()}

    def put(self, table: str, **fields: Any) -> str:
        """A person makes a record; its id."""
        id_ = str(next(self._ids))
        self.tables[table][id_] = {**GIVEN.get(table, {}), **fields}
        return id_

    # The port

    def use(
        self,
        key_fields: Mapping[str, str],
        open_choices: Mapping[str, Any],
        makes: Collection[str] = (),
    ) -> None:
        del key_fields, open_choices
        self.makes = frozenset(makes)

    def identity(self) -> Identity:
        return Identity("memory:1", "Memory", "https://memory.example")

    def spent(self) -> Mapping[str, int]:
        return {"requests": self.asked.total()}

    def limits(self) -> Limits:
        return Limits()

    def describe(self, object_name: str) -> ObjectSpec:
        expected = {spec.name: spec for spec in self.expected.get(object_name, ())}
        if object_name not in self.tables and object_name in self.makes:
            own = {**NEW_OBJECT, **expected}
            return ObjectSpec(object_name, own, accepts_custom_fields=True, absent=True)
        fields = {**self.fields[object_name], **self.custom[object_name], **expected}
        return ObjectSpec(object_name, fields, accepts_custom_fields=True)

    def expect(self, object_name: str, fields: Sequence[FieldSpec]) -> None:
        self.expected[object_name] = list(fields)

    def people(self) -> list[Person]:
        return list(self.users)

    def find(self, object_name: str, wanted: Sequence[Record]) -> list[list[str]]:
        return [
            [
                id_
                for id_, record in self.tables[object_name].items()
                if all(record.get(name) == value for name, value in one.items())
            ]
            for one in wanted
        ]

    def mark(self, object_names: Iterable[str]) -> dict[str, str]:
        return dict.fromkeys(object_names, "0")

    def batch_size(self, object_name: str) -> int:
        del object_name
        return BATCH

    def held_as(self, spec: FieldSpec) -> str:
        is_long = self.line is not None and (spec.length or 0) > self.line
        return "long_text" if is_long and spec.type == "text" else spec.type

    def check(self, object_name: str, record: Record, *, whole: bool = True) -> list[Complaint]:
        del whole
        if object_name == SCHEMA:
            return []
        fields = self.describe(object_name).fields
        judged = [(name, fields.get(name), value) for name, value in record.items()]
        return [
            Complaint(name, rule, f"{value!r} is refused")
            for name, spec, value in judged
            for rule, is_broken in (
                ("field", spec is None),
                ("id", spec and spec.type == "reference" and not _is_id(value)),
                ("value", value in self.unfit),
            )
            if is_broken
        ]

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        self.asked["write"] += 1
        assert len(operations) <= BATCH or operations[0].object == SCHEMA
        if self.job:
            yield Handle(self.job, tuple(op.id for op in operations))
        for op in operations:
            verdict = self._carry_out(op)
            if self.job:
                self.jobs[self.job].append(verdict)
                if len(self.jobs[self.job]) == self.killed_after:
                    raise KeyboardInterrupt
            if self.silent and verdict.status is Status.LANDED:
                self.silent -= 1
                verdict = Verdict(op.id, Status.UNKNOWN, code="TIMEOUT")
            yield verdict

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        self.asked["rejoin"] += 1
        told = {verdict.operation_id: verdict for verdict in self.jobs[handle]}
        for op in operations:
            yield told.get(op.id, Verdict(op.id, Status.UNKNOWN, code="NOT_IN_JOB"))

    def resolve(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> Iterator[Verdict]:
        del marks
        for op in operations:
            there = self._table(op.object).get(op.destination_id or "")
            if op.kind is Kind.CREATE:
                (ids,) = self.find(op.object, [op.fields])
                status = Status.LANDED if ids else Status.ABSENT
                yield Verdict(op.id, status, *ids[:1], duplicates=tuple(ids[1:]))
                continue
            if op.kind is Kind.DELETE:
                done = there is None
            else:
                done = there is not None and all(
                    there.get(name) == value for name, value in op.fields.items()
                )
            status = Status.LANDED if done else Status.ABSENT
            yield Verdict(op.id, status, op.destination_id)

    def read(
        self, object_name: str, ids: Sequence[str], fields: Sequence[str]
    ) -> dict[str, Record]:
        self.asked["read"] += 1
        table = self._table(object_name)
        return {id_: {name: table[id_].get(name) for name in fields} for id_ in ids if id_ in table}

    def normalise(self, object_name: str, record: Record) -> Record:
        del object_name
        return record

    def cost(self, object_name: str, kind: Kind, count: int, parents: int = 0) -> Cost:
        del object_name, kind, parents
        return Cost(-(-count // BATCH))

    def in_use(self, object_name: str, fields: Sequence[str]) -> dict[str, int]:
        records = self.tables[object_name].values()
        return {
            name: sum(not name or one.get(name) is not None for one in records) for name in fields
        }

    def attached(self, object_name: str, ids: Sequence[str]) -> dict[str, dict[str, int]]:
        self.asked["attached"] += 1
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for child, id_ in self._children(object_name, set(ids)):
            found[id_][child] = found[id_].get(child, 0) + 1
        return dict(found)

    def options_in_use(self, object_name: str, field: str, labels: Sequence[str]) -> dict[str, int]:
        held = Counter(
            str(label)
            for record in self.tables[object_name].values()
            if (value := record.get(field)) is not None
            for label in (value if isinstance(value, list) else [value])
        )
        return {label: held[label] for label in labels}

    def reading_cost(self, object_name: str, count: int) -> Cost:
        del object_name
        return Cost(-(-count // BATCH))

    def lasting(self, object_name: str) -> tuple[str, ...]:
        return () if object_name else ("an id is never given twice",)

    def inverse(self, object_name: str, action: str) -> str | None:
        del object_name
        return self.inverses.get(action)

    def close(self) -> None:
        pass

    # Carrying out

    def _table(self, name: str) -> dict[str, Any]:
        if name != SCHEMA:
            return self.tables[name]
        return {
            f"{target}/{field}": {"name": spec.label or spec.name, "options": [*spec.options]}
            for target, fields in self.custom.items()
            for field, spec in fields.items()
        } | {f"{name}/": {"name": "", "type": "object"} for name in self.fields.keys() - FIELDS}

    def _children(self, name: str, ids: Collection[str]) -> Iterator[tuple[str, str]]:
        for child, fields in FIELDS.items():
            for field, spec in fields.items():
                if spec.reference == name:
                    for record in self.tables[child].values():
                        if record.get(field) in ids:
                            yield child, record[field]

    def _carry_out(self, op: Operation) -> Verdict:
        id_ = op.destination_id
        if op.kind is Kind.DELETE and (
            id_ in self.refused or (self.strict and any(self._children(op.object, {id_ or ""})))
        ):
            return Verdict(op.id, Status.REFUSED, code="IN_USE", message="others need it")
        if op.kind is Kind.DELETE and id_ in self.final:
            return Verdict(op.id, Status.REFUSED, code="FINAL", message="it is final")
        if op.object == SCHEMA:
            id_ = self._change_schema(op)
        elif op.kind is Kind.CREATE:
            id_ = self.put(op.object, **op.fields)
        elif id_ not in self.tables[op.object]:
            return Verdict(op.id, Status.REFUSED, code="GONE", message="no such record")
        elif op.kind is Kind.UPDATE:
            self.tables[op.object][id_].update(op.fields)
        elif op.kind is Kind.ACT:
            self.tables[op.object][id_]["state"] = op.action
            self.final.discard(id_ or "")
        elif id_ not in self.stubborn:
            del self.tables[op.object][id_]
        self.commits.append((op.kind.value, op.object, id_ or ""))
        return Verdict(op.id, Status.LANDED, id_)

    def _change_schema(self, op: Operation) -> str:
        target, _, name = op.key.partition(".")
        if not name:
            return self._change_objects(target, op.kind)
        if op.kind is Kind.DELETE:
            del self.custom[target][name]
            for record in self.tables[target].values():
                record.pop(name, None)
        else:
            given: Any = op.fields
            new = FieldSpec(name, given.get("type", ""), custom=True, scale=given.get("scale"))
            known = self.custom[target].get(name, new)
            labels = dict.fromkeys([*known.options, *given.get("options", ())])
            for label in given.get("remove_options", ()):
                labels.pop(label, None)
            self.custom[target][name] = replace(known, options=tuple(labels))
        return f"{target}/{name}"

    def _change_objects(self, name: str, kind: Kind) -> str:
        for part in (self.fields, self.custom, self.tables):
            if kind is Kind.CREATE:
                part[name] = dict(NEW_OBJECT) if part is self.fields else {}
            else:
                del part[name]
        return f"{name}/"


def _is_id(value: Any) -> bool:
    return value is None or str(value).isdecimal()
