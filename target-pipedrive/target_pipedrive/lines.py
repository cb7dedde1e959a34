"""Deal products: lines of a deal, added and removed in bulk, recognised by their content.

A line has no field of its own for a key, and an answer's order is not promised: which line is whose
is told by product, price, quantity and the rest of what was sent.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Cost, Kind, Operation, Status, Verdict
from target_pipedrive.costs import TOKENS
from target_pipedrive.matching import ANY_OF_PRODUCT, LOOSER, Matcher
from target_pipedrive.resource import Resource, Unit
from target_pipedrive.shapes import Ids, LineRow, is_a

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from target_pipedrive.answers import Outcome

LINES = "/api/v2/deals/{deal}/products"
BULK = 100
"""Lines per request; https://developers.pipedrive.com/docs/api/v1/DealProducts."""


def deal_of(operation: Operation) -> str:
    """The deal whose line this is."""
    if operation.kind is Kind.CREATE:
        return str(operation.fields.get("deal_id") or "")
    return (operation.destination_id or "").partition("/")[0]


def line_of(operation: Operation) -> str:
    """The line's own id, without the deal's."""
    return (operation.destination_id or "").partition("/")[2]


def chunks(operations: Iterable[Operation]) -> Iterator[Unit]:
    """As many at a time as one request takes."""
    rest = iter(operations)
    while chunk := tuple(islice(rest, BULK)):
        yield chunk


