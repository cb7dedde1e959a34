"""The tap as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv, Reply, Request

if TYPE_CHECKING:
    from pathlib import Path

TAP = (sys.executable, "-m", "tap_kickserv")


def _config(kickserv: Kickserv, folder: Path, **settings: object) -> Path:
    path = folder / "config.json"
    path.write_text(
        json.dumps(
            {
                "api": "xml",
                "api_url": kickserv.url,
                "account_slug": SLUG,
                "api_token": TOKEN,
                "token_wait_seconds": 60,
                **settings,
            },
        ),
    )
    return path


def _environment(**variables: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TAP_KICKSERV_", "MELTANO_"))}
    return {**kept, **variables}


def _run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [*TAP, *arguments],
        env=_environment(**variables),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _records(output: str) -> list[dict[str, object]]:
    return [m for m in map(json.loads, output.splitlines()) if m["type"] == "RECORD"]


def test_settings_come_from_the_environment(account: Kickserv, tmp_path: Path) -> None:
    done = _run(
        tmp_path,
        "--config",
        "ENV",
        TAP_KICKSERV_API_URL=account.url,
        TAP_KICKSERV_ACCOUNT_SLUG=SLUG,
        TAP_KICKSERV_API_TOKEN=TOKEN,
        TAP_KICKSERV_CONCURRENCY="2",
    )
    assert done.returncode == 0
    assert len(_records(done.stdout)) > 30
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize("place", ["config.json", ".env"])
def test_a_token_that_is_replaced_midway_costs_nothing(
    account: Kickserv,
    tmp_path: Path,
    place: str,
) -> None:
    config = _config(account, tmp_path)

    def replace(request: Request) -> None:
        if request.path.endswith("/jobs.xml") and request.query["page"] == "1":
            account.token = "token-of-tomorrow"
            if place == ".env":
                (tmp_path / place).write_text("TAP_KICKSERV_API_TOKEN=token-of-tomorrow\n")
            else:
                _config(account, tmp_path, api_token="token-of-tomorrow")

    account.after = replace
    done = _run(tmp_path, "--config", str(config))
    assert done.returncode == 0
    jobs = [r["record"]["id"] for r in _records(done.stdout) if r["stream"] == "jobs"]
    assert jobs == [5001, 5002, 5003, 5004, 5005, 5901]
    assert "Going on with a new API token" in done.stderr


def test_a_token_that_is_never_replaced_ends_the_run_with_what_to_do(
    account: Kickserv,
    tmp_path: Path,
) -> None:
    account.after = lambda request: setattr(
        account,
        "token",
        "unknown" if request.path.endswith("/jobs.xml") else account.token,
    )
    done = _run(tmp_path, "--config", str(_config(account, tmp_path, token_wait_seconds=0)))
    assert done.returncode != 0
    assert "Copy the new one from My Account > API token" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_does_not_end_like_a_finished_one(
    account: Kickserv,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    reached, released = threading.Event(), threading.Event()

    def hold(request: Request) -> Reply | None:
        if request.query["page"] == "2":
            reached.set()
            released.wait(30)
        return None

    account.on(f"/{SLUG}/jobs.xml", hold)
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        [*TAP, "--config", str(_config(account, tmp_path))],
        env=_environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert reached.wait(30)
        process.send_signal(number)
        output, _ = process.communicate(timeout=10)
    released.set()
    assert process.returncode == 128 + number
    whole = {m["stream"] for m in map(json.loads, output.splitlines()) if "version" in m}
    assert "jobs" not in whole


def test_a_missing_setting_ends_the_run_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    done = _run(tmp_path, "--config", "config.json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "`account_slug` and `api_token` must be set" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_connection_test_reads_one_record_of_each_stream(
    account: Kickserv,
    tmp_path: Path,
) -> None:
    done = _run(tmp_path, "--config", str(_config(account, tmp_path)), "--test")
    assert done.returncode == 0
    streams = [record["stream"] for record in _records(done.stdout)]
    assert len(streams) == len(set(streams)) == 22
    assert "ACTIVATE_VERSION" not in [
        json.loads(line)["type"]
        for line in done.stdout.splitlines()
        if json.loads(line).get("stream") == "customers"
    ]


def test_a_reader_that_leaves_ends_the_run_with_a_sentence(
    account: Kickserv,
    tmp_path: Path,
) -> None:
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        [*TAP, "--config", str(_config(account, tmp_path))],
        env=_environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 1
    assert "Nobody reads the output any more." in said
    assert "Traceback" not in said
