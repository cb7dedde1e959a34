"""SOQL: the part of the query language that loaders and their judges use.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import describes, setup_objects, soql_conditions
from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_groups import Groups, rank
from tests.sandbox.salesforce.soql_parser import Aggregate, Condition, Path, Query, parse
from tests.sandbox.salesforce.soql_paths import Paths
from tests.sandbox.salesforce.soql_tokens import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
LINK = (
    "Implementation restriction: ContentDocumentLink requires a filter by a single Id on"
    " ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN"
    " operator."
)
MOST_OFFSET = 2_000


def run(org: Org, text: str, *, all_rows: bool, user: str) -> Sequence[Row]:
    """The records that a query asks for; a bare COUNT() gives one row under ``count``.

    Raises:
        RefusalError: it is no query, or asks for what is not there.
    """
    query = parse(text)
    setup = setup_objects.rows(org, query, tooling=False)
    if setup is not None:
        return [{"count": len(setup)}] if query.count else setup
    return _Run(org, query, all_rows=all_rows, user=user).answer()


class Shown(Sequence[Row]):
    """Records that are made JSON when somebody reads them: a long answer is read page by page."""

    def __init__(self, rows: list[Row], show: Callable[[Row], Row]) -> None:
        self._rows = rows
        self._show = show

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._show(row) for row in self._rows[place]]
        return self._show(self._rows[place])


class _Run:
    def __init__(self, org: Org, query: Query, *, all_rows: bool, user: str) -> None:
        self._org = org
        self._query = query
        self._user = user
        self._all = all_rows
        try:
            self._made = org.object(query.sobject)
        except KeyError:
            message = (
                f"\nSELECT ... FROM {query.sobject}\n^\nsObject type '{query.sobject}' is not "
                "supported. If you are attempting to use a custom object, be sure to append the "
                "'__c' after the entity name. Please reference your WSDL or the describe call for "
                "the appropriate names."
            )
            raise RefusalError(400, "INVALID_TYPE", message) from None
        self._paths = Paths(org, self._made, user)
        if self._made.name == "ContentDocumentLink" and not _filters_links(query.where):
            raise RefusalError(400, "MALFORMED_QUERY", LINK)
        if query.offset > MOST_OFFSET:
            message = f"Maximum SOQL offset allowed is {MOST_OFFSET}"
            raise RefusalError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)

    def answer(self) -> Sequence[Row]:
        query = self._query
        grouped = query.group or any(isinstance(one, Aggregate) for one in query.fields)
        groups = Groups(query, self._paths) if grouped else None
        show = None if groups else self._shower()
        orders = [] if groups else [(self._sortable(*told), *told[1:]) for told in query.order]
        found = list(self.found())
        if query.count:
            return [{"count": len(found)}]
        if groups is not None:
            return groups.rows(found)
        for read, descending, nulls_last in reversed(orders):
            found.sort(key=lambda row, read=read: rank(read(row)), reverse=descending)
            if nulls_last is not None:
                found.sort(key=lambda row, read=read: (read(row) is None) is nulls_last)
        end = None if query.limit is None else query.offset + query.limit
        assert show is not None
        return Shown(found[query.offset : end], show)

    def _sortable(self, path: Path, *_told: Any) -> Callable[[Row], Any]:
        _, last, _ = self._paths.steps(path)
        if not last.sortable:
            message = f"field '{last.name}' can not be sorted in a query call"
            raise RefusalError(400, "INVALID_FIELD", message)
        return self._paths.reader(path)

    def found(self) -> Iterable[Row]:
        """Live records, and deleted ones where all are wanted, that fit the conditions."""
        where = self._query.where
        holds = None if where is None else self._test(where)
        live = self._org.rows[self._made.name]
        narrowed = self._narrowed(where)
        if narrowed is not None:
            rows = [live[each] for each in narrowed if each in live]
        else:
            rows = list(live.values())
            if self._all:
                rows += self._org.binned[self._made.name].values()
        return rows if holds is None else [row for row in rows if holds(row)]

    def read_ids(self) -> list[Any]:
        """The one column of a subselect.

        Raises:
            RefusalError: it has more.
        """
        columns = self._query.fields
        if len(columns) != 1 or not isinstance(columns[0], Path):
            raise malformed("a semi join selects one field")
        read = self._paths.reader(columns[0])
        return [value for value in map(read, self.found()) if value is not None]

    def _narrowed(self, where: Condition | None) -> list[str] | None:
        """Ids among which everything must be, by an index; None to look at all records."""
        if where is None or self._all:
            return None
        if where.kind == "and":
            parts = (self._narrowed(part) for part in where.parts)
            return next((part for part in parts if part is not None), None)
        simple = where.operator in {"=", "in"} and len(where.path.names) == 1
        if not simple or isinstance(where.value, Query):
            return None
        one = self._org.field(self._made, where.path.names[0], self._user)
        values = where.value if where.operator == "in" else [where.value]
        indexed = self._org.store.shapes.of(self._made).indexed
        if one is None or (one.name != "Id" and one not in indexed) or None in values:
            return None
        found: dict[str, None] = {}
        for value in values:
            found.update(dict.fromkeys(self._org.with_value(self._made, one, value)))
        return list(found)

    def _test(self, where: Condition) -> Callable[[Row], bool]:
        if where.kind != "compare":
            return soql_conditions.joined(where.kind, [self._test(part) for part in where.parts])
        _, one, _ = self._paths.steps(where.path)
        value = where.value
        if isinstance(value, Query):
            inner = _Run(self._org, value, all_rows=False, user=self._user)
            value = inner.read_ids()
        return soql_conditions.comparison(where, one, self._paths.reader(where.path), value)

    # Answers

    def _shower(self) -> Callable[[Row], Row]:
        """What makes a record JSON."""
        columns = []
        for path in self._columns():
            steps, last, _ = self._paths.steps(path)
            columns.append((steps, last, self._paths.reader(path, shown=True)))
        nested = [self._nested(one) for one in self._query.children]
        plain = [(last.name, read) for steps, last, read in columns if not steps]
        related = [column for column in columns if column[0]]

        def show(row: Row) -> Row:
            record = self._attributes(self._made.name, row["Id"])
            for name, read in plain:
                record[name] = read(row)
            for steps, last, read in related:
                here = record
                for count, step in enumerate(steps, start=1):
                    parent = self._paths.follow(row, steps[:count])
                    if parent is None:
                        here.setdefault(step.relationship, None)
                        break
                    if here.get(step.relationship) is None:
                        holder = self._org.sobject_of(parent["Id"]) or ""
                        here[step.relationship] = self._attributes(holder, parent["Id"])
                    here = here[step.relationship]
                else:
                    here[last.name] = read(row)
            for name, found in nested:
                record[name] = found(row)
            return record

        return show

    def _nested(self, query: Query) -> tuple[str, Callable[[Row], Row | None]]:
        """What answers a query for the children of each record."""
        name = query.sobject
        told = describes.child_field(self._org, self._made, name)
        if told is None:
            message = f"Didn't understand relationship '{name}' in FROM part of query call."
            raise RefusalError(400, "INVALID_TYPE", message)
        child, one = told
        whole = replace(query, sobject=child.name)

        def found(row: Row) -> Row | None:
            mine = Condition("compare", path=Path((one.name,)), operator="=", value=row["Id"])
            where = Condition("and", (mine, query.where)) if query.where else mine
            inner = replace(whole, where=where)
            rows = _Run(self._org, inner, all_rows=self._all, user=self._user).answer()[:]
            return {"totalSize": len(rows), "done": True, "records": rows} if rows else None

        _Run(self._org, whole, all_rows=False, user=self._user).answer()
        return name, found

    def _columns(self) -> list[Path]:
        paths = [one for one in self._query.fields if isinstance(one, Path)]
        which = self._query.fields_of
        if which:
            paths += [
                Path((one.name,))
                for one in self._made.fields.values()
                if self._org.access.sees(self._user, self._made.name, one)
                and (which == "all" or one.custom is (which == "custom"))
            ]
        return paths

    def _attributes(self, name: str, record_id: str) -> Row:
        url = f"/services/data/v{self._org.version}/sobjects/{name}/{record_id}"
        return {"attributes": {"type": name, "url": url}}


def _filters_links(where: Condition | None) -> bool:
    if where is None:
        return False
    if where.kind == "compare":
        names = {"contentdocumentid", "linkedentityid", "id"}
        return where.operator in {"=", "in"} and where.path.names[-1].lower() in names
    return where.kind == "and" and any(map(_filters_links, where.parts))
