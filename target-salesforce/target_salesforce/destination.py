"""Salesforce as a destination: the port that the migration engine speaks to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crm_transforms.destination import (
    SCHEMA,
    Caution,
    Complaint,
    Cost,
    FieldSpec,
    Handle,
    Identity,
    Kind,
    Limits,
    ObjectSpec,
    Operation,
    Person,
    Verdict,
)
from target_salesforce import editions, usage
from target_salesforce.attached import attached
from target_salesforce.collection import MOST_RECORDS
from target_salesforce.connection import Connection
from target_salesforce.lasting import lasting
from target_salesforce.lookup import find
from target_salesforce.marks import mark_of
from target_salesforce.orders import INVERSE
from target_salesforce.people import identity_of, people_of
from target_salesforce.quota import REQUESTS
from target_salesforce.tables import NATURAL_KEYS, WITHOUT_CUSTOM_FIELDS
from target_salesforce.traps import Traps
from target_salesforce.wanted_field import held_as

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crm_transforms.destination import Record

BATCH = 10_000
"""Records of one job's batch at Salesforce; of other objects a multiple of what a request takes."""
BATCH_WITHOUT_JOBS = 5 * MOST_RECORDS
SCHEMA_BATCH = 5_000
"""One deploy takes 10,000 files; fields of one object are one of them."""
JOB_REQUESTS = 5
"""Open, upload, close, successes, failures."""
JOB_POLLS = 4
"""Of a job of a minute or so: after 1, 2, 4 and 8 seconds."""


