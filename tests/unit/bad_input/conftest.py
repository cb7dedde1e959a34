"""The shop's migration, for every test here."""

from __future__ import annotations

from tests.unit.singer.running import runner, running, sandbox, shop

__all__ = ["runner", "running", "sandbox", "shop"]
