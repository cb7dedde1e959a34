"""The flow drawing: how streams go into the objects of a destination, as wide as they are many.

Only geometry is worked out here, in the units of the drawing; a template draws it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH = 1040.0
LETTER, DIGIT = 7.6, 7.2
"""Width of a letter and of a digit of a label, on average and generously."""
NODE = 10.0
BODY = 440.0
"""Height of all records together, without the gaps between streams."""
THINNEST = 1.6
JOIN = 3.0
ROW = 19.0
"""Height that a label needs."""
GAP = 9.0
TIP = 9.0
MARGIN = 14.0
HUES = 7
LONGEST = 24
ARRIVED, REMAINING, REJECTED, WAITING, JOINED = (
    "arrived",
    "remaining",
    "rejected",
    "waiting",
    "joined",
)
ENDS = {WAITING: "waiting", REJECTED: "rejected"}


class Flow(NamedTuple):
    """What becomes of the records that one object of the mapping makes of a stream.

    Without object and target it is rows of the stream that could not even be staged.
    """

    stream: str
    object: str
    target: str
    arrived: int = 0
    remaining: int = 0
    rejected: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Join:
    """A stream whose rows are folded into records that others make."""

    stream: str
    target: str


@dataclass(slots=True)
class Node:
    """A stream on the left, an object of the destination on the right.

    Attributes:
        kind: ``stream``, ``target``, ``waiting`` or ``rejected``.
        label: its name, shortened where it is very long.
        count: records, written beside it; ``None`` for none.
    """

    kind: str
    name: str
    count: int | None
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    hue: int = 0

    @property
    def label(self) -> str:
        return self.name if len(self.name) <= LONGEST else f"{self.name[: LONGEST - 1]}…"

    @property
    def room(self) -> float:
        """Width that its label and count need."""
        count = 0 if self.count is None else len(f"{self.count:,}") + 1
        return 26 + LETTER * len(self.label) + DIGIT * count

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(slots=True)
class Ribbon:
    """One band, or for a join one line.

    Attributes:
        kind: ``arrived``, ``remaining``, ``rejected``, ``waiting`` or ``joined``.
        say: what it shows, in words.
        path: of the SVG element; a join's is a line to be stroked, others are filled.
    """

    kind: str
    say: str
    source: Node
    target: Node
    width: float
    hue: int = 0
    path: str = ""
    top: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is to be drawn."""

    width: float
    height: float
    nodes: list[Node]
    ribbons: list[Ribbon]


def draw(
    flows: Sequence[Flow], joins: Iterable[Join], records: Mapping[str, int]
) -> Drawing | None:
    """Lay the drawing out; ``None`` where nothing flows.

    Args:
        flows: in the order in which objects are loaded.
        joins: streams that are folded into others' records.
        records: rows by stream, to be written beside it.
    """
    flows = [flow for flow in flows if sum(flow[3:])]
    if not flows:
        return None
    names = dict.fromkeys(flow.target for flow in flows if flow.target)
    targets = {name: position for position, name in enumerate(names)}
    folded = [join for join in dict.fromkeys(joins) if join.target in targets]
    left = {
        name: Node("stream", name, records.get(name)) for name in _streams(flows, folded, targets)
    }
    for position, node in enumerate(left.values()):
        node.hue = position % HUES
    right = {name: Node("target", name, _landed(flows, name)) for name in targets}
    for kind, name in ENDS.items():
        lost = sum(getattr(flow, kind) for flow in flows)
        if lost:
            right[f"({kind})"] = Node(kind, name, lost)
    for node in left.values():
        node.x = max(each.room for each in left.values())
    for node in right.values():
        node.x = WIDTH - NODE - max(each.room for each in right.values())
    ribbons = _ribbons(flows, folded, left, right)
    height = _place(left, right, ribbons)
    for ribbon in ribbons:
        ribbon.path = _line(ribbon) if ribbon.kind == JOINED else _band(ribbon)
    return Drawing(WIDTH, height, [*left.values(), *right.values()], ribbons)


def _streams(flows: Sequence[Flow], joins: Sequence[Join], places: Mapping[str, int]) -> list[str]:
    """Streams in an order that lets few bands cross: by where they go on average."""
    weights: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for flow in flows:
        if flow.target:
            weights[flow.stream].append((places[flow.target], sum(flow[3:])))
    for join in joins:
        weights[join.stream].append((places[join.target], 1))
    for flow in flows:
        if flow.stream not in weights:
            weights[flow.stream].append((len(places), 1))
    centre = {
        name: sum(place * weight for place, weight in found) / sum(w for _, w in found)
        for name, found in weights.items()
    }
    return sorted(centre, key=centre.__getitem__)


