"""SOQL: the part of the query language that loaders and their judges use.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import Aggregate, Condition, Path, Query, parse
from tests.sandbox.salesforce.values import parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]
LONG = frozenset({"textarea", "base64"})


def run(org: Org, text: str, *, all_rows: bool, user: str) -> list[Row]:
    """The records that a query asks for; a bare COUNT() gives one row under ``count``."""
    query = parse(text)
    return _Run(org, query, all_rows=all_rows, user=user).rows()


class _Run:
    def __init__(self, org: Org, query: Query, *, all_rows: bool, user: str) -> None:
        self._org = org
        self._query = query
        self._user = user
        try:
            self._made = org.object(query.sobject)
        except KeyError:
            message = (
                f"\nSELECT ... FROM {query.sobject}\n^\nsObject type '{query.sobject}' is not "
                "supported. If you are attempting to use a custom object, be sure to append the "
                "'__c' after the entity name."
            )
            raise RefusalError(400, "INVALID_TYPE", message) from None
        self._all = all_rows
        if self._made.name == "ContentDocumentLink" and not _filters_links(query.where):
            message = (
                "Implementation restriction: ContentDocumentLink requires a filter by a single Id "
                "on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's "
                "using the IN operator."
            )
            raise RefusalError(400, "MALFORMED_QUERY", message)

    def rows(self) -> list[Row]:
        query = self._query
        found = list(self._found())
        if query.count:
            return [{"count": len(found)}]
        aggregates = [one for one in query.fields if isinstance(one, Aggregate)]
        if aggregates or query.group:
            return self._grouped(found)
        for path, descending, nulls_last in reversed(query.order):
            read = self._reader(path)
            found.sort(key=lambda row, read=read: _rank(read(row)), reverse=descending)
            if nulls_last:
                found.sort(key=lambda row, read=read: read(row) is None)
        end = None if query.limit is None else query.offset + query.limit
        found = found[query.offset : end]
        names = [one for one in query.fields if isinstance(one, Path)]
        if query.all_fields:
            names += [
                Path((one.name,))
                for one in self._made.fields.values()
                if self._org.access.sees(self._user, self._made.name, one)
            ]
        readers = [(path, self._reader(path, shown=True)) for path in names]
        return [self._shown(row, readers) for row in found]

    def _found(self) -> Iterable[Row]:
        """Live records, and deleted ones where all are wanted, that fit the conditions."""
        where = self._query.where
        narrowed = self._narrowed(where)
        rows: Iterable[Row]
        if narrowed is not None:
            live = self._org.rows[self._made.name]
            binned = self._org.binned[self._made.name] if self._all else {}
            rows = [
                live.get(each) or binned[each]
                for each in narrowed
                if each in live or each in binned
            ]
        else:
            rows = list(self._org.rows[self._made.name].values())
            if self._all:
                rows = [*rows, *self._org.binned[self._made.name].values()]
        if where is None:
            return rows
        holds = self._test(where)
        return [row for row in rows if holds(row)]

    def _narrowed(self, where: Condition | None) -> list[str] | None:
        """Ids among which everything must be, by an index; None to look at all records."""
        if where is None:
            return None
        if where.kind == "and":
            for part in where.parts:
                found = self._narrowed(part)
                if found is not None:
                    return found
            return None
        if where.kind != "compare" or where.operator not in {"=", "in"} or self._all:
            return None
        if len(where.path.names) != 1:
            return None
        one = self._org.field(self._made, where.path.names[0], self._user)
        if one is None:
            return None
        values = where.value if where.operator == "in" else [where.value]
        if isinstance(values, Query):
            return None
        if one.name == "Id" or one.has("x") or one.has("i") or one.type == "reference":
            if any(value is None for value in values) or one.name.endswith("ById"):
                return None
            found: dict[str, None] = {}
            for value in values:
                found.update(dict.fromkeys(self._org.with_value(self._made, one, value)))
            return list(found)
        return None

    # Fields

    def _reader(self, path: Path, *, shown: bool = False) -> Callable[[Row], Any]:
        made = self._made
        steps: list[Field] = []
        for name in path.names[:-1]:
            one = made.relation(name)
            if one is None or not self._org.access.sees(self._user, made.name, one):
                self._unknown(name, made, relation=True)
                raise AssertionError
            steps.append(one)
            target = one.to[0] if one.to and one.to[0] in self._org.objects else ""
            if len(one.to) > 1:
                target = "User" if "User" in one.to else "Account"
            if not target:
                self._unknown(name, made, relation=True)
            made = self._org.objects[target]
        last = self._org.field(made, path.names[-1], self._user)
        if last is None:
            self._unknown(path.names[-1], made)
            raise AssertionError
        if path.function == "toLabel":
            pass
        name = last.name
        blob = last.type == "base64"

        def read(row: Row) -> Any:
            here: Row | None = row
            for step in steps:
                parent = None if here is None else here.get(step.name)
                if parent is None:
                    return None
                owner = self._org.sobject_of(parent)
                here = self._org.rows[owner].get(parent) if owner else None
            if here is None:
                return None
            if blob and shown:
                return (
                    f"/services/data/v{self._org.version}/sobjects/{made.name}/{here['Id']}/{name}"
                )
            return here.get(name)

        return read

    def _unknown(self, name: str, made: Sobject, *, relation: bool = False) -> None:
        if relation:
            message = f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
        else:
            message = (
                f"\nSELECT {name} FROM {made.name}\n       ^\nERROR at Row:1:Column:8\nNo such column "
                f"'{name}' on entity '{made.name}'. If you are attempting to use a custom field, be "
                "sure to append the '__c' after the custom field name. Please reference your WSDL or "
                "the describe call for the appropriate names."
            )
        raise RefusalError(400, "INVALID_FIELD", message)

    def _shown(self, row: Row, readers: list[tuple[Path, Callable[[Row], Any]]]) -> Row:
        record = self._attributes(self._made.name, row["Id"])
        for path, read in readers:
            value = read(row)
            if len(path.names) == 1:
                one = self._org.field(self._made, path.names[0], self._user)
                record[one.name if one else path.names[0]] = value
                continue
            here = record
            current: Row | None = row
            made = self._made
            for name in path.names[:-1]:
                step = made.relation(name)
                parent = current.get(step.name) if current and step else None
                owner = self._org.sobject_of(parent) if parent else None
                current = self._org.rows[owner].get(parent) if owner and parent else None
                key = step.relationship if step else name
                if current is None or owner is None:
                    here.setdefault(key, None)
                    break
                made = self._org.objects[owner]
                if here.get(key) is None:
                    here[key] = self._attributes(owner, current["Id"])
                here = here[key]
            else:
                here[path.names[-1]] = value
        return record

    def _attributes(self, name: str, record_id: str) -> Row:
        url = f"/services/data/v{self._org.version}/sobjects/{name}/{record_id}"
        return {"attributes": {"type": name, "url": url}}

    def _grouped(self, found: list[Row]) -> list[Row]:
        groups: dict[tuple[Any, ...], list[Row]] = {}
        readers = [(path, self._reader(path)) for path in self._query.group]
        for row in found:
            groups.setdefault(tuple(read(row) for _, read in readers), []).append(row)
        if not self._query.group:
            groups = {(): found}
        made = []
        for key, rows in groups.items():
            record: Row = {"attributes": {"type": "AggregateResult"}}
            unnamed = 0
            for one in self._query.fields:
                if isinstance(one, Path):
                    paths = [path for path, _ in readers]
                    where = next(
                        (n for n, path in enumerate(paths) if path.names == one.names), None
                    )
                    if where is None:
                        message = f"Field must be grouped or aggregated: {'.'.join(one.names)}"
                        raise RefusalError(400, "MALFORMED_QUERY", message)
                    record[one.alias or one.names[-1]] = key[where]
                    continue
                values = (
                    [value for value in map(self._reader(one.path), rows) if value is not None]
                    if one.path
                    else rows
                )
                name = one.alias or f"expr{unnamed}"
                unnamed += not one.alias
                record[name] = _aggregate(one.function, values)
            made.append(record)
        if self._query.having is not None:
            made = [one for one in made if _having(self._query.having, one)]
        for path, descending, _ in reversed(self._query.order):
            name = path.names[-1]
            made.sort(key=lambda row, name=name: _rank(row.get(name)), reverse=descending)
        end = None if self._query.limit is None else self._query.offset + self._query.limit
        return made[self._query.offset : end]

    # Conditions

    def _test(self, where: Condition) -> Callable[[Row], bool]:
        if where.kind == "and":
            parts = [self._test(part) for part in where.parts]
            return lambda row: all(part(row) for part in parts)
        if where.kind == "or":
            parts = [self._test(part) for part in where.parts]
            return lambda row: any(part(row) for part in parts)
        if where.kind == "not":
            (inner,) = (self._test(part) for part in where.parts)
            return lambda row: not inner(row)
        return self._compare(where)

    def _compare(self, where: Condition) -> Callable[[Row], bool]:
        read = self._reader(where.path)
        one = self._field_of(where.path)
        if one.type in LONG and one.type == "textarea":
            message = f"field '{one.name}' can not be filtered in a query call"
            raise RefusalError(400, "INVALID_FIELD", message)
        value = where.value
        if isinstance(value, Query):
            inner = _Run(self._org, value, all_rows=False, user=self._user)
            column = value.fields[0]
            if not isinstance(column, Path):
                raise RefusalError(400, "MALFORMED_QUERY", "a semi join selects one field")
            inner_read = inner._reader(column)
            value = [inner_read(row) for row in inner._found()]
            value = [each for each in value if each is not None]
        value = _typed(one, value)
        return _comparison(where.operator, one, read, value)

    def _field_of(self, path: Path) -> Field:
        made = self._made
        for name in path.names[:-1]:
            step = made.relation(name)
            target = (step.to[0] if step else "") if step and len(step.to) == 1 else "User"
            made = self._org.objects[target]
        found = self._org.field(made, path.names[-1], self._user)
        if found is None:
            self._unknown(path.names[-1], made)
            raise AssertionError
        return found


def _filters_links(where: Condition | None) -> bool:
    if where is None:
        return False
    if where.kind == "compare":
        name = where.path.names[-1].lower()
        return where.operator in {"=", "in"} and name in {
            "contentdocumentid",
            "linkedentityid",
            "id",
        }
    if where.kind == "and":
        return any(map(_filters_links, where.parts))
    return False


def _typed(one: Field, value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(one, each) for each in value]
    if value is None:
        return None
    if one.type == "datetime":
        found = parse_moment(value)
        if found is None:
            message = f"value of filter criterion for field '{one.name}' must be of type dateTime and should not be enclosed in quotes"
            raise RefusalError(400, "INVALID_FIELD", message)
        return found
    if one.type in {"double", "currency", "percent", "int"}:
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"value of filter criterion for field '{one.name}' must be of type double and should not be enclosed in quotes"
            raise RefusalError(400, "INVALID_FIELD", message)
        return value
    if one.type == "boolean":
        if not isinstance(value, bool):
            message = f"value of filter criterion for field '{one.name}' must be of type boolean and should not be enclosed in quotes"
            raise RefusalError(400, "INVALID_FIELD", message)
        return value
    if one.type == "date":
        return str(value)[:10]
    if not isinstance(value, str):
        message = f"value of filter criterion for field '{one.name}' must be of type string and should be enclosed in quotes"
        raise RefusalError(400, "INVALID_FIELD", message)
    if one.type in {"reference", "id"}:
        return value[:15]
    return value if one.has("Q") else value.lower()


def _held(one: Field, value: Any) -> Any:
    if value is None:
        return None
    if one.type == "datetime":
        return parse_moment(value)
    if one.type in {"reference", "id"}:
        return str(value)[:15]
    if isinstance(value, str) and not one.has("Q") and one.type != "date":
        return value.lower()
    return value


def _comparison(
    operator: str, one: Field, read: Callable[[Row], Any], value: Any
) -> Callable[[Row], bool]:
    if operator == "=":
        return lambda row: _held(one, read(row)) == value
    if operator == "!=":
        return lambda row: _held(one, read(row)) != value
    if operator == "in":
        among = set(value)
        return lambda row: _held(one, read(row)) in among
    if operator == "not in":
        among = set(value)
        return lambda row: _held(one, read(row)) not in among
    if operator == "like":
        pattern = like(str(value))
        return lambda row: (
            (held := _held(one, read(row))) is not None and pattern.fullmatch(str(held)) is not None
        )
    compare = {
        "<": lambda held: held < value,
        "<=": lambda held: held <= value,
        ">": lambda held: held > value,
        ">=": lambda held: held >= value,
    }[operator]
    return lambda row: (held := _held(one, read(row))) is not None and compare(held)


def like(text: str) -> Any:
    """The pattern of LIKE: ``%`` any characters, ``_`` one."""
    import re

    parts = []
    escaped = False
    for letter in text:
        if escaped:
            parts.append(re.escape(letter))
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            parts.append({"%": ".*", "_": "."}.get(letter, re.escape(letter)))
    return re.compile("".join(parts), re.DOTALL)


def _rank(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def _aggregate(function: str, values: list[Any]) -> Any:
    if function == "count":
        return len(values)
    if function == "count_distinct":
        return len({str(value) for value in values})
    if not values:
        return None
    if function == "sum":
        return sum(values)
    if function == "avg":
        return sum(values) / len(values)
    return min(values) if function == "min" else max(values)


def _having(having: tuple[Aggregate, str, Any], record: Row) -> bool:
    one, operator, value = having
    held = next((record[name] for name in record if name.startswith("expr")), 0)
    del one
    return {
        "=": held == value, ">": held > value, ">=": held >= value, "<": held < value,
        "<=": held <= value, "!=": held != value,
    }[operator]  # fmt: skip
