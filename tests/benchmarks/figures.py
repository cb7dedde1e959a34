"""Figures, each beside its goal and a yardstick of the same machine, as one table."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 150


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        section: what is measured: Staging, Engine, Memory …
        name: the figure.
        value: with its unit.
        goal: what it should be; empty where it only explains another.
        beside: the yardstick that it is to be read by, with the ratio.
    """

    section: str
    name: str
    value: str
    goal: str = ""
    beside: str = ""


class Figures(list[Figure]):
    """Everything measured in this session, in the order in which it was measured."""

    def add(self, section: str, name: str, value: str, *, goal: str = "", beside: str = "") -> None:
        self.append(Figure(section, name, value, goal, beside))

    def render(self) -> str:
        """The table, as text."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("figure", ratio=4)
        for heading in ("measured", "goal"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("beside it", ratio=4)
        for section in dict.fromkeys(figure.section for figure in self):
            table.add_row(f"[bold]{section}")
            for figure in self._of(section):
                table.add_row(f"  {figure.name}", figure.value, figure.goal, figure.beside)
        console = Console(file=io.StringIO(), width=WIDTH, highlight=False)
        with console.capture() as printed:
            console.print(table)
        return printed.get()

    def _of(self, section: str) -> Sequence[Figure]:
        return [figure for figure in self if figure.section == section]


def rate(count: int, seconds: float) -> str:
    """Records per second, for people."""
    return f"{count / seconds:,.0f}/s"


def megabytes(size: float) -> str:
    """Bytes as MB of a million, for people."""
    return f"{size / 1e6:,.0f} MB"
