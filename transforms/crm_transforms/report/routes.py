"""Routes: which stream goes into which object, as the plan says, or else the mapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping import compatibility
from crm_transforms.report.flow import Flow, Join

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_transforms.mapping import Mapping as MappingDocument
    from crm_transforms.report.figures import Figures

FOLDED = "n:1"
CONSTANT = "(one record)"
"""Stands for the stream of objects that are one record and made of none."""


@dataclass(frozen=True, slots=True)
class Routes:
    """What becomes of what.

    Attributes:
        streams: by object of the mapping.
        targets: the destination's name, by object of the mapping.
        joins: streams that are folded into records of others.
    """

    streams: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()

    @classmethod
    def of_plan(cls, plan: Mapping[str, Any]) -> Routes:
        """As a plan in the journal has them."""
        rows = plan.get("compatibility", {}).get("rows", [])
        streams = {
            line["object"]: _origin(line.get("stream") or "", line["target"], rows)
            for line in plan["objects"]
        }
        lines = [*(plan.get("order") or ()), *plan["objects"]]
        targets = {line["object"]: line["target"] for line in lines}
        return cls(streams, targets, _joins(rows))

    @classmethod
    def of_mapping(cls, mapping: MappingDocument) -> Routes:
        """As a document has them."""
        objects = mapping.objects.values()
        streams = {obj.name: obj.element_stream or obj.stream or CONSTANT for obj in objects}
        targets = {obj.name: obj.target for obj in objects}
        return cls(streams, targets, _joins(compatibility(mapping).as_json()["rows"]))

    def flows(self, figures: Figures) -> list[Flow]:
        """What went where, in the order of the objects; then what could not even be staged."""
        found = [
            Flow(
                self.streams[one.object],
                one.object,
                self.targets[one.object],
                one.arrived,
                one.remaining,
                one.rejected,
                one.waiting,
            )
            for one in figures.objects
            if one.object in self.streams
        ]
        if not found:
            return []
        lost = [Flow(one.name, "", "", rejected=one.rejected) for one in figures.streams]
        return found + [flow for flow in lost if flow.rejected]


def _origin(stream: str, target: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The stream that an object's records are made of; of one per element, the elements'."""
    makers = [
        row["source"]
        for row in rows
        if target in row["targets"] and row["cardinality"] not in {FOLDED, ""}
    ]
    if stream in makers or len(makers) != 1:
        return stream or CONSTANT
    return str(makers[0]) if stream else CONSTANT


def _joins(rows: Iterable[Mapping[str, Any]]) -> tuple[Join, ...]:
    return tuple(
        Join(row["source"], target)
        for row in rows
        if row["cardinality"] == FOLDED
        for target in row["targets"]
    )
