"""The flow drawing."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from crm_transforms.report.flow import ROW, WIDTH, Drawing, Flow, Join, draw

if TYPE_CHECKING:
    from crm_transforms.report.flow import Node

FLOWS = [
    Flow("customers", "organization", "organizations", arrived=1_000),
    Flow("contacts", "person", "persons", arrived=500, waiting=3),
    Flow("jobs", "deal", "deals", arrived=3_000, remaining=900, rejected=100),
    Flow("notes", "note", "notes", arrived=20),
    Flow("notes", "note_image", "files", arrived=1),
]
JOINS = [Join("tags", "deals"), Join("tags", "persons"), Join("payments", "nowhere")]


@pytest.fixture
def drawing() -> Drawing:
    found = draw(FLOWS, JOINS, {"customers": 1_000, "tags": 7})
    assert found is not None
    return found


def side(drawing: Drawing, *kinds: str) -> list[Node]:
    return [node for node in drawing.nodes if node.kind in kinds]


def test_every_stream_and_every_object_has_a_node(drawing: Drawing) -> None:
    assert {node.name: node.count for node in side(drawing, "stream")} == {
        "customers": 1_000,
        "contacts": None,
        "tags": 7,
        "jobs": None,
        "notes": None,
    }
    assert {node.name: node.count for node in side(drawing, "target")} == {
        "organizations": 1_000,
        "persons": 500,
        "deals": 3_900,
        "notes": 20,
        "files": 1,
    }


def test_what_does_not_arrive_ends_apart(drawing: Drawing) -> None:
    lost = {node.name: node.count for node in side(drawing, "waiting", "rejected")}
    assert lost == {"waiting": 3, "rejected": 100}
    says = [each.say for each in drawing.ribbons if each.kind in lost]
    assert says == [
        "contacts → person: 3 waiting, meant for persons",
        "jobs → deal: 100 rejected, meant for deals",
    ]


def test_bands_are_as_wide_as_their_records_are_many(drawing: Drawing) -> None:
    widths = {
        each.say.split(":")[0]: each.width for each in drawing.ribbons if each.kind == "arrived"
    }
    assert widths["jobs → deal"] == pytest.approx(3 * widths["customers → organization"])


def test_the_thinnest_band_is_still_seen(drawing: Drawing) -> None:
    assert min(each.width for each in drawing.ribbons) >= 1


def test_folded_streams_are_thin_lines_to_the_objects_that_there_are(drawing: Drawing) -> None:
    joins = [each for each in drawing.ribbons if each.kind == "joined"]
    assert [each.say for each in joins] == [
        "tags is folded into deals",
        "tags is folded into persons",
    ]
    assert all("Z" not in each.path for each in joins)


def test_labels_of_neighbours_do_not_touch(drawing: Drawing) -> None:
    for kinds in (("stream",), ("target", "waiting", "rejected")):
        middles = [node.middle for node in side(drawing, *kinds)]
        assert all(after - before >= ROW for before, after in pairwise(middles))


def test_nothing_leaves_the_drawing(drawing: Drawing) -> None:
    for node in drawing.nodes:
        assert node.y >= 0
        assert node.y + node.height <= drawing.height
        edge = node.x - node.room if node.kind == "stream" else node.x + node.room
        assert -1 <= edge <= WIDTH
    for ribbon in drawing.ribbons:
        numbers = [float(text) for text in re.findall(r"[\d.]+", ribbon.path)]
        assert max(numbers) <= max(drawing.width, drawing.height)


def test_bands_on_one_node_lie_side_by_side(drawing: Drawing) -> None:
    [jobs] = [node for node in drawing.nodes if node.name == "jobs"]
    leaving = sorted(
        (each.top["source"], each.width) for each in drawing.ribbons if each.source is jobs
    )
    for (top, width), (below, _) in pairwise(leaving):
        assert below == pytest.approx(top + width)


def test_rows_that_could_not_be_staged_are_drawn(drawing: Drawing) -> None:
    found = draw([*FLOWS, Flow("expenses", "", "", rejected=4)], (), {})
    assert found is not None
    assert "expenses: 4 could not be staged" in [each.say for each in found.ribbons]
    assert {node.name for node in side(found, "target")} == {
        node.name for node in side(drawing, "target")
    }


def test_very_long_names_are_shortened() -> None:
    found = draw([Flow("s" * 60, "o", "t", arrived=1)], (), {})
    assert found is not None
    assert found.nodes[0].label == "s" * 23 + "…"


def test_where_nothing_flows_nothing_is_drawn() -> None:
    assert draw([Flow("a", "b", "c")], JOINS, {}) is None
