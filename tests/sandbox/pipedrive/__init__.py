"""Pipedrive as its documentation describes it, v1 and v2, on this machine.

It knows nothing of any client: what the documentation refuses it refuses. Where the documentation
is silent the stricter reading is taken, and the place says that it is a guess.
"""

from __future__ import annotations

from tests.sandbox.pipedrive.account import Account
from tests.sandbox.pipedrive.app import create_app

__all__ = ["Account", "create_app"]
