from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.journeys.world import PROGRAMS, SECONDS, environment

if TYPE_CHECKING:
    from tests.journeys.world import World

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def project(fresh: World) -> Path:
    """Our own project in another folder, with the plugins of this environment."""
    folder = fresh.folder / "project"
    folder.mkdir()
    told = yaml.safe_load((PROJECT / "meltano.yml").read_text(encoding="utf-8"))
    for plugins in told["plugins"].values():
        for plugin in plugins:
            # Without pip_url Meltano takes what is there and installs nothing.
            del plugin["pip_url"]
            plugin["executable"] = str(PROGRAMS / plugin["executable"])
            for command in plugin.get("commands", {}).values():
                command["executable"] = str(PROGRAMS / command["executable"])
    (folder / "meltano.yml").write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


def _meltano(fresh: World, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings: dict[str, Any] = {
        **{f"TAP_KICKSERV_{name.upper()}": value for name, value in fresh.tap.items()},
        **{
            f"TARGET_PIPEDRIVE_{name.upper()}": value
            for name, value in {**fresh.sandbox.pipedrive, **fresh.settings}.items()
        },
    }
    return subprocess.run(  # noqa: S603 - Meltano of this very environment
        [PROGRAMS / "meltano", *arguments],
        cwd=project,
        env=environment(**settings, MELTANO_PROJECT_ROOT=str(project), PATH=os.environ["PATH"]),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_meltano_run_migrates_and_its_commands_work_from_the_journal(
    fresh: World, project: Path
) -> None:
    ran = _meltano(fresh, project, "run", "tap-kickserv", "target-pipedrive")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert fresh.findings() == []
    assert (project / ".migration" / "kickserv-pipedrive-dev.db").exists()

    told = _meltano(fresh, project, "invoke", "target-pipedrive:status", "--format", "json")

    assert told.returncode == 0, told.stderr
    assert '"customers"' in told.stdout
