"""Kills a load at one moment, runs it again, and says what is wrong afterwards."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from tests.faults.loads import described

if TYPE_CHECKING:
    from tests.faults.loads import Clean, Load


class Kills:
    """Any number of kills of one load.

    Attributes:
        wrong: what was wrong after which kill, as sentences.
        worst: the most requests that a kill cost, and which one it was.
        worst_described: the most requests for descriptions that the two runs made together, beyond
            those of an undisturbed one.
    """

    def __init__(self, load: Load, clean: Clean) -> None:
        self.load = load
        self.clean = clean
        self.wrong: list[str] = []
        self.worst = 0, "none"
        self.worst_described = 0

    def at_request(self, number: int, kind: str) -> None:
        """Kill it at its request of this number; the kind says on which side of the work."""
        asked = self.clean.requests[number - 1]
        self._kill(f"{kind} {number} ({asked.method} {asked.path})", kind=kind, at=number)

    def at_commit(self, number: int, moment: str) -> None:
        """Kill it before or after its commit of this number to the journal."""
        self._kill(f"killed {moment} commit {number}", last=number, moment=moment)

    def _kill(self, where: str, kind: str = "", at: int = 0, **how: Any) -> None:
        load = self.load
        load.restart()
        before = len(load.sandbox.crm.commits)
        with load.waiting() as process:
            if kind:
                load.sandbox.fault(kind, "pipedrive", at=at, pid=process.pid)
            killed = load.run_in(process, **how)
        if killed.code != -signal.SIGKILL:
            self.wrong.append(f"{where}: ended with {killed.code}: {killed.errors}")
            return
        load.sandbox.clear_faults()
        again = load.run()
        told = load.faults_since(before, self.clean)
        if again.code:
            told.append(f"the second run ended with {again.code}: {again.errors}")
        self.wrong += [f"{where}: {one}" for one in told]
        self._count(where)

    def _count(self, where: str) -> None:
        asked = self.load.sandbox.requests
        described_more = described(asked) - described(self.clean.requests)
        # The request that was killed has to be made again, and that is no one's fault.
        others = len(asked) - len(self.clean) - described_more - (where.startswith("kill_"))
        self.worst = max(self.worst, (others, where))
        self.worst_described = max(self.worst_described, described_more)
