"""A business on its way from Kickserv to Salesforce."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar

from tests.journeys.world import Outcome, World
from tests.oracle.salesforce import Reader, Ways, judge, snapshot
from tests.oracle.salesforce.reader import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.oracle import Reject, Truth
    from tests.oracle.salesforce.snapshot import Snapshot
    from tests.sandbox.request_log import Request

SHIPPED = files("crm_transforms") / "mappings" / "kickserv_to_salesforce.yml"
QUESTION = re.compile(r"/oauth2/|/composite/sobjects/\w+$|/Soap/")
"""Addresses that a POST only asks something of."""


@dataclass(frozen=True)
class OrgOutcome(Outcome):
    """How a process ended that had to do with Salesforce."""

    @property
    def writes(self) -> list[Request]:
        return [one for one in super().writes if not is_question(one)]

    @property
    def reads(self) -> list[Request]:
        return [*super().reads, *(one for one in super().writes if is_question(one))]


def is_question(request: Request) -> bool:
    return request.method == "POST" and QUESTION.search(request.path) is not None


@dataclass
class OrgWorld(World):
    """Everything that one journey from Kickserv to Salesforce needs.

    Args:
        ways: which way jobs, invoices and notes go.
        lines: what the tap says of Kickserv as it is at the start.
    """

    loader: ClassVar[str] = "target-salesforce"
    service: ClassVar[str] = "salesforce"
    told_as: ClassVar[type[Outcome]] = OrgOutcome

    ways: Ways = field(default_factory=Ways)
    lines: Path | None = None

    @property
    def access(self) -> dict[str, Any]:
        """The target's settings that lead to the org."""
        return self.sandbox.salesforce

    @property
    def account(self) -> Any:
        """What the org really holds."""
        return self.sandbox.org

    @property
    def target(self) -> dict[str, Any]:
        """The target's settings; a document of its own where the ways are not the shipped ones."""
        if self.ways == Ways():
            return super().target
        return {**super().target, "mapping": str(self.document(**self.ways.parameters))}

    def load_all(self, **settings: Any) -> Outcome:
        """Load what Kickserv holds at the start, without asking it again."""
        assert self.lines is not None
        return self.load(self.lines, **settings)

    def document(self, **parameters: str) -> Any:
        """A copy of the shipped document with other parameters."""
        text = SHIPPED.read_text(encoding="utf-8")
        for name, value in parameters.items():
            text, count = re.subn(rf"(?m)^  {name}: [^#\n]*", f"  {name}: {value} ", text)
            assert count == 1, name
        path = self.folder / "mapping.yml"
        path.write_text(text, encoding="utf-8")
        return path

    # Looking; what a test asks is none of the requests that it counts

    def reader(self) -> Reader:
        return Reader.of(self.sandbox.salesforce)

    def snapshot(self) -> Snapshot:
        """The org as its API shows it."""
        asked = len(self.sandbox.requests)
        shown = snapshot(self.reader())
        del self.sandbox.requests[asked:]
        return shown

    def findings(
        self, truth: Truth | None = None, rejects: Iterable[Reject] = (), **known: Any
    ) -> list[str]:
        """What the judge finds."""
        asked = len(self.sandbox.requests)
        fallback = self.settings.get("fallback_owner")
        found = judge(
            truth or self.truth(),
            self.reader(),
            rejects,
            ways=self.ways,
            fallback=fallback,
            **known,
        )
        del self.sandbox.requests[asked:]
        return [str(one) for one in found]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The records of an object as the API shows them."""
        asked = len(self.sandbox.requests)
        rows = self.reader().rows(name)
        del self.sandbox.requests[asked:]
        return rows

    def row(self, name: str, key: object) -> dict[str, Any]:
        """A record by its key."""
        [row] = [row for row in self.rows(name) if row[KEY] == str(key)]
        return row
