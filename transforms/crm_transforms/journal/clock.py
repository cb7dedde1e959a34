"""Instants as the journal writes them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


def instant(ago: timedelta = timedelta()) -> str:
    """The UTC instant ``ago`` before now, of fixed width, so that text order is time order."""
    return (datetime.now(timezone.utc) - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
