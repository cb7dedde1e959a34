"""SOQL text as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.salesforce.soql_tokens import Bare, malformed, tokens_of, unescaped

AGGREGATES = {"count", "count_distinct", "sum", "avg", "min", "max"}
FUNCTIONS = {"tolabel", "format"}
MOST_FIELDS_ROWS = 200
"""Records of a query for FIELDS(ALL) or FIELDS(CUSTOM)."""


@dataclass(frozen=True)
class Path:
    names: tuple[str, ...]
    alias: str = ""
    function: str = ""


@dataclass(frozen=True)
class Aggregate:
    function: str
    path: Path | None
    alias: str = ""


@dataclass(frozen=True)
class Condition:
    kind: str
    parts: tuple[Condition, ...] = ()
    path: Path = Path(())
    operator: str = ""
    value: Any = None


@dataclass
class Query:
    """One SELECT."""

    sobject: str = ""
    fields: list[Path | Aggregate] = field(default_factory=list)
    children: list[Query] = field(default_factory=list)
    count: bool = False
    fields_of: str = ""
    where: Condition | None = None
    group: list[Path] = field(default_factory=list)
    having: tuple[Aggregate, str, Any] | None = None
    order: list[tuple[Path | Aggregate, bool, bool | None]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        RefusalError: MALFORMED_QUERY.
    """
    parser = _Parser(tokens_of(text))
    query = parser.query()
    if parser.peek() is not None:
        raise malformed(f"unexpected token: '{parser.peek()[1]}'")
    return query


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def peek(self, ahead: int = 0) -> Any:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def word(self, *words: str) -> bool:
        """Take these words if they come next."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token[0] not in {"name", "sign"} or token[1].lower() != word:
                return False
        self._place += len(words)
        return True

    def need(self, word: str) -> None:
        if not self.word(word):
            token = self.peek()
            raise malformed(f"unexpected token: '{token[1] if token else '<EOF>'}'")

    def name(self) -> str:
        token = self.peek()
        if token is None or token[0] != "name":
            raise malformed(f"unexpected token: '{token[1] if token else '<EOF>'}'")
        self._place += 1
        return str(token[1])

    def query(self) -> Query:
        self.need("select")
        query = Query()
        if self.word("count", "(", ")"):
            query.count = True
        else:
            self._fields(query)
        self.need("from")
        query.sobject = self.name()
        if self.word("where"):
            query.where = self._or()
        if self.word("group", "by"):
            query.group = self._paths()
        if self.word("having"):
            query.having = self._having()
        if self.word("order", "by"):
            query.order = self._order()
        if self.word("limit"):
            query.limit = self._whole()
        if self.word("offset"):
            query.offset = self._whole()
        self.word("for", "view")
        if (
            query.fields_of in {"all", "custom"}
            and not 0 <= (query.limit or 999) <= MOST_FIELDS_ROWS
        ):
            raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
        return query

    def _fields(self, query: Query) -> None:
        while True:
            if self.word("fields", "("):
                which = self.name().lower()
                self.need(")")
                if which not in {"all", "standard", "custom"}:
                    raise malformed(f"unexpected token: '{which}'")
                query.fields_of = which
            elif self.word("("):
                query.children.append(self.query())
                self.need(")")
            elif self.peek(1) == ("sign", "("):
                query.fields.append(self._function(named=True))
            else:
                query.fields.append(Path(tuple(self.name().split("."))))
            if not self.word(","):
                return

    def _function(self, *, named: bool = False) -> Path | Aggregate:
        function = self.name()
        self.need("(")
        path = Path(tuple(self.name().split("."))) if self.peek() != ("sign", ")") else None
        self.need(")")
        alias = ""
        token = self.peek()
        if named and token is not None and token[0] == "name" and token[1].lower() != "from":
            alias = self.name()
        if function.lower() in AGGREGATES:
            return Aggregate(function.lower(), path, alias)
        if path is None or function.lower() not in FUNCTIONS:
            raise malformed(f"unexpected token: '{function}'")
        return Path(path.names, alias, function)

    def _paths(self) -> list[Path]:
        found = [Path(tuple(self.name().split(".")))]
        while self.word(","):
            found.append(Path(tuple(self.name().split("."))))
        return found

    def _having(self) -> tuple[Aggregate, str, Any]:
        one = self._function()
        if not isinstance(one, Aggregate):
            raise malformed("HAVING needs an aggregate")
        token = self.peek()
        self._place += 1
        return one, str(token[1]), self._value()

    def _order(self) -> list[tuple[Path | Aggregate, bool, bool | None]]:
        found = []
        while True:
            function = self.peek(1) == ("sign", "(")
            one = self._function() if function else Path(tuple(self.name().split(".")))
            descending = self.word("desc") or (self.word("asc") and False)
            last = True if self.word("nulls", "last") else None
            if self.word("nulls", "first"):
                last = False
            found.append((one, descending, last))
            if not self.word(","):
                return found

    def _whole(self) -> int:
        token = self.peek()
        if token is None or token[0] != "number" or not token[1].isdecimal():
            raise malformed(f"unexpected token: '{token[1] if token else '<EOF>'}'")
        self._place += 1
        return int(token[1])

    def _or(self) -> Condition:
        parts = [self._and()]
        while self.word("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Condition("or", tuple(parts))

    def _and(self) -> Condition:
        parts = [self._not()]
        while self.word("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Condition("and", tuple(parts))

    def _not(self) -> Condition:
        if self.word("not"):
            return Condition("not", (self._not(),))
        if self.word("("):
            inner = self._or()
            self.need(")")
            return inner
        return self._compare()

    def _compare(self) -> Condition:
        path = Path(tuple(self.name().split(".")))
        if self.word("not", "in"):
            operator = "not in"
        elif self.word("in"):
            operator = "in"
        elif self.word("like"):
            operator = "like"
        elif self.word("includes"):
            operator = "includes"
        elif self.word("excludes"):
            operator = "excludes"
        else:
            token = self.peek()
            signs = {"=", "!=", "<>", "<", "<=", ">", ">="}
            if token is None or token[1] not in signs:
                raise malformed(f"unexpected token: '{token[1] if token else '<EOF>'}'")
            self._place += 1
            operator = "!=" if token[1] == "<>" else str(token[1])
        listed = operator in {"in", "not in", "includes", "excludes"}
        value = self._among() if listed else self._value(pattern=operator == "like")
        return Condition("compare", path=path, operator=operator, value=value)

    def _among(self) -> Any:
        self.need("(")
        if self.peek() is not None and self.peek()[1].lower() == "select":
            inner = self.query()
            self.need(")")
            return inner
        values = [self._value()]
        while self.word(","):
            values.append(self._value())
        self.need(")")
        return values

    def _value(self, *, pattern: bool = False) -> Any:
        token = self.peek()
        if token is None:
            raise malformed("unexpected token: '<EOF>'")
        self._place += 1
        kind, text = token
        if kind == "string":
            return unescaped(text[1:-1], pattern=pattern)
        if kind in {"moment", "date"}:
            return Bare(text)
        if kind == "number":
            return float(text) if "." in text else int(text)
        word = text.lower()
        if word in {"true", "false"}:
            return word == "true"
        if word == "null":
            return None
        raise malformed(f"unexpected token: '{text}'")