class SalesforceDestination(Connection):
    """One Salesforce org as the port knows it; for its arguments see :class:`Connection`."""

    name = "salesforce"
    _identity: Identity | None = None

    def use(
        self,
        key_fields: Mapping[str, str],
        open_choices: Mapping[str, Collection[str]],
        makes: Collection[str] = (),
    ) -> None:
        """Take over what the mapping knows, by object.

        Args:
            key_fields: the custom field that carries the external key; made unique, and an
                external id.
            open_choices: choices that are described as open.
            makes: custom objects that the mapping makes.
        """
        self._book.use(key_fields, open_choices, makes)

    # The org

    def identity(self) -> Identity:
        """The org behind the credentials.

        Raises:
            DestinationError: it cannot be asked.
        """
        if self._identity is None:
            self._identity = identity_of(self._client)
            self._org.user_id = self._identity.details["user_id"]
        return self._identity

    def limits(self) -> Limits:
        """Requests that may still be sent in these 24 hours, less the reserve."""
        room = self._quota.room(REQUESTS)
        if room is not None:
            self._budget.learn(room.left, room.most)
        elif self._budget.left is None:
            self.identity()
        return Limits(
            budget_left=self._budget.spendable,
            budget_total=self._budget.total,
            resets_at=self._budget.resumes_at() if self._budget.left is not None else "",
            reserve=self._budget.reserve,
        )

    def spent(self) -> Mapping[str, int]:
        """Requests so far."""
        return {"requests": self._budget.calls}

    def people(self) -> Sequence[Person]:
        """All users; those that cannot own records count as inactive."""
        return people_of(self._client)

    def describe(self, object_name: str) -> ObjectSpec:
        """An object with the fields that this user sees.

        Raises:
            KeyError: the org has no such object, or hides it, and the mapping does not make it.
            DestinationError: it cannot be described.
        """
        described = self._book.of(object_name)
        edition = self.identity().details["edition"]
        custom = described.raw.get("custom") or described.raw.get("layoutable", True)
        there = described.custom_field_count - len(self._book.expected(object_name))
        return ObjectSpec(
            name=object_name,
            fields={name: field.spec() for name, field in described.by_name.items()},
            custom_field_room=editions.room(edition, object_name, there),
            custom_field_pool=editions.pool(object_name),
            accepts_custom_fields=bool(custom) and object_name not in WITHOUT_CUSTOM_FIELDS,
            absent=described.absent,
        )

    def expect(self, object_name: str, fields: Sequence[FieldSpec]) -> None:
        """Describe, judge and normalise as if these custom fields were there."""
        self._book.expect(object_name, fields)

    def cautions(self, planned: Mapping[str, int], file_bytes: int) -> Sequence[Caution]:
        """What this org will do by itself, or cannot do, once it is loaded.

        Args:
            planned: records to be made, by sObject.
            file_bytes: of the files among them.
        """
        traps = Traps(self._client, self._book, self._quota, self._bulk_threshold)
        return list(traps.cautions(planned, file_bytes))

    def package(self, wanted: Sequence[Record]) -> Mapping[str, bytes]:
        """The files by which an administrator makes these fields and objects.

        Args:
            wanted: records of :data:`~crm_transforms.destination.SCHEMA`.
        """
        return self._schema.package(wanted)

    # Looking

    def find(self, object_name: str, wanted: Sequence[Record]) -> list[list[str]]:
        """For each wanted record, the ids of existing ones that equal it in all the given fields.

        Asked by SOQL, which is consistent; texts are compared exactly, e-mail addresses without
        case.
        """
        return find(self._client, self._book.of(object_name), wanted)

    def mark(self, object_names: Iterable[str]) -> Mapping[str, str]:
        """When records were last saved, one request for an object that has no key of its own."""
        marks = {}
        for name in object_names:
            if name != SCHEMA:
                known = name in self._book.key_fields or name in NATURAL_KEYS
                marks[name] = "" if known else mark_of(self._org, self._book.of(name))
        return marks

    def batch_size(self, object_name: str) -> int:
        """How many operations one write should be given at most."""
        if object_name == SCHEMA:
            return SCHEMA_BATCH
        return BATCH if self.by_job(object_name, Kind.CREATE, BATCH) else BATCH_WITHOUT_JOBS

    def held_as(self, spec: FieldSpec) -> str:
        """The type under which a custom field made from this one is described."""
        return held_as(spec)

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
        """Records by id, of the given fields (all when empty), 2,000 in a request."""
        return self._target(object_name).read(ids, fields)

    def normalise(self, object_name: str, record: Record) -> Record:
        """The record as it will be read back."""
        return self._target(object_name).normalise(record)

    # What hangs on what

    def in_use(self, object_name: str, fields: Sequence[str]) -> Mapping[str, int]:
        """How many live records hold a value in each of these fields; of activities, of both."""
        return usage.in_use(self._client, self._book, object_name, fields)

    def options_in_use(
        self, object_name: str, field: str, labels: Sequence[str]
    ) -> Mapping[str, int]:
        """How many live records hold each of these options."""
        return usage.options_in_use(self._client, self._book, object_name, field, labels)

    def attached(self, object_name: str, ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """What hangs on records now, by the relations that their describe tells."""
        return attached(self._client, self._book.of(object_name), ids)

    def lasting(self, object_name: str) -> Sequence[str]:
        """What stays when records of an object are removed or restored, in sentences."""
        return lasting(object_name)

    def inverse(self, object_name: str, action: str) -> str | None:
        """The act that takes another one back: an activated order returns to draft."""
        return INVERSE.get(action) if object_name == "Order" else None

    # Writing

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Send a batch; see the port. Jobs and deploys have handles."""
        yield from self._writes.carry_out(operations)

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Go on waiting for a job or a deploy that a killed process had started."""
        schema = [operation for operation in operations if operation.object == SCHEMA]
        records = [operation for operation in operations if operation.object != SCHEMA]
        if schema:
            yield from self._schema.rejoin(handle, schema)
        if records:
            yield from self._bulk.rejoin(handle, records)

    def resolve(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> Iterator[Verdict]:
        """Find out what became of operations without an answer.

        Raises:
            DestinationError: the org does not answer; nothing was decided for the rest.
        """
        self.identity()
        by_object: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            by_object[operation.object].append(operation)
        for name, group in by_object.items():
            yield from self._target(name).resolve(group, marks.get(name, ""))

    # Cost

    def cost(self, object_name: str, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What ``count`` operations cost, without recoveries; every request counts as one."""
        del parents
        if object_name == SCHEMA:
            return self._schema.cost(kind, count)
        if not self.by_job(object_name, kind, min(count, BATCH)):
            return self._without_asking(object_name).cost(kind, count)
        whole, rest = divmod(count, BATCH)
        calls = whole * (JOB_REQUESTS + JOB_POLLS)
        if self.by_job(object_name, kind, rest):
            calls += JOB_REQUESTS + JOB_POLLS
        else:
            calls += -(-rest // MOST_RECORDS)
        return Cost(calls, calls)

    def reading_cost(self, object_name: str, count: int) -> Cost:
        """What reading so many records back by id costs."""
        return self._without_asking(object_name).reading_cost(count)
