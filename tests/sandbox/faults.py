"""Faults: what goes wrong, with which request, how often."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.sandbox.fault_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sandbox.exchange import Exchange


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: one of :data:`tests.sandbox.fault_kinds.KINDS`.
        service: ``kickserv`` or ``pipedrive``; None for any.
        method: the verb; None for any.
        path: a regular expression that is searched for in the path; None for any.
        skip: how many matching requests go well first.
        times: how many go wrong then; None for all.
        at: the request that goes wrong, by its number among all requests to the service since the
            fault was armed, from 1. It must match too; instead of ``skip``.
        share: the part of the matching requests that go wrong, drawn from ``seed``.
        seed: see ``share``.
        status: of ``server_error`` and ``html_page``.
        retry_after: the header of ``rate_limited``, seconds or a date; None for no header.
        headers: more headers for the replies that a fault makes up.
        body: instead of the usual text of the replies that a fault makes up.
        seconds: how long ``slow`` takes for one reply.
        after: ``late_commit`` happens after so many further requests to the service; None: only
            when it is released.
        pid: the process that ``kill_before`` and ``kill_after`` kill.
    """

    kind: str
    service: str | None = None
    method: str | None = None
    path: str | None = None
    skip: int = 0
    times: int | None = 1
    at: int | None = None
    share: float = 1.0
    seed: int = 0
    status: int = 500
    retry_after: float | str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    seconds: float = 1.0
    after: int | None = None
    pid: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could never happen, so that a test cannot pass by a misspelt fault."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind}: no such fault; there are {', '.join(sorted(KINDS))}")
        if self.kind.startswith("kill_") and not self.pid:
            raise ValueError(f"{self.kind}: pid is missing")
        if self.at is not None and self.skip:
            raise ValueError(f"{self.kind}: at and skip exclude each other")
        re.compile(self.path or "")


class Armed:
    """A fault in place.

    Attributes:
        number: its name for the control address.
        hits: how many requests have gone wrong by it.
        held: the work of dropped requests that is still to be done.
    """

    def __init__(self, number: int, fault: Fault) -> None:
        self.number = number
        self.fault = fault
        self.hits = 0
        self.held: list[Held] = []
        self._seen = 0
        self._matched = 0
        self._rng = random.Random(fault.seed)

    def strikes(self, service: str, method: str, path: str) -> bool:
        """Count one request and tell whether it goes wrong."""
        fault = self.fault
        if fault.service not in {None, service}:
            return False
        self._seen += 1
        if fault.method not in {None, method} or not re.search(fault.path or "", path):
            return False
        self._matched += 1
        turn = self._seen == fault.at if fault.at is not None else self._matched > fault.skip
        spent = fault.times is not None and self.hits >= fault.times
        if not turn or spent or (fault.share < 1 and self._rng.random() >= fault.share):
            return False
        self.hits += 1
        return True


@dataclass
class Held:
    """The work of a request whose connection was dropped before it was done."""

    service: str
    work: Callable[[], Awaitable[object]]
    left: int | None


class Faults:
    """All faults in place, in the order in which they were armed; the first that strikes rules."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []
        self._count = 0

    def __iter__(self):
        return iter(self._armed)

    def arm(self, fault: Fault) -> Armed:
        self._count += 1
        armed = Armed(self._count, fault)
        self._armed.append(armed)
        return armed

    def find(self, number: int) -> Armed:
        """Return a fault by its number.

        Raises:
            KeyError: it is not, or no longer, in place.
        """
        for armed in self._armed:
            if armed.number == number:
                return armed
        raise KeyError(f"fault {number} is not in place")

    def clear(self) -> None:
        """Take all faults away; held work is never done."""
        self._armed.clear()

    def match(self, service: str, method: str, path: str) -> Armed | None:
        struck = [armed for armed in list(self._armed) if armed.strikes(service, method, path)]
        for late in struck[1:]:
            late.hits -= 1
        return struck[0] if struck else None

    async def happen(self, armed: Armed, service: str, exchange: Exchange) -> None:
        """Let a request go wrong."""
        if armed.fault.kind == "late_commit":
            armed.held.append(Held(service, exchange.capture, armed.fault.after))
        await KINDS[armed.fault.kind](armed.fault, service, exchange)

    async def answered(self, service: str, struck: Armed | None) -> None:
        """Count a request as further for held work, and do the work whose time has come."""
        for armed in list(self._armed):
            for held in list(armed.held) if armed is not struck else []:
                if held.service != service or held.left is None:
                    continue
                held.left -= 1
                if held.left <= 0:
                    armed.held.remove(held)
                    await held.work()

    async def release(self, armed: Armed) -> None:
        """Do the held work of a fault now."""
        while armed.held:
            await armed.held.pop(0).work()
