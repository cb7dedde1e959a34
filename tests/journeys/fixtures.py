"""Worlds to travel in. Registered in ``tests/conftest.py``: the judge's own tests use them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.world import Checkpoint, World
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUSTOMERS = 12
FEW_CUSTOMERS = 4
FALLBACK = "sales.desk@example.com"


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    """An account that was loaded once, whole."""
    folder = tmp_path_factory.mktemp("loaded")
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        world = World(sandbox, folder, folder / "files", settings={"fallback_owner": FALLBACK})
        outcome = world.run()
        assert outcome.code == 0, outcome.log
        yield Checkpoint(world)


@pytest.fixture
def world(loaded: Checkpoint, tmp_path: Path) -> World:
    """The loaded account, journal and all, as if it had been loaded for this test alone."""
    folder = tmp_path / "world"
    folder.mkdir()
    return loaded.restore(folder)


@pytest.fixture(scope="session")
def small_sandbox() -> Iterator[Sandbox]:
    with Sandbox(customers=FEW_CUSTOMERS, oddities=False) as sandbox:
        yield sandbox


@pytest.fixture
def fresh(small_sandbox: Sandbox, tmp_path: Path) -> World:
    """A few customers in Kickserv, an empty Pipedrive, no journal."""
    small_sandbox.reset()
    folder = tmp_path / "fresh"
    folder.mkdir()
    return World(small_sandbox, folder, folder / "files", settings={"fallback_owner": FALLBACK})
