"""The Singer target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import typing as th

from crm_transforms.settings import SHARED_SETTINGS, migration_folder
from crm_transforms.singer import MigrationTarget
from target_pipedrive.costs import SMALLEST
from target_pipedrive.destination import PipedriveDestination

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import Destination


class TargetPipedrive(MigrationTarget):
    """Loads any Singer tap into Pipedrive: staged first, verified after, and undoable."""

    name = "target-pipedrive"
    package_name = "target-pipedrive"
    destination_name = "pipedrive"
    smallest = SMALLEST
    unconnected: ClassVar[Mapping[str, Any]] = {"api_token": "none"}

    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property(
            "api_url",
            th.StringType,
            default="https://api.pipedrive.com",
            title="API URL",
            description="https://api.pipedrive.com or https://<company>.pipedrive.com",
        ),
        th.Property(
            "api_token",
            th.StringType,
            secret=True,
            title="API token",
            description="Personal API token; or use client_id, client_secret and refresh_token",
        ),
        th.Property(
            "client_id",
            th.StringType,
            title="OAuth client ID",
            description="Client ID of a Pipedrive app",
        ),
        th.Property(
            "client_secret",
            th.StringType,
            secret=True,
            title="OAuth client secret",
            description="Client secret of a Pipedrive app",
        ),
        th.Property(
            "refresh_token",
            th.StringType,
            secret=True,
            title="OAuth refresh token",
            description="Refresh token that the app was given for this account",
        ),
        th.Property(
            "daily_token_reserve",
            th.NumberType,
            default=0,
            title="Daily token reserve",
            description=(
                "API tokens to leave for others each day: a number, or below 1 a share of the day's"
            ),
        ),
        *SHARED_SETTINGS,
    ).to_dict()

    @classmethod
    def open_destination(cls, config: Mapping[str, Any]) -> Destination:
        return PipedriveDestination(config, token_folder=migration_folder())


if __name__ == "__main__":
    TargetPipedrive.cli()
