"""Pipedrive as a destination: the port that the migration engine speaks to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crm_transforms.destination import (
    SCHEMA,
    Complaint,
    Cost,
    FieldSpec,
    Handle,
    Identity,
    Limits,
    ObjectSpec,
    Operation,
    Person,
    Status,
    Verdict,
)
from target_pipedrive import usage
from target_pipedrive.attached import attached, attached_to_products
from target_pipedrive.connection import Connection
from target_pipedrive.costs import BURST_WINDOW, plan_of
from target_pipedrive.finds import find
from target_pipedrive.lasting import LASTING
from target_pipedrive.people import identity_of, person_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crm_transforms.destination import Kind, Record
    from target_pipedrive.resource import Resource
    from target_pipedrive.schema import Schema

BATCH = 500
LINE_BATCH = 2_000


class PipedriveDestination(Connection):
    """One Pipedrive account as the port knows it; for its arguments see :class:`Connection`."""

    name = "pipedrive"
    _identity: Identity | None = None

    def use(
        self,
        key_fields: Mapping[str, str],
        open_choices: Mapping[str, Collection[str]],
        makes: Collection[str] = (),
    ) -> None:
        """Take over what the mapping knows, by object; no objects can be made here.

        Args:
            key_fields: the custom field that carries the external key.
            open_choices: choices that are described as open; label fields always are.
            makes: objects that the mapping makes.
        """
        del makes
        self._account.key_fields = dict(key_fields)
        for object_name, names in open_choices.items():
            self._account.book.open(object_name, names)

    # The account

    def identity(self) -> Identity:
        """The company behind the credentials.

        Raises:
            DestinationError: it cannot be asked.
        """
        if self._identity is None:
            me = self._client.read("GET /v1/users/me")["data"]
            self._identity = identity_of(me, self._client.base)
        return self._identity

    def limits(self) -> Limits:
        """What may still be spent today, less the reserve; asks when no answer has told yet."""
        if self._budget.left is None:
            self._client.read("GET /v1/users/me")
        told = self._burst.told
        return Limits(
            budget_left=self._budget.spendable,
            budget_total=self._budget.total,
            resets_at=self._budget.resumes_at() if self._budget.left is not None else "",
            requests_per_second=told / BURST_WINDOW if told else None,
            reserve=self._budget.reserve,
        )

    def spent(self) -> Mapping[str, int]:
        """Requests and tokens so far, by the token costs that Pipedrive publishes."""
        return {"requests": self._budget.calls, "tokens": self._budget.tokens}

    def people(self) -> Sequence[Person]:
        """All users. The list is not paged."""
        return [person_of(row) for row in self._client.read("GET /v1/users")["data"]]

    def describe(self, object_name: str) -> ObjectSpec:
        """An object with its native fields and those that the account has made.

        Raises:
            KeyError: this target writes no such object.
            DestinationError: the fields cannot be listed.
        """
        fields = self._resources[object_name].fields
        return ObjectSpec(
            name=object_name,
            fields={name: field.spec() for name, field in fields.by_name.items()},
            custom_field_room=self._room() if fields.table.custom else 0,
            custom_field_pool="company" if fields.table.custom else "",
            accepts_custom_fields=fields.table.custom,
        )

    def expect(self, object_name: str, fields: Sequence[FieldSpec]) -> None:
        """Describe, judge and normalise as if these custom fields were there."""
        self._account.book.expect(object_name, fields)

    def _room(self) -> int | None:
        """Custom fields that the plan still allows, as far as its burst limit tells the plan."""
        plan = plan_of(self._burst.told)
        if plan is None:
            return None
        return max(0, plan.custom_fields - self._account.book.custom_field_count())

    # Looking

    def find(self, object_name: str, wanted: Sequence[Record]) -> list[list[str]]:
        """For each wanted record, the ids of existing ones that equal it in all the given fields.

        Products may be wanted by ``price``, ``cost`` and ``currency``, persons by ``email`` and
        ``phone``. Reads the whole list once.
        """
        return find(self._resources[object_name], wanted)

    def mark(self, object_names: Iterable[str]) -> Mapping[str, str]:
        """The highest ids so far, one request per object."""
        return {name: self._resources[name].mark() for name in object_names if name != SCHEMA}

    def batch_size(self, object_name: str) -> int:
        """How many operations one write should be given at most.

        Each write costs a mark, and lines of one deal in two batches cost one request more.
        """
        return LINE_BATCH if object_name == "deal_products" else BATCH

    def held_as(self, spec: FieldSpec) -> str:
        """The type under which a custom field made from this one is described."""
        record = {"type": spec.type, "reference": spec.reference}
        return str(self._schema.normalise(record)["type"])

    def check(self, object_name: str, record: Record, *, whole: bool = True) -> Sequence[Complaint]:
        """Why this record would be refused.

        Args:
            object_name: the object, or ``schema``.
            record: what would be sent.
            whole: a create; else an update, of which only the given fields are judged.
        """
        return self._target(object_name).check(record, whole=whole)

    def read(
        self, object_name: str, ids: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Record]:
        """Records by id, of the given fields (all when empty); the more ids at once the cheaper."""
        return self._target(object_name).read(ids, fields)

    def normalise(self, object_name: str, record: Record) -> Record:
        """The record as it will be read back."""
        return self._target(object_name).normalise(record)

    # What hangs on what

    def in_use(self, object_name: str, fields: Sequence[str]) -> Mapping[str, int]:
        """How many live records hold a value in each of these custom fields; of deals, leads too.

        One pass over the whole list, 10 tokens for 500 records.
        """
        return usage.in_use(self._resources[object_name], fields)

    def options_in_use(
        self, object_name: str, field: str, labels: Sequence[str]
    ) -> Mapping[str, int]:
        """How many live records hold each of these options; costs what :meth:`in_use` does."""
        return usage.options_in_use(self._resources[object_name], field, labels)

    def attached(self, object_name: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """What hangs on records now; products are looked for in all deals that have lines."""
        if object_name == "products" and ids:
            return attached_to_products(self._resources["deals"], self._lines, ids)
        return attached(self._resources[object_name], ids)

    def lasting(self, object_name: str) -> Sequence[str]:
        """What stays when records of an object are removed or restored, in sentences."""
        return LASTING.get(object_name, ())

    # Writing

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Send a batch; see the port. Pipedrive has no jobs, so no handles come."""
        yield from self._writes.carry_out(operations)

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Nothing can be rejoined: what a killed process had sent is unknown."""
        for operation in operations:
            message = f"Pipedrive has no jobs to wait for ({handle})"
            yield Verdict(operation.id, Status.UNKNOWN, code="NO_HANDLES", message=message)

    def resolve(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> Iterator[Verdict]:
        """Find out what became of operations without an answer.

        Raises:
            DestinationError: the lists cannot be read; nothing was decided for the rest.
        """
        by_object: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            by_object[operation.object].append(operation)
        for name, group in by_object.items():
            yield from self._target(name).resolve(group, marks.get(name, "0"))

    def _target(self, object_name: str) -> Resource | Schema:
        return self._schema if object_name == SCHEMA else self._resources[object_name]

    # Cost

    def cost(self, object_name: str, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What ``count`` operations cost, without recoveries.

        Lines go in bulk per deal; without ``parents`` each counts as the only one of its deal.
        A file's description costs another request of 10 tokens.
        """
        return self._target(object_name).cost(kind, count, parents)

    def reading_cost(self, object_name: str, count: int) -> Cost:
        """What reading so many records back by id costs; archived deals cost twice as much more."""
        return self._target(object_name).reading_cost(count)
