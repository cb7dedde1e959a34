"""Collections: up to 200 records of one object in one request, each with its own fate.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import DestinationError, Kind, Status, Verdict
from target_salesforce.errors import SilenceError
from target_salesforce.verdicts import FULL, LOCKED, refusal_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crm_transforms.destination import Operation
    from target_salesforce.described import Described
    from target_salesforce.org import Org
    from target_salesforce.reply import Reply

MOST_RECORDS = 200
PATH = "composite/sobjects"
LOCK_ATTEMPTS = 6
"""How often records that others hold are sent in all."""

HEADERS: Mapping[str, str] = {
    # Rules that only warn people of duplicates let the record pass:
    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
    # headers_duplicaterules.htm
    "Sforce-Duplicate-Rule-Header": "allowSave=true",
    # Assignment rules would replace owners that the mapping has set, and write to people:
    # …/headers_autoassign.htm
    "Sforce-Auto-Assign": "FALSE",
}

HOPELESS = frozenset(
    {
        "INVALID_TYPE",
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "INSUFFICIENT_ACCESS",
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "FUNCTIONALITY_NOT_ENABLED",
    }
)
"""Refusals of a whole request that every part of it would meet as well."""


class Collection:
    """Sends records of one object.

    Args:
        org: the org.
        described: the object.
        kind: create, update or delete.
    """

    def __init__(self, org: Org, described: Described, kind: Kind) -> None:
        self._org = org
        self._described = described
        self._kind = kind
        self._key_field = org.book.key_fields.get(described.name, "")

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send operations without complaints; what others hold just now is sent again.

        Raises:
            DestinationError: operations without a verdict certainly did not happen.
            BudgetExhaustedError: likewise.
        """
        queue = deque([(list(operations), 0)])
        while queue:
            some, failures = queue.popleft()
            if failures:
                self._org.client.clock.back_off(failures)
            locked: dict[int, Verdict] = {}
            for verdict in self._sent(some, queue, failures):
                if verdict.code == LOCKED and verdict.status is Status.ABSENT:
                    locked[verdict.operation_id] = verdict
                else:
                    yield verdict
            if failures + 1 == LOCK_ATTEMPTS:
                yield from locked.values()
            elif again := [operation for operation in some if operation.id in locked]:
                queue.extend((half, failures + 1) for half in _halves(again))

    def _sent(
        self,
        operations: list[Operation],
        queue: deque[tuple[list[Operation], int]],
        failures: int,
    ) -> Iterator[Verdict]:
        try:
            reply = self._request(operations)
        except SilenceError as error:
            for operation in operations:
                yield Verdict(operation.id, Status.UNKNOWN, code=error.code, message=str(error))
            return
        if not reply.ok:
            if len(operations) > 1 and not {reply.code} & {LOCKED, *HOPELESS}:
                # One record that cannot be read spoils the request for all.
                queue.extend((half, failures) for half in _halves(operations))
                return
            for operation in operations:
                yield refusal_of(operation, reply.refusal, self._key_field)
            return
        yield from self._answered(operations, reply.body)

    def _answered(self, operations: Sequence[Operation], body: Any) -> Iterator[Verdict]:
        rows = body if isinstance(body, list) and len(body) == len(operations) else None
        full = ""
        for place, operation in enumerate(operations):
            verdict = verdict_of(operation, rows[place] if rows else None, self._key_field)
            if verdict.code == FULL:
                full = verdict.message
                verdict = Verdict(operation.id, Status.ABSENT, code=FULL, message=full)
            yield verdict
        if full:
            raise DestinationError(f"the org's storage is full: {full}")

    def _request(self, operations: Sequence[Operation]) -> Reply:
        client = self._org.client
        if self._kind is Kind.DELETE:
            ids = ",".join(str(operation.destination_id) for operation in operations)
            path = f"{PATH}?ids={ids}&allOrNone=false"
            return client.send("DELETE", path, headers=HEADERS)
        whole = self._kind is Kind.CREATE
        records = [
            {
                "attributes": {"type": self._described.name},
                **({} if whole else {"id": operation.destination_id}),
                **self._described.outgoing(operation.fields, whole=whole),
            }
            for operation in operations
        ]
        json = {"allOrNone": False, "records": records}
        return client.send("POST" if whole else "PATCH", PATH, json=json, headers=HEADERS)


def _halves(operations: list[Operation]) -> list[list[Operation]]:
    middle = len(operations) // 2
    return [half for half in (operations[:middle], operations[middle:]) if half]
