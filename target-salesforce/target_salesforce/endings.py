"""What makes every further request useless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import (
    AuthenticationError,
    DestinationError,
    SettingError,
    UnavailableError,
)

if TYPE_CHECKING:
    from target_salesforce.reply import Reply
    from target_salesforce.session import Session

CLOSED = {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"}
"""The edition or the user has no API."""


def ending_of(what: str, reply: Reply, session: Session) -> DestinationError | None:
    """Why nothing that is asked from now on can be answered, or ``None``."""
    words = session.redacted(reply.words)
    ending: DestinationError | None = None
    if reply.session_ended:
        ending = AuthenticationError(f"Salesforce refuses the session: {words}")
    elif reply.code in CLOSED:
        ending = AuthenticationError(f"the API is closed to this user or org: {words}")
    elif reply.status == 410 or reply.code == "UNSUPPORTED_API_VERSION":
        ending = SettingError(f"setting api_version: this org has no such version: {words}")
    elif 300 <= reply.status < 400 and not isinstance(reply.body, list):
        place = reply.headers.get("location")
        ending = DestinationError(
            f"{what}: redirected to {place}; check instance_url and login_url"
        )
    elif reply.status == 403 and not reply.readable:
        ending = UnavailableError(
            f"{what}: blocked before the API (HTTP 403, no JSON); is this network let in?"
        )
    elif reply.status == 404 and not reply.readable:
        ending = DestinationError(f"{what}: HTTP 404 of no Salesforce API; check instance_url")
    return ending
