"""Destinations whose acts can be taken back."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Reversible(Protocol):
    """A destination some of whose acts (confirm, post, activate) have an inverse."""

    def inverse(self, object_name: str, action: str) -> str | None:
        """The act that takes another one back (``post``: ``reset to draft``), or ``None``."""
