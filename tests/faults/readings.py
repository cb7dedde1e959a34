"""Runs of tap-kickserv against the sandbox, and what they read."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.faults import programs
from tests.faults.processes import Ended, Process

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox import Sandbox


@dataclass(frozen=True)
class Read:
    """What one run of the tap wrote.

    Attributes:
        ended: how it ended.
        rows: the last record of each key, by stream.
        doubled: keys that came more than once, by stream.
        whole: streams whose marker came, and nothing of theirs after it.
        slept: the seconds it would have waited.
        asked: how many requests the sandbox had met by then.
    """

    ended: Ended
    rows: dict[str, dict[str, str]]
    doubled: dict[str, set[str]]
    whole: set[str]
    slept: float
    asked: int


@dataclass
class Tap:
    """The tap with its settings.

    Attributes:
        settings: beside what leads to the sandbox.
    """

    sandbox: Sandbox
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    def configure(self) -> Path:
        """Write the settings as they are now to where the tap reads them."""
        path = self.folder / "tap.json"
        path.write_text(json.dumps({**self.sandbox.kickserv, **self.settings}))
        return path

    def read(self, **how: Any) -> Read:
        """Run it to its end."""
        with Process(self.folder) as process:
            return self.read_in(process, **how)

    def read_in(self, process: Process, **how: Any) -> Read:
        """Likewise, in a process that waits already."""
        notes = self.folder / "notes"
        notes.write_text('{"slept": 0}')
        arguments = ["--config", str(self.configure())]
        ended = process.run(programs.tap, arguments, notes=str(notes), **how)
        slept = json.loads(notes.read_text())["slept"]
        return read_from(ended, slept, len(self.sandbox.requests))


def read_from(ended: Ended, slept: float = 0.0, asked: int = 0) -> Read:
    """Sort out what a run wrote; the last line of a killed one may be cut."""
    rows: defaultdict[str, dict[str, str]] = defaultdict(dict)
    doubled: defaultdict[str, set[str]] = defaultdict(set)
    keys: dict[str, list[str]] = {}
    whole: set[str] = set()
    for line in ended.output.splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        message = json.loads(line, parse_float=str)
        stream = message.get("stream", "")
        if message["type"] == "SCHEMA":
            keys[stream] = message["key_properties"]
        elif message["type"] == "ACTIVATE_VERSION":
            whole.add(stream)
        elif message["type"] == "RECORD":
            whole.discard(stream)
            key = str([message["record"].get(name) for name in keys[stream]])
            if key in rows[stream]:
                doubled[stream].add(key)
            rows[stream][key] = json.dumps(message["record"], sort_keys=True)
    return Read(ended, dict(rows), dict(doubled), whole, slept, asked)


def missing(wanted: Read, found: Read) -> list[str]:
    """Where a run read other than an undisturbed one, as sentences."""
    told = []
    for stream, rows in wanted.rows.items():
        there = found.rows.get(stream, {})
        told += [f"{stream} {key} is missing" for key in rows.keys() - there.keys()]
        told += [f"{stream} {key} came from nowhere" for key in there.keys() - rows.keys()]
        told += [
            f"{stream} {key} differs: {rows[key]} became {there[key]}"
            for key in rows.keys() & there.keys()
            if rows[key] != there[key]
        ]
    told += [f"{stream} came twice: {keys}" for stream, keys in found.doubled.items()]
    told += [f"{stream} is not called whole" for stream in wanted.whole - found.whole]
    return told
