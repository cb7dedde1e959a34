"""The mutable Kickserv account: generated records below, edits on top."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import clock, decimals
from tests.sandbox.kickserv.children import MAKERS
from tests.sandbox.kickserv.fields import FIELDS
from tests.sandbox.kickserv.generated import ROOTS, VIEWS, Generated
from tests.sandbox.kickserv.oddities import Planted, plant
from tests.sandbox.kickserv.outline import FIRST_ADDED_ID
from tests.sandbox.kickserv.reference import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Record = dict[str, Any]

TOUCHED = ("updated_at", "updated_on")

# stream: the field that names the parent, and the parent's stream
PARENTS = {
    "contacts": ("customer_id", "customers"),
    "job_charges": ("job_id", "jobs"),
    "time_entries": ("job_id", "jobs"),
    "tasks": ("job_id", "jobs"),
    "payments": ("job_id", "jobs"),
    "payment_requests": ("job_id", "jobs"),
    "expenses": ("job_id", "jobs"),
    "attachments": ("job_id", "jobs"),
    "signatures": ("job_id", "jobs"),
}
POLYMORPHIC = {"notes": "noteable", "custom_field_assignments": "customizable"}
KINDS = {"Customer": "customers", "Job": "jobs"}


class Dataset:
    """One Kickserv account.

    Records are plain dicts of the fields in ``fields.FIELDS``, values as the JSON writes them
    (decimals and instants are text); a missing field is null. What is handed out must not be
    changed in place: use :meth:`edit`, :meth:`add`, :meth:`delete` and :meth:`remove`.

    Args:
        seed: the same seed and size always make the same account.
        customers: how many; jobs are three times as many, soft-deleted ones included.
        oddities: plant the odd values of ``oddities.ODDITIES``.
        heavy: plant those of many megabytes as well.
        base_url: where the account's files are, e.g. ``http://127.0.0.1:8710/kickserv/acme``.
    """

    planted: tuple[Planted, ...]
    """Which records hold which odd value."""

    def __init__(
        self,
        seed: int = 7,
        customers: int = 300,
        *,
        oddities: bool = True,
        heavy: bool = False,
        base_url: str = "http://127.0.0.1/kickserv/acme",
    ) -> None:
        self.seed = seed
        self.base_url = base_url
        self._generated = Generated(seed, customers, base_url)
        self._plants = (oddities, heavy)
        self.reset()

    def reset(self) -> None:
        """Undo every edit."""
        outline = self._generated.outline
        self._laid: dict[str, dict[int, Record | None]] = {stream: {} for stream in FIELDS}
        self._added_to: dict[tuple[str, str, int], list[int]] = {}
        self._lists: dict[str, Sequence[int]] = {}
        self._balance: str | None = None
        self._edits = 0
        self._next_place = {"customers": outline.customers, "jobs": outline.jobs}
        self._next_id = FIRST_ADDED_ID
        oddities, heavy = self._plants
        self.planted = plant(self, heavy=heavy) if oddities else ()

    def get(self, stream: str, record_id: int) -> Record | None:
        """Return a record, soft-deleted or not, or None if there is none of this id."""
        laid = self._laid[stream]
        return laid[record_id] if record_id in laid else self._generated.get(stream, record_id)

    def numbered(self, stream: str, number: int) -> Record | None:
        """Return the live customer or job with the number that users see, or None."""
        record_id = self._generated.outline.id_of(stream, number - 1)
        record = self.get(stream, record_id) if number > 0 else None
        return record if record and not record.get("deleted_at") else None

    def ids(self, name: str) -> Sequence[int]:
        """Return the ids, ascending, that a list shows.

        Args:
            name: a root or reference stream, or one of the views ``opportunities``, ``work`` (jobs
                that are no opportunities), ``invoices``, ``unpaid`` (invoices) and ``tasks``.
        """
        if name not in self._lists:
            self._lists[name] = self._list(name)
        return self._lists[name]

    def children(self, stream: str, parent: str, parent_id: int) -> list[Record]:
        """Return the live records of ``stream`` that belong to one customer or job."""
        laid = self._laid[stream]
        generated = self._generated.children(stream, parent, parent_id)
        rows = [laid.get(row["id"], row) for row in generated] if laid else generated
        added = [laid[row_id] for row_id in self._added_to.get((stream, parent, parent_id), ())]
        return [row for row in (*rows, *added) if row and not row.get("deleted_at")]

    def records(self, stream: str) -> Iterator[Record]:
        """Yield every live record of a stream whose parent is live: the truth to compare with."""
        if stream in REFERENCE or stream in ROOTS:
            yield from (self._known(stream, row_id) for row_id in self.ids(stream))
            return
        for parent in ROOTS:
            if (stream, parent) in MAKERS:
                for parent_id in self.ids(parent):
                    yield from self.children(stream, parent, parent_id)

    def branches(self, customer_id: int) -> list[Record]:
        """Return the live customers that have this one as their parent."""
        found = self._generated.branches(customer_id) | self._laid["customers"].keys()
        return self._below("customers", found, parent_id=customer_id)

    def jobs_of(self, customer_id: int) -> list[Record]:
        """Return a customer's live jobs and opportunities."""
        found = self._generated.jobs_of(customer_id) | self._laid["jobs"].keys()
        return self._below("jobs", found, customer_id=customer_id)

    def balance(self) -> str:
        """Return what all invoices together still await, as decimal text."""
        if self._balance is None:
            owed = (self._known("jobs", job_id) for job_id in self.ids("unpaid"))
            cents = sum(decimals.hundredths(row["balance_remaining"]) for row in owed)
            self._balance = decimals.text(cents)
        return self._balance

    def edit(self, stream: str, record_id: int, **changes: Any) -> Record:
        """Change a record as a user would, which moves its time of change.

        Raises:
            KeyError: there is no such record.
            ValueError: the stream has no such field.
        """
        record = self._known(stream, record_id)
        touched = {field: self._moment() for field in TOUCHED if field in FIELDS[stream]}
        return self.put(stream, {**record, **touched, **changes})

    def delete(self, stream: str, record_id: int) -> Record:
        """Delete softly: replies leave the record out, the account keeps it.

        Raises:
            ValueError: Kickserv deletes records of this stream for good.
        """
        return self.edit(stream, record_id, deleted_at=self._moment())

    def remove(self, stream: str, record_id: int) -> None:
        """Delete for good."""
        self._known(stream, record_id)
        self._laid[stream][record_id] = None
        self._forget()

    def add(self, stream: str, **fields: Any) -> Record:
        """Make a record; id, number and times are given out unless they are among the fields.

        A child names its parent as its record does (``job_id``, ``noteable_type`` and
        ``noteable_id`` …); payments and expenses by ``job_id`` too, although theirs lacks it.

        Raises:
            ValueError: the stream has no such field, or the parent is not named.
        """
        now = self._moment()
        times = {"created_at": now, "created_on": now, **dict.fromkeys(TOUCHED, now)}
        record = {name: value for name, value in times.items() if name in FIELDS[stream]}
        if stream in ROOTS:
            place = self._next_place[stream]
            self._next_place[stream] += 1
            number = "customer_number" if stream == "customers" else "job_number"
            record |= {"id": self._generated.outline.id_of(stream, place), number: place + 1}
            return self.put(stream, record | fields)
        record["id"] = self._next_id
        self._next_id += 1
        if stream not in REFERENCE:
            home = self._home(stream, fields)
            if stream in PARENTS and PARENTS[stream][0] not in FIELDS[stream]:
                del fields[PARENTS[stream][0]]
            self._added_to.setdefault((stream, *home), []).append(record["id"])
        return self.put(stream, record | fields)

    def put(self, stream: str, record: Record) -> Record:
        """Lay a whole record over the generated one without touching its time of change.

        Raises:
            ValueError: the stream has no such field.
        """
        unknown = record.keys() - FIELDS[stream].keys()
        if unknown:
            raise ValueError(f"{stream} have no field {', '.join(sorted(unknown))}")
        self._laid[stream][record["id"]] = record
        self._forget()
        return record

    def _forget(self) -> None:
        self._lists.clear()
        self._balance = None

    def _known(self, stream: str, record_id: int) -> Record:
        record = self.get(stream, record_id)
        if record is None:
            raise KeyError(f"{stream} {record_id}: no such record")
        return record

    def _below(self, stream: str, ids: set[int], **link: int) -> list[Record]:
        """Return the live records among ``ids`` whose link really points to the parent."""
        [(field, parent_id)] = link.items()
        rows = (self.get(stream, row_id) for row_id in sorted(ids))
        live = (row for row in rows if row and not row.get("deleted_at"))
        return [row for row in live if row.get(field) == parent_id]

    def _moment(self) -> str:
        self._edits += 1
        return clock.stamp(clock.NOW + self._edits)

    def _home(self, stream: str, fields: Record) -> tuple[str, int]:
        if stream in POLYMORPHIC:
            prefix = POLYMORPHIC[stream]
            field, parent = f"{prefix}_id", KINDS.get(fields.get(f"{prefix}_type", ""))
        else:
            field, parent = PARENTS[stream]
        if parent is None or field not in fields:
            raise ValueError(f"{stream}: a new record has to name its parent in {field}")
        return parent, fields[field]

    def _list(self, name: str) -> Sequence[int]:
        shown = VIEWS.get(name, lambda _row: True)
        laid = self._laid["jobs" if name in VIEWS else name]
        if name == "tasks":
            ids = [task for job_id in self.ids("jobs") for task in self._generated.task_ids(job_id)]
        else:
            ids = self._generated.ids(name)
        ids = [row_id for row_id in ids if row_id not in laid]
        for row_id, row in laid.items():
            if row and not row.get("deleted_at") and shown(row):
                ids.insert(bisect_left(ids, row_id), row_id)
        return ids
