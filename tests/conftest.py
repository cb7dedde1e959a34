"""Fixtures that several plugins' tests share."""

from __future__ import annotations

pytest_plugins = ["tests.postgres", "tests.journeys.fixtures"]
