"""What this machine does with next to no code: the figures are read beside these."""

from __future__ import annotations

import sqlite3
import time
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 7
RECORDS = 5_000
LOOP = 1_000_000


def least(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Processor seconds of the fastest of some rounds: the machine when nobody disturbs it."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def looping() -> float:
    """Processor seconds of a million turns of an empty loop."""

    def loop() -> None:
        for _ in range(LOOP):
            pass

    return least(loop)


def decoding(singer: Path) -> float:
    """Processor seconds to decode one line of a Singer file, its keys in a plain dict."""
    with singer.open("rb") as file:
        lines = list(islice(file, RECORDS))
    decode = msgspec.json.Decoder().decode
    return least(lambda: [decode(line) for line in lines]) / len(lines)


def inserting(singer: Path, database: Path) -> float:
    """Processor seconds to put one line of a Singer file into SQLite with every commit on disk."""
    with singer.open("rb") as file:
        lines = list(islice(file, RECORDS))
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE line (number INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB)")
    rounds = iter(range(ROUNDS))

    def insert() -> None:
        turn = next(rounds)
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO line (key, body) VALUES (?, ?)",
            [(f"{turn}-{number}", line) for number, line in enumerate(lines)],
        )
        connection.execute("COMMIT")

    try:
        return least(insert) / len(lines)
    finally:
        connection.close()
