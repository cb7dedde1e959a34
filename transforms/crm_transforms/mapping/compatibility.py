"""How the streams of a source fit the objects of a destination, computed from the mapping.

Nothing is claimed that the document does not do: cardinality and support follow from its objects,
joins and custom fields, and what it leaves behind has rows of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crm_transforms.mapping.join import Join
    from crm_transforms.mapping.mapped_object import MappedObject
    from crm_transforms.mapping.mapping import Mapping

ONE_TO_ONE, ONE_TO_MANY, MANY_TO_ONE, MATCHED = "1:1", "1:n", "n:1", "matched"
SUPPORTED, CUSTOM_FIELDS = "supported", "needs custom fields"
DOCUMENTED, LEFT_BEHIND = "documented only", "left behind"


@dataclass(frozen=True, slots=True)
class CompatibilityRow:
    """One stream of the source, or one thing that is left behind.

    Attributes:
        source: the stream, or the name under ``left_behind``.
        targets: the destination's objects that hold what came of it.
        cardinality: ``1:1``; ``1:n``: a row gives several records; ``n:1``: rows are folded into
            the records of others; ``matched``: people, found and never made; empty where nothing
            is carried over.
        support: ``supported``, ``needs custom fields``, ``documented only`` or ``left behind``.
        note: how, in words.
    """

    source: str
    targets: tuple[str, ...]
    cardinality: str
    support: str
    note: str


@dataclass(frozen=True, slots=True)
class Score:
    """The rows counted, from both sides.

    Attributes:
        objects: all rows: what the source has and the mapping speaks of.
        one_to_one: of these, streams each of whose rows becomes one record.
        one_to_many: whose rows give several.
        many_to_one: whose rows are folded into other records.
        matched: whose rows are found there and never made.
        needs_custom_fields: rows that need custom fields.
        documented_only: rows of which only a description is kept.
        left_behind: rows of which nothing is kept.
        destination_objects: the destination's objects that the mapping fills or matches.
        need_mapping: of these, the ones that are more than a copy of one stream: made by several
            objects of the mapping, with joins, with custom fields, one per element, or matched.
    """

    objects: int
    one_to_one: int
    one_to_many: int
    many_to_one: int
    matched: int
    needs_custom_fields: int
    documented_only: int
    left_behind: int
    destination_objects: int
    need_mapping: int


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The compatibility table with its score.

    Attributes:
        rows: streams in the order in which the document comes to them, then what is left behind.
        score: the rows counted.
    """

    rows: tuple[CompatibilityRow, ...]
    score: Score

    def as_json(self) -> dict[str, Any]:
        """Plain data for reports."""
        rows = [{**asdict(row), "targets": list(row.targets)} for row in self.rows]
        return {"rows": rows, "score": asdict(self.score)}


@dataclass(slots=True)
class _Use:
    """What the mapping does with one stream."""

    makes: list[MappedObject] = field(default_factory=list)
    reads: dict[str, tuple[MappedObject, dict[str, None]]] = field(default_factory=dict)

    def read(self, obj: MappedObject, fields: Iterable[str]) -> None:
        """Note that records of another object are made of it as well, and which fields."""
        _, known = self.reads.setdefault(obj.name, (obj, {}))
        known.update(dict.fromkeys(fields))


def compatibility(mapping: Mapping) -> Compatibility:
    """What becomes of each stream that a mapping uses, and of what it leaves behind."""
    rows = [_row(stream, use) for stream, use in _uses(mapping).items()]
    for left in mapping.left_behind.values():
        support = DOCUMENTED if left.documented else LEFT_BEHIND
        rows.append(CompatibilityRow(left.name, (), "", support, left.text))
    return Compatibility(tuple(rows), _score(rows, mapping))


def _uses(mapping: Mapping) -> dict[str, _Use]:
    uses: dict[str, _Use] = {}
    for obj in mapping.objects.values():
        made_of = obj.element_stream or obj.stream
        if made_of is None:
            continue
        uses.setdefault(made_of, _Use()).makes.append(obj)
        for stream, fields in _readings(obj):
            if stream != made_of:
                uses.setdefault(stream, _Use()).read(obj, fields)
    return uses


