"""Runs the target as its script does, in this process, against a local Pipedrive."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import signal
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from tests.sandbox import Sandbox
from tests.unit.singer.shop import MAPPING, written

from crm_transforms.cli import console_script
from crm_transforms.journal import Journal
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.limits import Clock
from target_pipedrive.target import TargetPipedrive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.unit.singer.shop import Line

    from crm_transforms.journal import Reject

__all__ = ["runner", "running", "sandbox", "shop"]

NAMED_BY = {"organizations": "name", "deals": "title", "notes": "content", "files": "name"}


class PatientClock(Clock):
    """A clock that stands still until somebody sleeps, so that nobody has to."""

    def __init__(self) -> None:
        self._now = 1_800_000_000.0
        super().__init__(self.now, self.now, self.pass_by)

    def now(self) -> float:
        return self._now

    def pass_by(self, seconds: float) -> None:
        object.__setattr__(self, "_now", self._now + seconds)


class QuickTarget(TargetPipedrive):
    """The target on a clock that nobody waits for."""

    settle = (0.0, 0.0, 0.0, 0.0)

    @classmethod
    def open_destination(cls, config: Mapping[str, Any]) -> PipedriveDestination:
        return PipedriveDestination(config, clock=PatientClock())


@dataclass(frozen=True)
class Run:
    """How one run of a script ended.

    Attributes:
        code: the exit code.
        said: log and standard error, as one line.
        printed: standard output.
        failure: what would have reached a person as a traceback.
    """

    code: int
    said: str
    printed: str
    failure: str

    @property
    def states(self) -> list[Any]:
        return [json.loads(line) for line in self.printed.splitlines()]


class Runner:
    """Runs scripts with a settings file."""

    def __init__(self, folder: Path, log: pytest.LogCaptureFixture) -> None:
        self.folder = folder
        self._log = log

    def run(
        self,
        script: Any,
        settings: Mapping[str, Any] | bytes,
        *arguments: str,
        given: bytes = b"",
        obj: Any = None,
    ) -> Run:
        """Call a click command as a process would be; ``settings`` become its ``--config``."""
        self._log.clear()
        config = self.folder / "settings.json"
        config.write_bytes(settings if isinstance(settings, bytes) else _json(settings))
        with self._log.at_level(logging.INFO):
            done = CliRunner().invoke(
                script, [*arguments, "--config", str(config)], input=given, obj=obj
            )
        words = [record.getMessage() for record in self._log.records]
        failure = ""
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            failure = "".join(traceback.format_exception(done.exception))
        said = " ".join(" ".join([*words, done.stderr]).split())
        return Run(done.exit_code, said, done.stdout, failure)

    def command(self, settings: Mapping[str, Any], *arguments: str) -> Run:
        """Call ``target-pipedrive-migration``."""
        config = self.folder / "settings.json"
        config.write_bytes(_json(settings))
        out, err, code, failure = io.StringIO(), io.StringIO(), 0, ""
        root, argv = logging.getLogger(), sys.argv
        kept = root.handlers[:]
        sys.argv = ["target-pipedrive-migration", *arguments, "--config", str(config)]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                console_script(QuickTarget)()
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:  # noqa: BLE001 - whatever it is, a person would see it
            failure = traceback.format_exc()
        finally:
            sys.argv, root.handlers[:] = argv, kept
        return Run(code, " ".join(err.getvalue().split()), out.getvalue(), failure)


class Shop:
    """The shop's migration: its journal, its account, and runs of the target between them."""

    def __init__(self, sandbox: Sandbox, runner: Runner) -> None:
        self.sandbox = sandbox
        self.runner = runner
        self.mapping = MAPPING
        self.journal_url = f"sqlite:///{runner.folder / 'journal.db'}"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            **self.sandbox.pipedrive,
            "mapping": str(self.mapping),
            "journal": self.journal_url,
        }

    def load(self, lines: Iterable[Line], **settings: Any) -> Run:
        """Give Singer lines to the target; settings of ``None`` are left out."""
        wanted = {**self.settings, **settings}
        kept = {name: value for name, value in wanted.items() if value is not None}
        return self.runner.run(QuickTarget.get_singer_command(), kept, given=written(lines))

    def command(self, *arguments: str, **settings: Any) -> Run:
        """A command on the migration."""
        wanted = {**self.settings, **settings}
        kept = {name: value for name, value in wanted.items() if value is not None}
        return self.runner.command(kept, *arguments)

    def open_journal(self) -> Journal:
        return Journal.open(self.journal_url, source="shop", target="pipedrive", create=False)

    def rejects(self) -> list[Reject]:
        with self.open_journal() as journal:
            return journal.rejects()

    def staged(self) -> dict[str, set[str]]:
        """Keys of present rows, by stream; streams without rows are left out."""
        with self.open_journal() as journal:
            found = {
                name: {row.key for row in journal.scan(info.id, limit=100_000)}
                for name, info in journal.streams().items()
            }
        return {name: keys for name, keys in found.items() if keys}

    def there(self) -> dict[str, set[str]]:
        """Names of the account's records by object, as the account itself has them."""
        snapshot = self.sandbox.crm.snapshot()
        found = {name: {row[by] for row in snapshot[name]} for name, by in NAMED_BY.items()}
        return {name: names for name, names in found.items() if names}

    def writes(self) -> int:
        """Requests that were to change the account."""
        return sum(request.method != "GET" for request in self.sandbox.requests)


def _json(settings: Mapping[str, Any]) -> bytes:
    return json.dumps(settings, default=str).encode()


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(customers=1) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def runner(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runner]:
    # The SDK's command replaces the hook, and would log warnings instead of raising them.
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield Runner(tmp_path, caplog)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    logging.captureWarnings(capture=False)


@pytest.fixture
def shop(sandbox: Sandbox, runner: Runner) -> Shop:
    return Shop(sandbox, runner)
