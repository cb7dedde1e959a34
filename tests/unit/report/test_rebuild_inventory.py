"""The rebuild inventory is Markdown, whatever stands in the source."""

from __future__ import annotations

from typing import Any

from crm_transforms.report.rebuild_inventory import rebuild_inventory

PLAN: dict[str, Any] = {
    "made_at": "2026-11-20T08:00:00Z",
    "account": {"id": "1", "name": "Good | Ltd", "url": ""},
    "left_behind": [
        {
            "name": "time_sheets",
            "text": "Rebuild them by hand.",
            "evidence": [
                {"label": "Kinds", "values": [["<script>alert(1)</script>", 3], ["a|b\nc", 1]]},
                {"label": "Others", "values": []},
            ],
        },
        {"name": "roles", "text": "Set them up.", "evidence": []},
    ],
    "inventory": {
        "streams": [
            {
                "stream": "jobs",
                "columns": [
                    {"name": "priority", "type": "text", "filled": 7, "unlisted": True},
                    {"name": "status", "type": "text", "filled": 9, "unlisted": False},
                ],
            }
        ]
    },
    "rejects": [
        {"object": "deal", "field": "due", "message": "no date", "records": 2, "example": "j1"}
    ],
}


def test_what_stays_behind_is_told_with_its_evidence() -> None:
    lines = rebuild_inventory(PLAN, "shop", "pipedrive").splitlines()
    assert lines[0] == "# What does not move from shop to pipedrive"
    assert "## Time sheets" in lines
    assert "| Kinds | records |" in lines
    assert "Others: nothing in the source." in lines
    assert "| jobs | priority | text | 7 |" in lines
    assert not any("status" in line for line in lines)
    assert "| deal | due | no date | 2 | j1 |" in lines


def test_values_stay_within_their_cells_and_are_no_markup() -> None:
    lines = rebuild_inventory(PLAN, "shop", "pipedrive").splitlines()
    assert r"| \<script\>alert(1)\</script\> | 3 |" in lines
    assert r"| a\|b c | 1 |" in lines
    assert r"Account Good \| Ltd (1), as of 2026-11-20T08:00:00Z." in lines


def test_where_nothing_is_wrong_no_heading_stands_alone() -> None:
    text = rebuild_inventory(
        {**PLAN, "rejects": [], "inventory": {"streams": []}, "left_behind": []}, "a", "b"
    )
    assert "##" not in text