def _readings(obj: MappedObject) -> Iterator[tuple[str, list[str]]]:
    """Streams that an object reads beside its own, with the fields that they go into."""
    sources = {name: obj.sources(name) for name in obj.field_names}
    if obj.element_stream is not None and obj.stream is not None:
        joins = {join.name for join in obj.joins} | {"item", "index"}
        yield obj.stream, [name for name, of in sources.items() if {_first(s) for s in of} - joins]
    for path, join in _paths(obj.joins):
        yield (
            join.stream,
            [name for name, of in sources.items() if any(_within(each, path) for each in of)],
        )
    for custom in obj.custom:
        if custom.options_stream is not None:
            yield custom.options_stream, [custom.spec.name]


def _paths(joins: Sequence[Join], above: str = "") -> Iterator[tuple[str, Join]]:
    for join in joins:
        yield above + join.name, join
        yield from _paths(join.joins, f"{above}{join.name}.")


def _first(source: str) -> str:
    return source.partition(".")[0]


def _within(source: str, path: str) -> bool:
    return source == path or source.startswith(f"{path}.")


def _row(stream: str, use: _Use) -> CompatibilityRow:
    objects = use.makes or [obj for obj, _ in use.reads.values()]
    custom = (
        any(obj.custom for obj in use.makes)
        if use.makes
        else any(_custom(obj) & fields.keys() for obj, fields in use.reads.values())
    )
    return CompatibilityRow(
        stream,
        tuple(dict.fromkeys(obj.target for obj in objects)),
        _cardinality(use),
        CUSTOM_FIELDS if custom else SUPPORTED,
        _note(use),
    )


def _custom(obj: MappedObject) -> set[str]:
    return {custom.spec.name for custom in obj.custom}


def _cardinality(use: _Use) -> str:
    if not use.makes:
        return MANY_TO_ONE
    if any(obj.people for obj in use.makes):
        return MATCHED
    several = len(use.makes) > 1 or any(map(_splits, use.makes))
    return ONE_TO_MANY if several else ONE_TO_ONE


def _splits(obj: MappedObject) -> bool:
    """One row of its own stream gives several records."""
    return obj.scope.elements and obj.element_stream is None


def _note(use: _Use) -> str:
    notes = [note for obj in use.makes for note in _made(obj)]
    folded = [
        f"{name} ({', '.join(fields)})" if fields else name
        for name, (_, fields) in use.reads.items()
    ]
    if folded:
        how = "also read for" if use.makes else "goes into"
        notes.append(f"{how} {', '.join(folded)}")
    return "; ".join(notes)


def _made(obj: MappedObject) -> Iterator[str]:
    if _splits(obj):
        yield f"{obj.name}: one for each element of a row"
    if obj.match:
        otherwise = "else made" if obj.create else "never made"
        yield f"{obj.name}: found by {' and '.join(obj.match)}, {otherwise}"


def _score(rows: Sequence[CompatibilityRow], mapping: Mapping) -> Score:
    cardinality = Counter(row.cardinality for row in rows)
    support = Counter(row.support for row in rows)
    targets: dict[str, list[MappedObject]] = {}
    for obj in mapping.objects.values():
        targets.setdefault(obj.target, []).append(obj)
    return Score(
        objects=len(rows),
        one_to_one=cardinality[ONE_TO_ONE],
        one_to_many=cardinality[ONE_TO_MANY],
        many_to_one=cardinality[MANY_TO_ONE],
        matched=cardinality[MATCHED],
        needs_custom_fields=support[CUSTOM_FIELDS],
        documented_only=support[DOCUMENTED],
        left_behind=support[LEFT_BEHIND],
        destination_objects=len(targets),
        need_mapping=sum(len(made) > 1 or not _copies(made[0]) for made in targets.values()),
    )


def _copies(obj: MappedObject) -> bool:
    return not (obj.joins or obj.custom or obj.scope.elements or obj.match or obj.stream is None)
