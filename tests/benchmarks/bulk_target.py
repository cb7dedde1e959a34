"""A Singer target for :mod:`tests.benchmarks.bulk_destination`, to be run as a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import typing as th
from tests.benchmarks.bulk_destination import FIELDS, BulkDestination
from tests.benchmarks.singer_file import JOBS

from crm_transforms.settings import SHARED_SETTINGS
from crm_transforms.singer import MigrationTarget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import Destination


class TargetBulk(MigrationTarget):
    """With a mapping of the shop, or a plain loader of jobs."""

    name = "target-bulk"
    package_name = "target-pipedrive"
    destination_name = "bulk"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("account", th.StringType, required=True), *SHARED_SETTINGS
    ).to_dict()

    @classmethod
    def open_destination(cls, config: Mapping[str, Any]) -> Destination:
        return BulkDestination(config["account"], {**FIELDS, "jobs": tuple(JOBS)})


if __name__ == "__main__":
    TargetBulk.cli()