class DealProducts(Resource):
    """The lines of all deals of one account; ids are ``deal/line``."""

    highest = 0
    """The highest line id that any answer showed: ids rise over all deals."""

    def cost(self, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What lines cost; without ``parents`` each counts as the only one of its deal."""
        method = {Kind.CREATE: "POST", Kind.DELETE: "DELETE"}.get(kind, "PATCH")
        if method == "PATCH" or not 0 < parents < count:
            place = LINES if kind is Kind.CREATE else f"{LINES}/{{id}}"
            return Cost(count, count * TOKENS[f"{method} {place}"])
        calls = parents * -(-count // (parents * BULK))
        place = f"{LINES}/bulk" if kind is Kind.CREATE else LINES
        return Cost(calls, calls * TOKENS[f"{method} {place}"])

    def mark(self) -> str:
        """The highest line id seen so far.

        Lines can only be listed by deal: the first time, the deals changed last are asked, since a
        new line changes its deal. A mark that is too low only means that more lines are looked at.
        """
        if not self.highest:
            newest = {"sort_by": "update_time", "sort_direction": "desc", "limit": 100}
            deals = self.client.read("GET /api/v2/deals", newest)["data"] or ()
            self.listed([str(deal["id"]) for deal in deals], 0)
        return str(self.highest)

    # Writing

    def units(self, operations: Iterable[Operation]) -> Iterator[Unit]:
        """One unit per deal and kind: two requests to one deal would recompute it at once."""
        by_deal: dict[tuple[str, Kind], list[Operation]] = defaultdict(list)
        for operation in operations:
            by_deal[deal_of(operation), operation.kind].append(operation)
        yield from map(tuple, by_deal.values())

    def carry_out(self, unit: Unit) -> Iterator[Verdict]:
        sound = []
        for operation in unit:
            refusal = self.judged(operation)
            if refusal:
                yield refusal
            else:
                sound.append(operation)
        kind = unit[0].kind
        if kind is Kind.UPDATE:
            for operation in sound:
                yield self.carried_out(operation)
        elif kind is Kind.DELETE:
            for chunk in chunks(sound):
                yield from self.removed(chunk)
        else:
            yield from self.added_in_turn(chunks(sound))

    def added_in_turn(self, parts: Iterable[Unit], *, atomic: bool = False) -> Iterator[Verdict]:
        """Add lines of one deal part by part, and stop where one stays without an answer.

        Lines that follow could equal those that may have landed, and then nobody could tell them.
        """
        silent = False
        for part in parts:
            if silent:
                message = "not sent: lines before it in the same deal are without an answer"
                yield from (Verdict(op.id, Status.ABSENT, message=message) for op in part)
                continue
            for verdict in self.added(part, atomic=atomic):
                silent = silent or verdict.status is Status.UNKNOWN
                yield verdict

    def added(self, chunk: Unit, *, atomic: bool = False) -> Iterator[Verdict]:
        """Add up to a hundred lines of one deal; a refusal is split until only its cause is hit.

        Args:
            chunk: the lines.
            atomic: a refusal has been seen to add no line at all; likely, but nowhere promised.
        """
        floor = self.highest
        outcome, rows = self.posted(chunk)
        if outcome.status is Status.LANDED:
            yield from self.verdicts(chunk, rows)
        elif outcome.status is Status.UNKNOWN or len(chunk) == 1 or outcome.capped or outcome.gone:
            yield from (self.verdict(operation, outcome) for operation in chunk)
        else:
            there = [] if atomic else self.listed([deal_of(chunk[0])], floor)
            landed = Matcher(self.fields).matched(chunk, there)
            for id_, row in landed.items():
                yield Verdict(id_, Status.LANDED, self.id_of(row))
            rest = tuple(operation for operation in chunk if operation.id not in landed)
            middle = (len(rest) + 1) // 2
            halves = [half for half in (rest[:middle], rest[middle:]) if half]
            yield from self.added_in_turn(halves, atomic=not landed)

    def posted(self, chunk: Unit) -> tuple[Outcome, list[dict[str, Any]]]:
        """Send lines; a single one costs a fifth when it does not go as bulk."""
        bodies = [self.fields.outgoing(operation.fields, whole=True) for operation in chunk]
        for body in bodies:
            del body["deal_id"]
        deal = deal_of(chunk[0])
        if len(chunk) == 1:
            outcome = self.client.send(f"POST {LINES}", bodies[0], deal=deal)
            rows = [outcome.data]
        else:
            outcome = self.client.send(f"POST {LINES}/bulk", {"data": bodies}, deal=deal)
            rows = outcome.data if isinstance(outcome.data, list) else []
        return outcome, self.seen([row for row in rows if is_a(LineRow, row)])

    def update(self, operation: Operation) -> Outcome:
        body = self.fields.outgoing(operation.fields, whole=False)
        return self.client.send(
            f"PATCH {LINES}/{{id}}", body, deal=deal_of(operation), id=line_of(operation)
        )

    def removed(self, chunk: Unit) -> Iterator[Verdict]:
        """Remove up to a hundred lines of one deal."""
        if len(chunk) == 1:
            yield self.carried_out(chunk[0])
            return
        ids = ",".join(line_of(operation) for operation in chunk)
        endpoint = f"DELETE {LINES}"
        outcome = self.client.send(endpoint, params={"ids": ids}, deal=deal_of(chunk[0]))
        gone = {str(id_) for id_ in outcome.data["ids"]} if is_a(Ids, outcome.data) else set()
        rest = [operation for operation in chunk if line_of(operation) not in gone]
        for operation in chunk:
            if line_of(operation) in gone:
                yield Verdict(operation.id, Status.LANDED, operation.destination_id)
        for operation in rest:
            if outcome.status is Status.UNKNOWN:
                yield self.verdict(operation, outcome)
            else:
                yield self.delete(operation)

    def delete(self, operation: Operation) -> Verdict:
        outcome = self.client.send(
            f"DELETE {LINES}/{{id}}", deal=deal_of(operation), id=line_of(operation)
        )
        if outcome.status is Status.REFUSED and outcome.gone:
            return Verdict(operation.id, Status.LANDED, operation.destination_id, "ALREADY_GONE")
        return self.verdict(operation, outcome, operation.destination_id)

    # Recognising

    def verdicts(
        self, chunk: Sequence[Operation], rows: Sequence[dict[str, Any]]
    ) -> Iterator[Verdict]:
        """Give each operation its line in an answer, whose order is not promised."""
        found = Matcher(self.fields).matched(chunk, rows, *LOOSER, ANY_OF_PRODUCT)
        for operation in chunk:
            row = found.get(operation.id)
            if row is None:
                message = "the answer does not show this line"
                yield Verdict(operation.id, Status.UNKNOWN, None, "UNMATCHED", message)
            else:
                yield Verdict(operation.id, Status.LANDED, self.id_of(row))

    def resolve_creates(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Look for the lines in the deals' own lists, above the mark."""
        deals: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            deals[deal_of(operation)].append(operation)
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.listed(list(deals), int(mark or 0)):
            rows[str(row["deal_id"])].append(row)
        matcher = Matcher(self.fields)
        for deal, group in deals.items():
            found = matcher.matched(group, rows[deal], *LOOSER)
            for operation in group:
                line = found.get(operation.id)
                if line is None:
                    message = "the deal has no such line"
                    yield Verdict(operation.id, Status.ABSENT, message=message)
                else:
                    doubles = tuple(map(self.id_of, matcher.doubles(line, rows[deal])))
                    id_ = self.id_of(line)
                    yield Verdict(operation.id, Status.LANDED, id_, duplicates=doubles)

    # Reading

    def listed(self, deals: Sequence[str], floor: int) -> list[dict[str, Any]]:
        """The lines of deals whose ids are above a mark, by rising id."""
        found = []
        for start in range(0, len(deals), 100):
            query = {"deal_ids": ",".join(deals[start : start + 100])}
            for page in self.client.pages(f"GET {self.table.path}", query):
                found += [row for row in self.seen(page) if int(row["id"]) > floor]
        return sorted(found, key=lambda row: int(row["id"]))

    @staticmethod
    def id_of(row: Mapping[str, Any]) -> str:
        """The id of a line as this target names it."""
        return f"{row['deal_id']}/{row['id']}"

    def seen(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same rows, after a look at their ids."""
        self.highest = max((self.highest, *(int(row["id"]) for row in rows)))
        return rows

    def read(self, ids: Sequence[str], names: Collection[str]) -> dict[str, dict[str, Any]]:
        wanted = set(ids)
        deals = sorted({id_.partition("/")[0] for id_ in wanted})
        found = {}
        for row in self.listed(deals, 0):
            id_ = self.id_of(row)
            if id_ in wanted:
                found[id_] = self.fields.incoming(row, names)
        self.account.progress(self.table.name, len(found), len(ids))
        return found
