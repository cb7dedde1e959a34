"""A business on its way from one service to the other: both accounts, the plugins, the journal."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tests.oracle import Crm, Reject, Truth, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.sandbox import Sandbox
    from tests.sandbox.request_log import Request

PROGRAMS = Path(sys.executable).parent
OURS = ("TAP_KICKSERV_", "TARGET_PIPEDRIVE_", "TARGET_SALESFORCE_", "MELTANO_")
SECONDS = 600
CONFLICT = "conflict"
READS = frozenset({"GET"})


@dataclass(frozen=True)
class Outcome:
    """How a process ended.

    Attributes:
        code: its exit code; of tap and target together, the target's.
        out: what it wrote to standard output, text.
        log: what it wrote to standard error.
        requests: what it asked of the destination.
        commits: what took effect there.
    """

    code: int
    out: str
    log: str
    requests: tuple[Request, ...]
    commits: tuple[Any, ...]

    @property
    def reads(self) -> list[Request]:
        return [one for one in self.requests if one.method in READS]

    @property
    def writes(self) -> list[Request]:
        return [one for one in self.requests if one.method not in READS]

    def state(self) -> Any:
        """The last state that was let out."""
        return json.loads(self.out.splitlines()[-1])


@dataclass
class World:
    """Everything that one journey from Kickserv to Pipedrive needs.

    Args:
        sandbox: all services.
        folder: for configuration and journal.
        files: where the tap keeps files; told apart, because their paths stand in the journal.
        journal: SQLAlchemy URL; None for a file in ``folder``.
        settings: of the target, besides where the account is.
        variables: of the environment.
    """

    loader: ClassVar[str] = "target-pipedrive"
    service: ClassVar[str] = "pipedrive"
    told_as: ClassVar[type[Outcome]] = Outcome

    sandbox: Sandbox
    folder: Path
    files: Path
    journal: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def tap(self) -> dict[str, Any]:
        """The tap's settings."""
        return {**self.sandbox.kickserv, "api": "xml", "attachments_path": str(self.files)}

    @property
    def target(self) -> dict[str, Any]:
        """The target's settings."""
        journal = self.journal or f"sqlite:///{self.folder / 'journal.db'}"
        home = {"source": "kickserv", "journal": journal}
        return {**self.access, **home, **self.settings}

    @property
    def access(self) -> dict[str, Any]:
        """The target's settings that lead to the account."""
        return self.sandbox.pipedrive

    @property
    def account(self) -> Any:
        """What the account really holds."""
        return self.sandbox.crm

    # Going on the way

    def run(self, *, tap: Mapping[str, Any] | None = None, **settings: Any) -> Outcome:
        """Let the tap's output run into the target."""
        tap_log = self.folder / "tap.log"
        with tap_log.open("wb") as log:
            reader = self._begin(
                ["tap-kickserv", "--config", self._config("tap", {**self.tap, **(tap or {})})],
                stdout=subprocess.PIPE,
                stderr=log,
            )
            outcome = self._carry_out(
                [self.loader, "--config", self._target_config(settings)], reader.stdout
            )
            code = reader.wait(SECONDS)
        assert code == 0, tap_log.read_text()
        return outcome

    def extract(self, name: str = "kickserv.singer", **settings: Any) -> Path:
        """Keep what the tap writes in a file."""
        path = self.folder / name
        with path.open("wb") as out:
            reader = self._begin(
                ["tap-kickserv", "--config", self._config("tap", {**self.tap, **settings})],
                stdout=out,
                stderr=subprocess.PIPE,
            )
            _, log = reader.communicate(timeout=SECONDS)
        assert reader.returncode == 0, log.decode()
        return path

    def load(self, singer: Path | bytes, **settings: Any) -> Outcome:
        """Load a Singer file, or lines."""
        path = singer if isinstance(singer, Path) else self.folder / "lines.singer"
        if isinstance(singer, bytes):
            path.write_bytes(singer)
        with path.open("rb") as lines:
            return self._carry_out([self.loader, "--config", self._target_config(settings)], lines)

    def start(self, singer: Path, **settings: Any) -> subprocess.Popen[bytes]:
        """Begin to load a Singer file; the caller waits."""
        with singer.open("rb") as lines:
            return self._begin(
                [self.loader, "--config", self._target_config(settings)],
                stdin=lines,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )

    def command(self, verb: str, *flags: str, **settings: Any) -> Outcome:
        """Carry out a command of the target's own."""
        config = self._target_config(settings)
        return self._carry_out(
            [f"{self.loader}-migration", verb, "--config", config, *flags], subprocess.DEVNULL
        )

    # Looking

    def listed(self) -> list[dict[str, Any]]:
        """What ``rejects`` lists, conflicts included."""
        outcome = self.command("rejects", "--format", "jsonl")
        assert outcome.code == 0, outcome.log
        return [json.loads(line) for line in outcome.out.splitlines()]

    def rejects(self) -> list[Reject]:
        """What did not land, as the judge wants it."""
        return [
            Reject(row["object"] or row["stream"], row["key"], row["rule"])
            for row in self.listed()
            if row["stage"] != CONFLICT
        ]

    def conflicts(self) -> list[tuple[str, str, str]]:
        """Object, key and field of what people changed in the destination."""
        return [
            (row["object"], row["key"], row["field"])
            for row in self.listed()
            if row["stage"] == CONFLICT
        ]

    def status(self) -> dict[str, Any]:
        outcome = self.command("status", "--format", "json")
        assert outcome.code == 0, outcome.log
        return json.loads(outcome.out)

    def truth(self, *, brings_files: bool = True) -> Truth:
        """What Kickserv holds now."""
        return Truth.of(self.sandbox, brings_files=brings_files)

    def findings(
        self,
        truth: Truth | None = None,
        rejects: Iterable[Reject] = (),
        **known: Any,
    ) -> list[str]:
        """What the judge finds; it spends none of the account's tokens."""
        budget, asked = self.sandbox.crm.budget, len(self.sandbox.requests)
        spent, budget.spent = budget.spent, 0
        try:
            crm = Crm(self.sandbox.pipedrive["api_url"], self.sandbox.crm.token or "")
            fallback = self.settings.get("fallback_owner")
            found = judge(truth or self.truth(), crm, rejects, fallback=fallback, **known)
        finally:
            budget.spent = spent
            del self.sandbox.requests[asked:]
        return [str(one) for one in found]

    def crm_row(self, name: str, key: object) -> dict[str, Any]:
        """A record of the account by its ``ks_source_id``."""
        code = self.code(name, "ks_source_id")
        [row] = [
            row
            for row in self.sandbox.crm.tables[name]
            if row["custom_fields"].get(code) == str(key)
        ]
        return row

    def code(self, name: str, field_name: str) -> str:
        """The code of a custom field in this account."""
        fields = self.sandbox.crm.fields.custom_codes(name)
        [code] = [code for code, one in fields.items() if one["field_name"] == field_name]
        return code

    def _carry_out(self, arguments: list[Any], stdin: Any) -> Outcome:
        asked, done = len(self.sandbox.requests), len(self.account.commits)
        process = self._begin(
            arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        if stdin is not subprocess.DEVNULL:
            stdin.close()  # a tap whose target ended early has to notice
        out, log = process.communicate(timeout=SECONDS)
        return self.told_as(
            process.returncode,
            out.decode(),
            log.decode(),
            tuple(one for one in self.sandbox.requests[asked:] if one.service == self.service),
            tuple(self.account.commits[done:]),
        )

    def _begin(self, arguments: list[Any], **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the plugins of this very environment
            [PROGRAMS / arguments[0], *arguments[1:]],
            cwd=self.folder,
            env=environment(**self.variables),
            **streams,
        )

    def _target_config(self, settings: Mapping[str, Any]) -> Path:
        return self._config("target", {**self.target, **settings})

    def _config(self, name: str, settings: Mapping[str, Any]) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({k: v for k, v in settings.items() if v is not None}))
        return path


class Checkpoint:
    """A loaded world to begin from: loading anew for every journey would take minutes."""

    def __init__(self, world: World) -> None:
        self.world = world
        account = world.account
        self._account = copy.deepcopy(vars(account), {id(account): account})

    def restore(self, folder: Path) -> World:
        """The same world again, with a copy of the journal in another folder."""
        world, account = self.world, self.world.account
        vars(account).clear()
        vars(account).update(copy.deepcopy(self._account, {id(account): account}))
        forget(world.sandbox)
        for path in world.folder.glob("journal.db*"):
            shutil.copy(path, folder)
        settings = dict(world.settings)
        return replace(world, folder=folder, journal=None, settings=settings, variables={})


def forget(sandbox: Sandbox) -> None:
    """Kickserv as at the start, no faults, no requests; the destination stays."""
    sandbox.clear_faults()
    sandbox.requests.clear()
    sandbox.switches.reset()
    sandbox.source.reset()


def environment(**more: str) -> dict[str, str]:
    """The environment without anything that would configure a plugin."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, **more}
