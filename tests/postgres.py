"""A private PostgreSQL for the tests: its own cluster in a temporary folder, on a unix socket."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("initdb", "pg_ctl", "postgres")
UNPRIVILEGED = ("postgres", "nobody")
SECONDS_TO_START = 60
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "50",
    "shared_buffers": "64MB",
}
MISSING = (
    "The journal is tested on PostgreSQL as well, and its server is not here. Install it: "
    "apt-get install --yes postgresql (macOS: brew install postgresql)"
)


class Cluster:
    """A running server.

    Attributes:
        folder: holds its data, its log and its socket.
        user: its superuser, also the operating system's owner of ``folder``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.programs = _find_programs()
        self.user = _unprivileged_user()
        if self.user != getpass.getuser():
            shutil.chown(folder, self.user)

    def start(self) -> None:
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", f"--username={self.user}", "--no-sync"
        )
        settings = {**SETTINGS, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run(
            "pg_ctl",
            "start",
            "--wait",
            f"--timeout={SECONDS_TO_START}",
            f"--log={self.folder / 'log'}",
            f"--options={options}",
        )

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate")

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={quote(str(self.folder))}"

    def execute(self, statement: str) -> None:
        """Run one statement outside of a transaction, as the superuser."""
        with psycopg.connect(
            host=str(self.folder), user=self.user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        # No server starts as root, and pytest would wait for a descriptor that it inherits.
        done = subprocess.run(  # noqa: S603 - the programs were found above
            [self.programs / program, "--pgdata", self.data, *arguments],
            user=self.user if os.getuid() == 0 else None,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{program} failed: {done.stderr.strip()}", pytrace=False)


def _find_programs() -> Path:
    candidates = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    told = shutil.which("pg_config")
    if told:
        where = subprocess.run(  # noqa: S603 - the program was found in PATH
            [told, "--bindir"], capture_output=True, text=True, check=True
        )
        candidates.insert(0, Path(where.stdout.strip()))
    candidates.extend(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    for folder in candidates:
        if all((folder / program).exists() for program in PROGRAMS):
            return folder
    pytest.fail(MISSING, pytrace=False)


def _unprivileged_user() -> str:
    if os.getuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    for user in UNPRIVILEGED:
        if user in known:
            return user
    pytest.fail(f"As root, the tests need one of the users {', '.join(UNPRIVILEGED)}.")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One server for the whole session. Fails, never skips, where none is installed."""
    # Not pytest's own folder: a socket's path is at most 107 bytes long, and that one is root's.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    cluster = Cluster(folder)
    try:
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def journal_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty place for a journal, in each of the databases that can hold one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'journal' / 'migration.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"journal_{os.urandom(6).hex()}"
    cluster.execute(f"CREATE DATABASE {name}")
    yield cluster.url(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
