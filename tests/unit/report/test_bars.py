"""Bars."""

from __future__ import annotations

import pytest

from crm_transforms.report.bars import THINNEST, segments


def test_parts_stand_side_by_side_and_fill_the_bar() -> None:
    found = segments({"arrived": 75, "rejected": 0, "waiting": 25})
    assert [(one.kind, one.x, one.width) for one in found] == [
        ("arrived", 0, 75),
        ("waiting", 75, 25),
    ]


def test_a_part_of_more_leaves_the_rest_empty() -> None:
    assert segments({"rejected": 5}, 20)[0].width == 25


@pytest.mark.parametrize("parts", [{"arrived": 1_000_000, "rejected": 1, "waiting": 1}])
def test_one_among_a_million_is_seen(parts: dict[str, int]) -> None:
    found = segments(parts)
    assert [one.width for one in found[1:]] == [THINNEST, THINNEST]
    assert found[-1].x + found[-1].width == pytest.approx(100)


def test_nothing_gives_no_bar() -> None:
    assert segments({"arrived": 0}) == []