def _landed(flows: Sequence[Flow], target: str) -> int:
    return sum(flow.arrived + flow.remaining for flow in flows if flow.target == target)


def _ribbons(
    flows: Sequence[Flow],
    joins: Sequence[Join],
    left: Mapping[str, Node],
    right: Mapping[str, Node],
) -> list[Ribbon]:
    scale = BODY / sum(sum(flow[3:]) for flow in flows)
    ribbons = []
    for flow in flows:
        source = left[flow.stream]
        ends = {
            ARRIVED: (flow.arrived, right.get(flow.target), "arrived in"),
            REMAINING: (flow.remaining, right.get(flow.target), "still to go to"),
            WAITING: (flow.waiting, right.get("(waiting)"), "waiting, meant for"),
            REJECTED: (flow.rejected, right.get("(rejected)"), "rejected, meant for"),
        }
        for kind, (count, end, how) in ends.items():
            if count and end is not None:
                say = (
                    f"{flow.stream} → {flow.object}: {count:,} {how} {flow.target}"
                    if flow.object
                    else f"{flow.stream}: {count:,} could not be staged"
                )
                width = max(THINNEST, count * scale)
                ribbons.append(Ribbon(kind, say, source, end, width, source.hue))
    for join in joins:
        source = left[join.stream]
        say = f"{join.stream} is folded into {join.target}"
        ribbons.append(Ribbon(JOINED, say, source, right[join.target], JOIN, source.hue))
    return ribbons


def _place(left: Mapping[str, Node], right: Mapping[str, Node], ribbons: Sequence[Ribbon]) -> float:
    for side, nodes in (("source", left), ("target", right)):
        for node in nodes.values():
            widths = [each.width for each in ribbons if getattr(each, side) is node]
            node.height = sum(widths)
    heights = [sum(_room(node) for node in nodes.values()) for nodes in (left, right)]
    tallest = max(heights)
    for nodes, height in zip((left, right), heights, strict=True):
        spread = (tallest - height) / max(1, len(nodes) - 1) if len(nodes) > 1 else 0.0
        y = MARGIN if len(nodes) > 1 else MARGIN + (tallest - height) / 2
        for node in nodes.values():
            node.y = y + (_room(node) - GAP - node.height) / 2
            y += _room(node) + spread
    for side, other in (("source", "target"), ("target", "source")):
        tops: dict[int, float] = {}
        for ribbon in sorted(ribbons, key=lambda each: getattr(each, other).middle):
            node = getattr(ribbon, side)
            ribbon.top[side] = tops.get(id(node), node.y)
            tops[id(node)] = ribbon.top[side] + ribbon.width
    return round(tallest - GAP + 2 * MARGIN, 1)


def _room(node: Node) -> float:
    return max(node.height, ROW) + GAP


def _band(ribbon: Ribbon) -> str:
    """A band that ends in an arrow."""
    x0, x1 = ribbon.source.x + NODE, ribbon.target.x - 1
    top, end = ribbon.top["source"], ribbon.top["target"]
    half = ribbon.width / 2
    middle = end + half
    neck, bend = x1 - TIP, (x0 + x1) / 2
    head = max(half, 4.0)
    return (
        f"M{x0:.1f} {top:.1f}C{bend:.1f} {top:.1f} {bend:.1f} {end:.1f} {neck:.1f} {end:.1f}"
        f"V{middle - head:.1f}L{x1:.1f} {middle:.1f}L{neck:.1f} {middle + head:.1f}"
        f"V{end + ribbon.width:.1f}C{bend:.1f} {end + ribbon.width:.1f} {bend:.1f} "
        f"{top + ribbon.width:.1f} {x0:.1f} {top + ribbon.width:.1f}Z"
    )


def _line(ribbon: Ribbon) -> str:
    """A thin line; its arrow head is the drawing's marker."""
    x0, x1 = ribbon.source.x + NODE, ribbon.target.x - 2
    start = ribbon.top["source"] + ribbon.width / 2
    end = ribbon.top["target"] + ribbon.width / 2
    bend = (x0 + x1) / 2
    return f"M{x0:.1f} {start:.1f}C{bend:.1f} {start:.1f} {bend:.1f} {end:.1f} {x1:.1f} {end:.1f}"
