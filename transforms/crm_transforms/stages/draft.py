"""Drafts: records on their way from a row to a change, each with what could be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode, fingerprint
from crm_transforms.journal import UNDO, Reject
from crm_transforms.mapping import RowError, overflow_text
from crm_transforms.stages.references import MissingParentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Value
    from crm_transforms.stages.ledger import Ledger
    from crm_transforms.stages.references import ReferenceResolver
    from crm_transforms.stages.scope import ScopedRow
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

CONFLICT = "conflict"
"""The stage of rejects that list what people changed."""
LISTED_ONLY = frozenset({CONFLICT, UNDO})
"""Stages of rejects that fail nothing: what people changed, what a rollback kept."""


@dataclass(slots=True)
class Draft:
    """One record that a row gives.

    Attributes:
        ref_keys: what it refers to; ``refs`` the ids there; ``missing`` the fields left out because
            what they refer to has not landed.
        input_fp: of everything that it is made from; ``desired_fp`` of what it is to be.
        repair: what landed of it differs from what was wanted, so all of it is written again.
    """

    scoped: ScopedRow
    key: str
    item: Any = None
    index: int = 0
    ref_keys: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    input_fp: bytes = b""
    desired: dict[str, Value] = field(default_factory=dict)
    desired_fp: bytes = b""
    repair: bool = False

    @property
    def own_key(self) -> str:
        """A key that no other row's record has."""
        return f"{self.key} (row {self.scoped.key})"

    @property
    def row_key(self) -> str | None:
        """The key of its row, where that is another one."""
        return None if self.scoped.key == self.key else self.scoped.key


class Drafter:
    """Makes the drafts of one mapping object and collects why some cannot be made."""

    def __init__(
        self, work: Work, references: ReferenceResolver, ledger: Ledger, obj: PlannedSubject
    ) -> None:
        self._work = work
        self._references = references
        self._ledger = ledger
        self._obj = obj
        self._dropped = work.dropped.get(obj.name, {})
        self._left_out = frozenset(work.unwritable.get(obj.name, ()))
        self._base = fingerprint(obj.hash.encode(), *(name.encode() for name in self._dropped))
        self.rejects: list[tuple[Draft, Reject]] = []

    def drafts(self, rows: Sequence[ScopedRow]) -> list[Draft]:
        """The records that rows give, with what they refer to."""
        drafts: dict[str, Draft] = {}
        for scoped in rows:
            try:
                if scoped.error is not None:
                    raise scoped.error
                for key, item, index in self._obj.records(scoped.row, scoped.joined):
                    if self._references.is_user(self._obj.name, key):
                        continue
                    ref_keys = self._obj.ref_keys(scoped.row, scoped.joined, item, index)
                    if self._obj.uses_stream_key:
                        key = scoped.key  # noqa: PLW2901 - the row's own key stands for it
                    draft = Draft(scoped, key, item, index, ref_keys)
                    if drafts.setdefault(key, draft) is not draft:
                        self.reject_double(draft)
            except RowError as error:
                draft = Draft(scoped, scoped.key)
                draft.input_fp = fingerprint(self._base, *scoped.fingerprints)
                self._reject_row(draft, error)
        return list(drafts.values())

    def resolve(self, draft: Draft) -> bool:
        """Find the ids it refers to and fingerprint its input; false where it has to wait."""
        fingerprints = draft.scoped.fingerprints
        try:
            draft.refs, draft.missing = self._references.resolve(self._obj, draft.ref_keys)
        except MissingParentError as error:
            draft.input_fp = fingerprint(self._base, *fingerprints)
            self.reject(
                draft, field_name=error.field, rule=error.rule, message=str(error), code=error.code
            )
            return False
        draft.input_fp = fingerprint(
            self._base, *fingerprints, encode(draft.refs), encode(draft.missing)
        )
        return True

    def build(self, draft: Draft) -> bool:
        """Map it; false where its row cannot be mapped."""
        scoped = draft.scoped
        try:
            desired = self._obj.build(
                scoped.row, scoped.joined, draft.item, draft.index, draft.refs
            )
        except RowError as error:
            self._reject_row(draft, error)
            return False
        for name in (*draft.missing, *self._left_out):
            desired.pop(name, None)
        if self._obj.overflow is not None and self._obj.overflow.name not in self._dropped:
            desired[self._obj.overflow.name] = overflow_text(desired, self._dropped)
        for name in self._dropped:
            desired.pop(name, None)
        draft.desired = {name: value for name, value in desired.items() if value is not None}
        draft.desired_fp = fingerprint(encode(draft.desired))
        return True

    def conflicts(self, draft: Draft, found: Sequence[tuple[str, Any, Any]]) -> None:
        """Remember what people changed until the rest has landed, which clears what was rejected.

        Args:
            draft: the record.
            found: (field, wanted, there); without a field, ``there`` is a sentence.
        """
        for name, wanted, there in found:
            message = f"wanted {wanted!r}; somebody set {there!r}" if name else str(there)
            self._work.tally(self._obj.name).conflicts += 1
            self._work.conflicts.append(
                self._rejection(draft, name, "changed by a person", message, stage=CONFLICT)
            )

    def reject(
        self, draft: Draft, *, rule: str, message: str, field_name: str = "", code: str = ""
    ) -> None:
        """Say why a record cannot be written, and count it."""
        tally = self._work.tally(self._obj.name)
        if code.startswith("PARENT"):
            tally.waiting += 1
        else:
            tally.rejected += 1
        self.rejects.append((draft, self._rejection(draft, field_name, rule, message, code=code)))

    def reject_double(self, draft: Draft) -> None:
        """Say that another row has taken its key.

        It is rejected under a key of its own: under the shared one, the landing of the other record
        would clear it.
        """
        message = f"another row's record has the key {draft.key}"
        draft.key = draft.own_key
        self.reject(draft, rule="key", message=message)

    def flush(self) -> None:
        """Hand the rejects on."""
        if self.rejects:
            self._ledger.reject(self.rejects)
            self.rejects = []

    def _reject_row(self, draft: Draft, error: RowError) -> None:
        self.reject(draft, field_name=error.field, rule=error.rule, message=error.message)

    def _rejection(
        self,
        draft: Draft,
        field_name: str,
        rule: str,
        message: str,
        *,
        code: str = "",
        stage: str = "map",
    ) -> Reject:
        return Reject(
            stage=stage,
            stream=self._obj.stream or "",
            object=self._obj.name,
            key=draft.key,
            row_key=draft.row_key,
            field=field_name,
            rule=rule,
            code=code,
            message=message,
            place=self._obj.place(field_name),
            input_fp=draft.input_fp,
            identity=self._work.identity.id,
        )
