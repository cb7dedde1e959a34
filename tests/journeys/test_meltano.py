from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.project import Project

if TYPE_CHECKING:
    from tests.journeys.world import World


def test_meltano_run_migrates_and_its_commands_work_from_the_journal(fresh: World) -> None:
    project = Project(fresh, fresh.folder / "project")

    ran = project.run()

    assert ran.code == 0, ran.out + ran.log
    assert fresh.findings() == []
    assert (project.folder / ".migration" / "kickserv-pipedrive-dev.db").exists()

    told = project.invoke("status", "--format", "json")

    assert told.code == 0, told.log
    assert "customers" in told.json()["streams"]
