"""Fields that may only be there while another one has a certain value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_pipedrive.table import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES: Mapping[str, tuple[Rule, ...]] = {
    "deals": tuple(
        Rule(name, "status", frozenset(values), "open")
        for name, values in (
            ("won_time", ("won",)),
            ("lost_time", ("lost",)),
            ("lost_reason", ("lost",)),
            ("close_time", ("won", "lost")),
        )
    )
}
"""https://developers.pipedrive.com/docs/api/v1/Deals: closing times depend on the status."""
