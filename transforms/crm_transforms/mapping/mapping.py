"""A mapping: a document, checked and compiled."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.check import Check
from crm_transforms.mapping.compilation import Compilation
from crm_transforms.mapping.expression import closest
from crm_transforms.mapping.functions import VERSION
from crm_transforms.mapping.gotcha import Gotcha
from crm_transforms.mapping.left_behind import LeftBehind
from crm_transforms.mapping.left_out import left_out
from crm_transforms.mapping.mapped_object import MappedObject
from crm_transforms.mapping.marked_yaml import MarkedDocument, parse_document, read_document
from crm_transforms.mapping.order import Dependency, load_order
from crm_transforms.mapping.problem import MappingError, Problem
from crm_transforms.mapping.rules import check_rules
from crm_transforms.mapping.schema_check import SchemaCheck
from crm_transforms.mapping.validation import validate
from crm_transforms.mapping.value_map import ValueMap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingType

    from crm_transforms.mapping.coercion import Scalar
    from crm_transforms.mapping.custom import CustomField
    from crm_transforms.mapping.document import Document
    from crm_transforms.mapping.join import Join
    from crm_transforms.mapping.left_behind import Evidence

_SHIPPED = files("crm_transforms") / "mappings"
_SUFFIX = ".yml"


@dataclass(frozen=True)
class Mapping:
    """How the streams of one source become the objects of one destination.

    Attributes:
        source: name of the source, e.g. ``kickserv``.
        destination: name of the destination, e.g. ``pipedrive``.
        hash: hex digest of the whole document and the version of the function table; what stands in
            comments does not count.
        parameters: constants by name.
        values: value maps by name.
        objects: in the document's order.
        order: names of the objects, parents first.
        deferred: by object the reference fields that only a second pass can fill.
        checks: what the audit looks for, by name.
        gotchas: what people should know before they start.
        left_behind: by name what is not carried over, and what to do about it.
    """

    source: str
    destination: str
    hash: str
    parameters: MappingType[str, Scalar]
    values: MappingType[str, ValueMap]
    objects: MappingType[str, MappedObject]
    order: tuple[str, ...]
    deferred: MappingType[str, frozenset[str]]
    checks: MappingType[str, Check]
    gotchas: tuple[Gotcha, ...]
    left_behind: MappingType[str, LeftBehind]
    _compilation: Compilation

    @classmethod
    def shipped(cls) -> tuple[str, ...]:
        """Names of the documents that come with this package."""
        names = (entry.name for entry in _SHIPPED.iterdir())
        return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))

    @classmethod
    def load(cls, name_or_path: str | Path) -> Mapping:
        """Load a document by its path, or a shipped one by its bare name.

        Raises:
            MappingError: with every problem of the document.
        """
        name = str(name_or_path)
        path = Path(name)
        if path.suffix in {_SUFFIX, ".yaml"} or len(path.parts) > 1:
            return cls._of(read_document(path, name))
        if name not in cls.shipped():
            message = f"no mapping of that name is shipped{closest(name, cls.shipped())}"
            raise MappingError([Problem(name, 1, "", message)])
        shipped = _SHIPPED / f"{name}{_SUFFIX}"
        return cls._of(
            parse_document(shipped.read_bytes(), f"crm_transforms/mappings/{shipped.name}")
        )

    @classmethod
    def parse(cls, text: str, name: str = "mapping.yml") -> Mapping:
        """Read a document from text; ``name`` stands for it in messages.

        Raises:
            MappingError: with every problem of the document.
        """
        return cls._of(parse_document(text.encode(), name))

    @classmethod
    def _of(cls, marked: MarkedDocument) -> Mapping:
        document, problems = validate(marked)
        if document is None:
            raise MappingError(problems)
        compilation = Compilation(
            marked,
            document.parameters,
            {name: ValueMap.of(name, entries) for name, entries in document.values.items()},
            _targets(marked, document),
            problems=problems,
        )
        compilation = replace(compilation, off=left_out(document.objects, compilation))
        every = {
            name: MappedObject(name, model, compilation) for name, model in document.objects.items()
        }
        check_rules(document.objects, every, compilation)
        objects = {name: obj for name, obj in every.items() if name not in compilation.off}
        found = load_order(tuple(objects), _dependencies(objects))
        for each in found.cycles:
            if each.child != each.parent:
                message = f"required references go in a circle through {each.parent}"
                where = objects[each.child].fields.where(each.field)
                compilation.complain(where or objects[each.child].where, message)
        checks = {
            name: Check.of(name, model, compilation) for name, model in document.checks.items()
        }
        gotchas = tuple(
            Gotcha.at(position, model, _names(marked, "checks"), compilation)
            for position, model in enumerate(document.gotchas)
        )
        left_behind = {
            name: LeftBehind.of(name, given, compilation)
            for name, given in document.left_behind.items()
        }
        if compilation.problems:
            raise MappingError(compilation.problems)
        return cls(
            document.source,
            document.destination,
            hashlib.sha256(repr((VERSION, marked.data)).encode()).hexdigest(),
            document.parameters,
            compilation.values,
            objects,
            found.order,
            found.deferred,
            checks,
            gotchas,
            left_behind,
            compilation,
        )

    @property
    def streams(self) -> frozenset[str]:
        """Every stream whose rows are needed, be it only to look at them."""
        used = {stream for obj in self.objects.values() for stream in _streams_of(obj)}
        used.update(each.stream for each in self._observed)
        return frozenset(stream for stream in used if stream is not None)

    @property
    def _observed(self) -> tuple[Check | Gotcha | Evidence, ...]:
        """What looks at the rows of a stream without making records of them."""
        evidence = (each for left in self.left_behind.values() for each in left.evidence)
        return (*self.checks.values(), *self.gotchas, *evidence)

    def manifest(self) -> tuple[CustomField, ...]:
        """Every custom field that the destination's account must have, once each."""
        fields: dict[tuple[str, str], CustomField] = {}
        for custom in (custom for obj in self.objects.values() for custom in obj.custom):
            place = (custom.target, custom.spec.name)
            fields[place] = fields[place].merge(custom) if place in fields else custom
        return tuple(fields.values())

    def makes(self) -> dict[str, tuple[str, str]]:
        """The destination's objects that are the mapping's own, with label and plural."""
        return {obj.target: obj.make for obj in self.objects.values() if obj.make is not None}

    def discovering(self, schemas: MappingType[str, MappingType[str, Any]]) -> Mapping:
        """The same mapping, carrying the columns that ``discover`` rules find in these streams.

        Args:
            schemas: JSON Schema by stream.

        Raises:
            MappingError: a rule gives a name that is taken, or none.
        """
        columns = {stream: schema.get("properties", {}) for stream, schema in schemas.items()}
        objects = {
            name: obj.discovering(columns.get(obj.stream or "", {}))
            for name, obj in self.objects.items()
        }
        return replace(self, objects=objects)

    def check(
        self, schemas: MappingType[str, MappingType[str, Any]], *, whole: bool = True
    ) -> list[Problem]:
        """What the mapping names that the source does not have: streams, columns, members.

        Args:
            schemas: JSON Schema by stream.
            whole: these are all streams of the source, not a selection.
        """
        check = SchemaCheck(self._compilation, schemas, whole=whole)
        for obj in self.objects.values():
            check.check(obj)
        for each in self._observed:
            if each.stream is not None:
                check.rows(each.stream, (*each.where, "stream"), each.expressions)
        return sorted(set(check.problems))


def _targets(marked: MarkedDocument, document: Document) -> dict[str, str]:
    known = {name: model.target for name, model in document.objects.items()}
    return {name: known.get(name, "") for name in _names(marked, "objects")}


def _names(marked: MarkedDocument, section: str) -> tuple[str, ...]:
    """What stands in a section, broken entries too: they are a problem of their own."""
    entries = marked.data.get(section)
    return tuple(map(str, entries)) if isinstance(entries, dict) else ()


def _dependencies(objects: MappingType[str, MappedObject]) -> Iterator[Dependency]:
    for obj in objects.values():
        for ref in obj.refs:
            for parent in ref.objects:
                if parent in objects:
                    yield Dependency(obj.name, ref.field, parent, ref.required)


def _streams_of(obj: MappedObject) -> Iterator[str | None]:
    yield obj.stream
    yield from _joined_streams(obj.joins)
    for custom in obj.custom:
        yield custom.options_stream


def _joined_streams(joins: tuple[Join, ...]) -> Iterator[str]:
    for join in joins:
        yield join.stream
        yield from _joined_streams(join.joins)
