"""The way back of the scenario's loads, from where they have ended."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from tests.faults import accounts, programs
from tests.faults.loads import Load
from tests.sandbox.pipedrive.snapshot import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.loads import Clean
    from tests.faults.processes import Process
    from tests.sandbox import Sandbox


class Rollback(Load):
    """A rollback that can be brought back to its beginning.

    Args:
        sandbox: with the account.
        folder: for journal, settings and Singer files.
        loads: how many of the scenario's two loads have been carried out.
        settings: of the target.
    """

    def __init__(self, sandbox: Sandbox, folder: Path, loads: int, **settings: Any) -> None:
        super().__init__(sandbox, folder, **settings)
        self._is_loaded = False
        self._before = snapshot(sandbox.crm)
        if loads > 1:
            self.go_on()
        assert self.run().code == 0
        self._is_loaded = True
        self._account = accounts.keep(sandbox.crm)
        self._kept = folder / f"after {loads}"
        shutil.copytree(self.journal.parent, self._kept)
        sandbox.requests.clear()

    def start_in(self, process: Process, **how: Any) -> None:
        """Begin to take the loads back."""
        if not self._is_loaded:
            super().start_in(process, **how)
            return
        self.configure()
        arguments = ["rollback", "--yes", "--config", str(self.config)]
        process.start(programs.migration, arguments, **how)

    def faults_since(self, before: int, clean: Clean) -> list[str]:
        """How the account differs from what it was before the first load."""
        told = super().faults_since(before, clean)
        now = snapshot(self.sandbox.crm)
        return told + [
            f"{name} are not as they were" for name in now if now[name] != self._before[name]
        ]
