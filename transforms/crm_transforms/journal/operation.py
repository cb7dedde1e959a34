"""One operation: as it is intended, and as it is read back.

Neither is a frozen dataclass: one of those takes four times as long to make, and every record that
is loaded makes one of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import Kind, Status
    from crm_transforms.journal.links import Origin
    from crm_transforms.journal.payload import Payload

UNDO = "undo"
"""The action of operations that take others back, and the stage of rejects that say why not."""


class Intent(NamedTuple):
    """One change that is about to be requested.

    Attributes:
        object: the mapping's object.
        target: the destination's name of the object.
        kind: create, update, delete or act.
        key: the record's key within the mapping's object.
        destination_id: the record's id; ``None`` for a create.
        fields: what is sent: the whole record of a create, of an update only what changes.
        before: the record as it was there, where it was read (for undo).
        after: the record as it will be; for a create, ``fields`` when not given.
        action: the declared action's name, for :attr:`Kind.ACT`; of others, why they are done.
        undoes: the operation that this one takes back, where it does so wholly.
        input_fp: fingerprint of everything the record was mapped from.
        desired_fp: fingerprint of the record that is wanted.
        origin: what the link says once a create has landed.
        row_key: the key of its row in the stream; ``None`` where it is ``key``, or there is none.
    """

    object: str
    target: str
    kind: Kind
    key: str
    destination_id: str | None = None
    fields: bytes = b"{}"
    before: bytes | None = None
    after: bytes | None = None
    action: str | None = None
    undoes: int | None = None
    input_fp: bytes | None = None
    desired_fp: bytes | None = None
    origin: Origin = "created"
    row_key: str | None = None


@dataclass(slots=True)
class OperationRecord:
    """One journalled operation; what it shares with :class:`Intent` means the same.

    Attributes:
        id: the journal's number, rising.
        run_id: the run that intended it.
        identity: the destination.
        status: the latest verdict; ``None`` while there is none.
        code: the API's code, with ``message`` and ``fault_fields`` as it gave them.
        handle: what to rejoin, where one was told.
        intended_at: UTC instant.
        decided_at: UTC instant; ``None`` while the operation is open.
    """

    id: int
    run_id: int
    identity: str
    object: str
    target: str
    kind: Kind
    key: str
    row_key: str | None
    action: str | None
    undoes: int | None
    origin: Origin
    destination_id: str | None
    input_fp: bytes | None
    desired_fp: bytes | None
    status: Status | None
    code: str
    message: str
    fault_fields: tuple[str, ...]
    handle: str | None
    intended_at: str
    decided_at: str | None
    payload: Payload

    @property
    def fields(self) -> bytes:
        return self.payload.fields

    @property
    def before(self) -> bytes | None:
        return self.payload.before

    @property
    def after(self) -> bytes | None:
        return self.payload.after


@dataclass(slots=True)
class OpenOperation(OperationRecord):
    """One that was intended and of which nobody knows yet what became of it.

    Attributes:
        marks: high-water marks by object, taken before it was sent.
    """

    marks: Mapping[str, str]
