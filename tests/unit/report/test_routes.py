"""Which stream goes into which object."""

from __future__ import annotations

from tests.unit.report.told import plan

from crm_transforms.mapping import Mapping
from crm_transforms.report.figures import Figures, ObjectFigures, StreamFigures
from crm_transforms.report.flow import Flow, Join
from crm_transforms.report.routes import CONSTANT, Routes


def test_a_plan_and_the_mapping_that_it_was_made_by_tell_the_same() -> None:
    mapping = Mapping.load("kickserv_to_pipedrive")
    by_mapping = Routes.of_mapping(mapping)
    rows = [
        {"source": "jobs", "targets": ["deals"], "cardinality": "1:1"},
        {"source": "job_charges", "targets": ["deal_products"], "cardinality": "1:1"},
        {"source": "notes", "targets": ["notes", "files"], "cardinality": "1:n"},
        {"source": "attachments", "targets": ["files"], "cardinality": "1:1"},
        {"source": "tags", "targets": ["deals"], "cardinality": "n:1"},
    ]
    objects = [
        {"object": "deal", "target": "deals", "stream": "jobs"},
        {"object": "line", "target": "deal_products", "stream": "jobs"},
        {"object": "note_image", "target": "files", "stream": "notes"},
        {"object": "free_line", "target": "products", "stream": None},
    ]
    by_plan = Routes.of_plan({"objects": objects, "compatibility": {"rows": rows}})
    assert by_plan.streams == {
        name: by_mapping.streams[name] for name in ("deal", "line", "note_image", "free_line")
    }
    assert by_plan.streams["free_line"] == CONSTANT
    assert by_plan.joins == (Join("tags", "deals"),)


def test_targets_of_people_are_known_by_the_order_of_the_load() -> None:
    told = plan()
    told["order"].append({"object": "owner", "target": "users", "after": [], "deferred": []})
    assert Routes.of_plan(told).targets["owner"] == "users"


def test_what_could_not_be_staged_flows_nowhere() -> None:
    figures = Figures(
        [ObjectFigures("deal", created=3), ObjectFigures("unknown", created=1)],
        [
            StreamFigures("jobs", 4, 0, True, None, rejected=1),
            StreamFigures("tags", 1, 0, True, None),
        ],
    )
    routes = Routes({"deal": "jobs"}, {"deal": "deals"})
    assert routes.flows(figures) == [
        Flow("jobs", "deal", "deals", arrived=3),
        Flow("jobs", "", "", rejected=1),
    ]
    assert Routes().flows(figures) == []
