"""The table that all benchmarks fill."""

from __future__ import annotations

import pytest
from tests.benchmarks.figures import Figures

FIGURES = pytest.StashKey[Figures]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures := terminalreporter.config.stash.get(FIGURES, None):
        terminalreporter.section("figures")
        terminalreporter.write(figures.render())


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    return pytestconfig.stash.setdefault(FIGURES, Figures())
