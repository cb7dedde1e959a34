"""What every stage of one run shares."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from crm_transforms.stages.totals import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from crm_transforms.destination import Destination, FieldSpec, Identity, Kind, Progress, Value
    from crm_transforms.journal import Journal, Reject
    from crm_transforms.journal.links import Origin
    from crm_transforms.stages.subject import Plannable, Subject


def no_progress(_object: str, _done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(slots=True)
class Options:
    """What a person decides about a run, from settings and flags.

    Attributes:
        fallback_owner: e-mail or id of the user who owns what nobody else can own; empty means the
            user whose credentials are used.
        force: overwrite what somebody changed in the destination.
        retry: take up rejected records again although nothing has changed.
        settle: seconds to wait before the destination is asked what became of a silent request.
    """

    fallback_owner: str = ""
    force: bool = False
    retry: bool = False
    settle: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)


@dataclass(slots=True)
class Change:
    """One record that must be written.

    Attributes:
        fields: what is sent: the whole record for a create, what changes for an update.
        after: the mapped record as it will stand.
        before: the values that ``fields`` will replace, for the way back.
        stream: of the row that it comes from.
        input_fp: of row, joins, references and mapping; desired_fp: of ``after``; ``None`` lets
            the next load plan the record anew.
        action, undoes, row_key: as in :class:`~crm_transforms.journal.Intent`.
    """

    obj: Subject
    key: str
    kind: Kind
    fields: dict[str, Value]
    after: dict[str, Value]
    before: dict[str, Value] | None
    destination_id: str | None
    stream: str
    input_fp: bytes | None
    desired_fp: bytes | None
    origin: Origin = "created"
    action: str | None = None
    undoes: int | None = None
    row_key: str | None = None


@dataclass(slots=True)
class Work:
    """One run over one migration.

    Attributes:
        dropped: mapping object to the custom fields that the account has no room for.
        optionless: mapping object to choice fields that cannot be made before an option is known.
        unwritable: mapping object to the fields that these credentials may not set.
        conflicts: fields that people changed, kept in the journal once the object is loaded.
        findings: what a person should know, by (object, sentence).
        only: keys of the rows that are loaded, by mapping object; all rows of objects that are
            left out, and of all objects by default. Nothing is concluded from what is not loaded.
    """

    journal: Journal
    destination: Destination
    mapping: Plannable
    identity: Identity
    run_id: int
    options: Options = field(default_factory=Options)
    progress: Progress = no_progress
    sleep: Callable[[float], Any] = time.sleep
    tallies: dict[str, Tally] = field(default_factory=dict)
    dropped: dict[str, dict[str, FieldSpec]] = field(default_factory=dict)
    optionless: dict[str, dict[str, FieldSpec]] = field(default_factory=dict)
    unwritable: dict[str, set[str]] = field(default_factory=dict)
    conflicts: list[Reject] = field(default_factory=list)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    only: Mapping[str, Collection[str]] | None = None

    def apart(self) -> Work:
        """The same run with counts and findings of its own, for looking ahead or back."""
        return replace(
            self,
            tallies={},
            dropped={},
            optionless={},
            unwritable={},
            conflicts=[],
            findings=Counter(),
        )

    def tally(self, name: str) -> Tally:
        """Count here what becomes of one object's records."""
        tally = self.tallies.get(name)
        if tally is None:
            tally = self.tallies[name] = Tally()
        return tally
