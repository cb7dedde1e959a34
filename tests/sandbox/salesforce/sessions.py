"""Sessions: tokens that open the org until somebody ends them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org


def open_session(org: Org) -> str:
    """A new session of the run-as user; its token."""
    token = f"{org.id[:15]}!{secrets.token_urlsafe(48)}"
    org.sessions[token] = org.run_as
    org.logins += 1
    return token
