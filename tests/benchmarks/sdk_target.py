"""The SDK's batch sink with a handler that does nothing: what any target takes at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import BatchSink, Target
from singer_sdk import typing as th

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context


class NullSink(BatchSink):
    """Validates and conforms records, as the SDK does by default, and forgets them."""

    max_size = 10_000

    def process_batch(self, context: Context) -> None:
        pass


class TargetNull(Target):
    name = "target-null"
    package_name = "singer-sdk"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList().to_dict()
    default_sink_class = NullSink


if __name__ == "__main__":
    TargetNull.cli()
