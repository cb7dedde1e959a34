"""The tap's settings. Each is also read from `TAP_KICKSERV_<NAME>`."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

API_URL = "https://app.kickserv.com"
RESERVED_DOORS = ("export", "supergood")
DOORS = ("auto", "xml", "json", *RESERVED_DOORS)

SETTINGS: dict[str, Any] = th.PropertiesList(
    th.Property(
        "api",
        th.StringType(allowed_values=list(DOORS)),
        default="auto",
        title="Door",
        description=(
            "Way into the account. xml: the vendor's API, with what only the JSON has taken from "
            "there; json: the unofficial JSON alone; auto: xml if it answers, else json. export "
            "and supergood are reserved and not built yet."
        ),
    ),
    th.Property(
        "api_url",
        th.StringType,
        default=API_URL,
        title="API address",
        description="Scheme and host before the account's slug; older accounts use another host.",
    ),
    th.Property(
        "account_slug",
        th.StringType,
        title="Account slug",
        description="First path segment after the host in the web app's address.",
    ),
    th.Property(
        "api_token",
        th.StringType,
        secret=True,
        title="API token",
        description=(
            "Token of an employee who may see everything: My Account > API token. It is replaced "
            "whenever that employee's password changes."
        ),
    ),
    th.Property(
        "token_wait_seconds",
        th.IntegerType,
        default=900,
        title="Wait for a new token",
        description=(
            "How long a run waits for a new token, in seconds, once the present one is refused "
            "midway. The configuration file and `.env` are read again for it."
        ),
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description=(
            "Streams replicated incrementally leave out rows changed before this moment. Streams "
            "read in full ignore it."
        ),
    ),
    th.Property(
        "attachments_path",
        th.StringType,
        title="Folder for files",
        description=(
            "Folder or fsspec URL where photos, signatures and inline images are stored under "
            "their SHA-256. Without it, only what Kickserv says of them is read."
        ),
    ),
    th.Property(
        "concurrency",
        th.IntegerType(minimum=1, maximum=32),
        default=4,
        title="Concurrency",
        description="How many requests may be under way at once.",
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1),
        title="Page size",
        description=(
            "Rows per page to ask for; only some lists honour it. Without it the account's own "
            "page size applies."
        ),
    ),
    th.Property(
        "export_path",
        th.StringType,
        title="Account export",
        description="Full-account export (.zip) for `api: export`; reserved.",
    ),
    th.Property(
        "integration_id",
        th.StringType,
        title="Supergood integration",
        description="Integration for `api: supergood`; reserved.",
    ),
    th.Property(
        "username",
        th.StringType,
        title="User name",
        description="Login for `api: supergood`; reserved.",
    ),
    th.Property(
        "password",
        th.StringType,
        secret=True,
        title="Password",
        description="Password for `api: supergood`; reserved.",
    ),
    th.Property(
        "totp_secret",
        th.StringType,
        secret=True,
        title="TOTP secret",
        description="Second factor for `api: supergood`; reserved.",
    ),
).to_dict()
