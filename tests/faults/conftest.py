"""A sandbox, and loads into it that may be disturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(customers=2) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running
