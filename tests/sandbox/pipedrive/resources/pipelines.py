"""Pipelines and stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.resources.records import Records
from tests.sandbox.pipedrive.tables.sales import PIPELINE, STAGE

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]


class Pipelines(Records):
    name = "pipelines"
    singular = "Pipeline"
    attributes = PIPELINE
    stamped_with = ()
    filters = ()

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        if before is None:
            values["order_nr"] = len(call.account.tables[self.name]) + 1


class Stages(Records):
    name = "stages"
    singular = "Stage"
    attributes = STAGE
    stamped_with = ()
    filters = ("pipeline_id",)

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        pipeline = values.get("pipeline_id")
        if pipeline is not None and pipeline != (before or {}).get("pipeline_id"):
            stages = call.account.tables[self.name].ids_where("pipeline_id", pipeline)
            values["order_nr"] = len(stages) + 1
