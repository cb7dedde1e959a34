"""The commands of the house: what make and scripts/ offer is what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((ROOT / "scripts").iterdir())
TARGETS = re.findall(r"^([a-z]\S*):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  the commands are this repository's own
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


def call(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    interpreter = [sys.executable] if b"python" in script.read_bytes().split(b"\n")[0] else []
    return run(*interpreter, script, *arguments)


def test_make_alone_lists_every_target() -> None:
    listed = [line.split()[0] for line in run("make", "--no-print-directory").stdout.splitlines()]
    assert listed == TARGETS


def test_every_target_is_phony() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(TARGETS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_explains_itself(script: Path) -> None:
    answer = call(script, "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"usage: scripts/{script.name}")


@pytest.mark.parametrize(
    "script",
    [script for script in SCRIPTS if script.name != "debian-package"],
    ids=lambda path: path.name,
)
def test_a_script_refuses_what_it_does_not_know(script: Path) -> None:
    answer = call(script, "--no-such-option")
    assert answer.returncode == 2
    assert "usage:" in answer.stderr
