"""Groups of a query and what is counted or added up in them.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
sforce_api_calls_soql_select_groupby.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import Aggregate, Path
from tests.sandbox.salesforce.soql_tokens import malformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.salesforce.soql_parser import Query
    from tests.sandbox.salesforce.soql_paths import Paths

Row = dict[str, Any]
MOST = 2_000
"""Rows of an answer with groups; there is no way to go on reading."""


class Groups:
    """Answers one query that has groups or aggregates."""

    def __init__(self, query: Query, paths: Paths) -> None:
        self._query = query
        self._readers = [(path, paths.reader(path)) for path in query.group]
        self._columns = [self._column(one, paths) for one in query.fields]

    def rows(self, found: list[Row]) -> list[Row]:
        """One row for each group.

        Raises:
            RefusalError: there are more than one answer holds.
        """
        groups: dict[tuple[Any, ...], list[Row]] = {} if self._query.group else {(): found}
        if self._query.group:
            for row in found:
                key = tuple(read(row) for _, read in self._readers)
                groups.setdefault(key, []).append(row)
        made = [self._record(key, rows) for key, rows in groups.items()]
        if self._query.having is not None:
            made = [one for one in made if self._has(one)]
        made = [{name: one[name] for name in one if name[:1] != "?"} for one in self._sorted(made)]
        query = self._query
        end = None if query.limit is None else query.offset + query.limit
        made = made[query.offset : end]
        if len(made) > MOST:
            message = (
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to"
                " a single batch"
            )
            raise RefusalError(400, "EXCEEDED_ID_LIMIT", message)
        return made

    def _column(
        self, one: Path | Aggregate, paths: Paths
    ) -> tuple[str, int | None, Callable[[list[Row]], Any] | None]:
        """Its name, and a place in the group's key or what counts."""
        if isinstance(one, Path):
            for place, (path, _) in enumerate(self._readers):
                if [name.lower() for name in path.names] == [name.lower() for name in one.names]:
                    return one.alias or path.names[-1], place, None
            raise malformed(f"Field must be grouped or aggregated: {'.'.join(one.names)}")
        return one.alias, None, _counter(one, paths)

    def _record(self, key: tuple[Any, ...], rows: list[Row]) -> Row:
        record: Row = {"attributes": {"type": "AggregateResult"}}
        unnamed = 0
        for one, (name, place, count) in zip(self._query.fields, self._columns, strict=True):
            if place is not None:
                record[name] = key[place]
            elif count is not None:
                record[name or f"expr{unnamed}"] = value = count(rows)
                unnamed += not name
                record[f"?{_text(one)}"] = value
        for place, (path, _) in enumerate(self._readers):
            record[f"?{_text(path)}"] = key[place]
        return record

    def _has(self, record: Row) -> bool:
        assert self._query.having is not None
        one, operator, value = self._query.having
        held = record.get(f"?{_text(one)}")
        if held is None:
            return operator == "!="
        return {
            "=": held == value, ">": held > value, ">=": held >= value, "<": held < value,
            "<=": held <= value, "!=": held != value,
        }[operator]  # fmt: skip

    def _sorted(self, made: list[Row]) -> list[Row]:
        for one, descending, _ in reversed(self._query.order):
            name = f"?{_text(one)}"
            made.sort(key=lambda row, name=name: rank(row.get(name)), reverse=descending)
        return made


def rank(value: Any) -> tuple[bool, Any]:
    """By what rows are sorted: empty ones first."""
    return (value is not None, value if value is not None else 0)


def _text(one: Path | Aggregate) -> str:
    if isinstance(one, Aggregate):
        return f"{one.function}({'.'.join(one.path.names) if one.path else ''})".lower()
    return ".".join(one.names).lower()


def _counter(one: Aggregate, paths: Paths) -> Callable[[list[Row]], Any]:
    read = paths.reader(one.path) if one.path else None

    def count(rows: list[Row]) -> Any:
        values = rows if read is None else [each for each in map(read, rows) if each is not None]
        if one.function == "count":
            return len(values)
        if one.function == "count_distinct":
            return len({str(each).lower() for each in values})
        if not values:
            return None
        if one.function in {"sum", "avg"}:
            total = sum(values)
            return total if one.function == "sum" else total / len(values)
        return min(values) if one.function == "min" else max(values)

    return count
