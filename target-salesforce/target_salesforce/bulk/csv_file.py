"""CSV files of jobs: written to disk in pieces, so that memory stays flat.

RFC 4180 with line feeds: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/
api_asynch/datafiles_csv_valid_record_rows.htm
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from target_salesforce.bulk.cells import lines_of
from target_salesforce.bulk.limits import FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation
    from target_salesforce.bulk.sheet import Sheet

QUOTE = '"'
QUOTED = (QUOTE, "\r", "\n")
QUOTED_CELL = re.compile(r'[",\r\n]')
"""Characters that a cell is put into quotes for."""
CHUNK = 1 << 18
"""Characters that are gathered before they are written."""


@dataclass(frozen=True)
class CsvFile:
    """What one job takes.

    Attributes:
        file: on disk, nameless, gone once the next one is asked for.
        operations: in it.
    """

    file: IO[bytes]
    operations: tuple[Operation, ...]


def csv_files(
    sheet: Sheet, operations: Sequence[Operation], most_bytes: int = FILE_BYTES
) -> Iterator[CsvFile]:
    """Write operations, each file as soon as the one before it has been dealt with.

    Args:
        sheet: the columns.
        operations: in the order in which they are to be written.
        most_bytes: of one file.
    """
    file: IO[bytes] | None = None
    within: list[Operation] = []
    size = 0
    try:
        for text, some in _chunks(sheet, operations):
            if file is not None and size + len(text) > most_bytes:
                yield _finished(file, within)
                file.close()
                file, within = None, []
            if file is None:
                file = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this block
                size = file.write(_encoded([_line(sheet.header)]))
            size += file.write(text)
            within += some
        if file is not None:
            yield _finished(file, within)
    finally:
        if file is not None:
            file.close()


def _finished(file: IO[bytes], within: Sequence[Operation]) -> CsvFile:
    file.seek(0)
    return CsvFile(file, tuple(within))


def _chunks(
    sheet: Sheet, operations: Sequence[Operation]
) -> Iterator[tuple[bytes, list[Operation]]]:
    lines: list[str] = []
    some: list[Operation] = []
    size = 0
    for operation in operations:
        line = _line(sheet.row(operation))
        lines.append(line)
        some.append(operation)
        size += len(line)
        if size > CHUNK:
            yield _encoded(lines), some
            lines, some, size = [], [], 0
    if some:
        yield _encoded(lines), some


def _line(cells: Sequence[str]) -> str:
    """One row; most have nothing to quote, which is seen sooner than each cell is looked at."""
    line = ",".join(cells)
    if line and line.count(",") == len(cells) - 1 and not any(map(line.__contains__, QUOTED)):
        return line
    quoted = (
        f'"{cell.replace(QUOTE, QUOTE * 2)}"' if QUOTED_CELL.search(cell) else cell
        for cell in cells
    )
    return ",".join(quoted) or QUOTE * 2


def _encoded(lines: Sequence[str]) -> bytes:
    text = "\n".join(lines)
    return (lines_of(text) if "\r" in text else text).encode() + b"\n"
