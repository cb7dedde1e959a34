"""CSV that spreadsheets open."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def write_csv(
    out: TextIO,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    head: bool = True,
) -> None:
    """Write rows as CSV, with a head unless that stands there already."""
    writer = csv.DictWriter(out, columns)
    if head:
        writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(row[name]) for name in columns})


def _harmless(value: object) -> str:
    """A cell no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
