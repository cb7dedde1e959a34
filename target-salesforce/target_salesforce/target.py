"""The Singer target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import typing as th

from crm_transforms.settings import SHARED_SETTINGS
from crm_transforms.singer import MigrationTarget
from target_salesforce.destination import SalesforceDestination
from target_salesforce.editions import SMALLEST
from target_salesforce.settings import (
    DEFAULT_API_VERSION,
    DEFAULT_BULK_THRESHOLD,
    DEFAULT_LOGIN_URL,
    DEFAULT_MAX_FILE_MB,
    DEFAULT_RESERVE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import Destination


def _text(name: str, title: str, description: str, **more: Any) -> th.Property[str]:
    return th.Property(name, th.StringType, title=title, description=description, **more)


LARGEST_FILE = th.Property(
    "max_file_mb",
    th.NumberType,
    default=DEFAULT_MAX_FILE_MB,
    title="Largest file",
    description="Files above so many megabytes are rejected, not sent",
)


class TargetSalesforce(MigrationTarget):
    """Loads any Singer tap into Salesforce: staged first, verified after, and undoable."""

    name = "target-salesforce"
    package_name = "target-salesforce"
    destination_name = "salesforce"
    smallest = SMALLEST
    unconnected: ClassVar[Mapping[str, Any]] = {
        "access_token": "none",
        "instance_url": "https://none.my.salesforce.com",
    }

    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        _text(
            "login_url",
            "Login URL",
            "Where to log in: https://login.salesforce.com, https://test.salesforce.com or the"
            " org's My Domain address, which client credentials need",
            default=DEFAULT_LOGIN_URL,
        ),
        _text(
            "instance_url",
            "Instance URL",
            "The org's address, like https://acme.my.salesforce.com. Default: what the login says",
        ),
        _text("client_id", "Client ID", "Consumer key of the external client app"),
        _text(
            "client_secret",
            "Client secret",
            "Consumer secret of the app, for client credentials or with a refresh token",
            secret=True,
        ),
        _text(
            "private_key",
            "Private key",
            "RSA key for the JWT bearer flow: PEM, or the path of a file that holds it",
            secret=True,
        ),
        _text("username", "Username", "User of the JWT bearer flow or of the password"),
        _text(
            "password",
            "Password",
            "Password for SOAP login, which Salesforce is retiring",
            secret=True,
        ),
        _text(
            "security_token",
            "Security token",
            "Security token that goes with the password",
            secret=True,
        ),
        _text(
            "refresh_token",
            "Refresh token",
            "Refresh token that a user gave to the app",
            secret=True,
        ),
        _text(
            "access_token",
            "Access token",
            "Ready access token or session id; needs instance_url, and is not renewed",
            secret=True,
        ),
        _text("api_version", "API version", "Version of the API", default=DEFAULT_API_VERSION),
        th.Property(
            "bulk_threshold",
            th.IntegerType,
            default=DEFAULT_BULK_THRESHOLD,
            title="Bulk threshold",
            description="Records of one object from which a Bulk API 2.0 job is used",
        ),
        _text(
            "daily_request_reserve",
            "Daily request reserve",
            "API requests of 24 hours to leave for others: a number, or a share like 10%",
            default=DEFAULT_RESERVE,
        ),
        *(LARGEST_FILE if one.name == LARGEST_FILE.name else one for one in SHARED_SETTINGS),
    ).to_dict()

    @classmethod
    def open_destination(cls, config: Mapping[str, Any]) -> Destination:
        return SalesforceDestination(config)


if __name__ == "__main__":
    TargetSalesforce.cli()
