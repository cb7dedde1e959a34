"""Long lists on standard output, in the forms that scripts and spreadsheets read."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from crm_transforms.report.spreadsheet import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_encoder = msgspec.json.Encoder(decimal_format="number")


def print_rows(form: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows one by one, so that a long list needs no memory.

    Args:
        form: ``json``, ``jsonl`` or ``csv``; in the last, values that are no text are JSON.
        columns: of the CSV.
        rows: what JSON can hold, decimals included.
    """
    if form == "csv":
        cells = ({name: cell(row[name]) for name in columns} for row in rows)
        write_csv(sys.stdout, columns, cells)
        return
    for line in _array(rows) if form == "json" else map(as_json, rows):
        click.echo(line)


def as_json(value: Any) -> str:
    """A value as JSON, decimals exact."""
    try:
        return _encoder.encode(value).decode()
    except UnicodeEncodeError:  # half a surrogate pair, in the key of what was rejected for it
        return json.dumps(value, default=float)


def _array(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    before = "["
    for row in rows:
        yield before + msgspec.json.format(as_json(row), indent=2)
        before = ","
    yield "]" if before == "," else "[]"


def cell(value: Any) -> str | None:
    """A value for one cell of a CSV."""
    return value if value is None or isinstance(value, str) else as_json(value)
