"""One Salesforce org: its objects, its records, its people, and the switches tests turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import deletion, describes, rules, soql
from tests.sandbox.salesforce.access import Access
from tests.sandbox.salesforce.auth import open_session
from tests.sandbox.salesforce.human import Human
from tests.sandbox.salesforce.ids import make_id, whole_id
from tests.sandbox.salesforce.index import Index
from tests.sandbox.salesforce.problem import Problem, RefusalError, Saved, failed
from tests.sandbox.salesforce.sobject import AUDIT, Field, Sobject, read_tables
from tests.sandbox.salesforce.start import furnish
from tests.sandbox.salesforce.values import check_of, show_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.sandbox.salesforce.values import Checked

Row = dict[str, Any]
BORN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
SETUP = frozenset(
    {"User", "Profile", "Organization", "PermissionSet", "PermissionSetAssignment",
     "FieldPermissions", "ObjectPermissions", "Group", "ContentVersion", "ContentDocument"}
)  # fmt: skip
"""Objects whose records take no data storage."""
ALL_OR_NONE = "Record rolled back because not all records were valid and the request was using AllOrNone header"


@dataclass(frozen=True)
class Commit:
    """Something that took effect."""

    number: int
    operation: str
    sobject: str
    id: str
    fields: Row = field(default_factory=dict)


class Org:
    """An org as its API sees it.

    Attributes:
        audit_fields: whether the run-as user may set CreatedDate and the like on create.
        orders_enabled: whether there are Orders.
        notes_enabled: whether there are Enhanced Notes.
        daily_requests: requests allowed in 24 hours; used_requests: so far.
        most_custom_fields: that an object may have.
        edition: as Organization.OrganizationType tells it.
        commits: all that took effect.
        locked: ids of records that somebody holds just now.
        job_polls: how often a job is asked before it is done; None: it is stuck.
        job_stops_after: rows after which jobs fail half way; None: they do not.
        job_shuffle: the seed by which results are shuffled; None: they are not.
        job_short: rows that are missing from the end of successful results.
    """

    client_id = "sandbox-client"
    client_secret = "sandbox-client-secret"
    username = "integration@acme.example"
    secret = "sandbox-password"
    security_token = "sandbox-security-token"
    refresh_token = "sandbox-refresh-token"

    def __init__(self, *, seed: int = 7) -> None:
        self.seed = seed
        self._start()

    def _start(self) -> None:
        self.audit_fields = False
        self.orders_enabled = True
        self.notes_enabled = True
        self.daily_requests = 100_000
        self.used_requests = 0
        self.bulk_batches = 15_000
        self.data_storage_mb = 5_120
        self.file_storage_mb = 10_240
        self.most_custom_fields = 500
        self.edition = "Enterprise Edition"
        self.commits: list[Commit] = []
        self.locked: set[str] = set()
        self.objects: dict[str, Sobject] = read_tables()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        self.binned: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        self.blobs: dict[str, bytes] = {}
        self.sessions: dict[str, str] = {}
        self.logins = 0
        self.public_key: str | None = None
        self.index = Index()
        self.access = Access(self)
        self.human = Human(self)
        self._numbers = count(1)
        self._counters: dict[str, Iterator[int]] = {}
        self._checks: dict[str, dict[str, Callable[[Any], Checked]]] = {}
        self._lower: dict[str, dict[str, str]] = {}
        self._clock = BORN
        self.jobs: dict[str, Any] = {}
        self.jobs_removed = 0
        self.job_polls: int | None = 1
        self.job_stops_after: int | None = None
        self.job_shuffle: int | None = None
        self.job_short = 0
        self.deploys: dict[str, Any] = {}
        self.custom_objects = 0
        self.is_sandbox = True
        self.setup: dict[str, list[Row]] = {
            name: []
            for name in (
                "ApexTrigger", "Flow", "FlowDefinition", "ValidationRule", "WorkflowRule",
                "DuplicateRule", "EntityDefinition", "CustomField", "AssignmentRule", "Territory2Model",
            )
        }  # fmt: skip
        self.cursors: dict[str, list[Row]] = {}
        self.version = "62.0"
        self._undo: list[Callable[[], None]] | None = None
        self.blob: bytes | None = None
        furnish(self)
        self.commits.clear()

    def reset(self) -> None:
        """The state at the start."""
        self._start()

    # Looking

    def find(self, sobject: str, record_id: str) -> Row | None:
        """A live record."""
        return self.rows[sobject].get(record_id) if sobject in self.rows else None

    def sobject_of(self, record_id: str) -> str | None:
        """The object whose record this is, by its prefix; a note is a document too."""
        prefix = record_id[:3]
        for name, sobject in self.objects.items():
            if sobject.prefix == prefix and record_id in self.rows[name]:
                return name
        return next((name for name, one in self.objects.items() if one.prefix == prefix), None)

    def object(self, name: str) -> Sobject:
        """An object by its name, whatever its capitals.

        Raises:
            KeyError: there is none, or it is switched off.
        """
        found = self.objects.get(name)
        if found is None:
            wanted = name.lower()
            found = next((one for one in self.objects.values() if one.name.lower() == wanted), None)
        off = found is not None and (
            (found.name in {"Order", "OrderItem"} and not self.orders_enabled)
            or (found.name == "ContentNote" and not self.notes_enabled)
        )
        if found is None or off:
            raise KeyError(name)
        return found

    def query(self, text: str, *, all_rows: bool = False, user: str | None = None) -> list[Row]:
        """The records of a SOQL query, as JSON.

        Raises:
            RefusalError: it is none, or asks for what is not there.
        """
        return soql.run(self, text, all_rows=all_rows, user=user or self.user)

    def describe(self, sobject: str, *, user: str | None = None) -> Row:
        """The describe of an object as a user sees it.

        Raises:
            KeyError: there is none.
        """
        return describes.describe(self, self.object(sobject), user or self.user)

    def global_describe(self) -> Row:
        return describes.everything(self)

    def snapshot(self) -> dict[str, list[Row]]:
        """Every live record."""
        return {name: [dict(row) for row in rows.values()] for name, rows in self.rows.items()}

    @property
    def password(self) -> dict[str, str]:
        """The settings of those who still log in with a password."""
        return {
            "username": self.username,
            "password": self.secret,
            "security_token": self.security_token,
        }

    @property
    def session_ids(self) -> dict[str, str]:
        """Users by the tokens that open the org now; emptied, all sessions have ended."""
        return self.sessions

    def new_session(self) -> str:
        """A token of the run-as user that nobody asked for."""
        return open_session(self)

    @property
    def user(self) -> str:
        """The run-as user of the app."""
        return self.run_as

    def now(self) -> datetime:
        """The org's clock: a little later each time."""
        self._clock += timedelta(milliseconds=7)
        return self._clock

    def limits(self) -> Row:
        """What may still be used: https://developer.salesforce.com/docs/
        atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
        """
        records = sum(len(rows) for name, rows in self.rows.items() if name not in SETUP)
        data = -(-records * 2 // 1024)
        files = -(-sum(map(len, self.blobs.values())) // (1024 * 1024))
        told = {
            "DailyApiRequests": (self.daily_requests, self.used_requests),
            "DailyBulkApiBatches": (15_000, 15_000 - self.bulk_batches),
            "DailyBulkV2QueryJobs": (10_000, 0),
            "DailyBulkV2QueryFileStorageMB": (976_562, 0),
            "DataStorageMB": (self.data_storage_mb, data),
            "FileStorageMB": (self.file_storage_mb, files),
        }
        return {
            name: {"Max": most, "Remaining": max(0, most - used)}
            for name, (most, used) in told.items()
        }

    def keep_cursor(self, found: list[Row]) -> str:
        """Keep the rest of a long answer; under which name."""
        for cursor, kept in self.cursors.items():
            if kept is found:
                return cursor
        cursor = make_id("01g", self._next("01g"))
        self.cursors[cursor] = found
        return cursor

    # Changing records

    def insert(
        self,
        sobject: str,
        fields: Mapping[str, Any],
        *,
        user: str | None = None,
        blob: bytes | None = None,
    ) -> Saved:
        """Make a record; ``blob`` are the bytes that it carries."""
        user = user or self.user
        self.blob = blob
        made = self.object(sobject)
        values, problems = self._taken(made, fields, user, creating=True)
        if problems:
            return Saved(None, False, tuple(problems))
        missing = [
            one.name
            for one in made.fields.values()
            if one.required and values.get(one.name) is None
        ]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            return failed("REQUIRED_FIELD_MISSING", message, *missing)
        self._defaults(made, values, user)
        problem = rules.before_insert(self, made, values, fields) or self._fault(made, values, None)
        if problem is not None:
            return Saved(None, False, (problem,))
        record_id = make_id(made.prefix, self._next(made.prefix))
        self._stamp(values, user, created=True)
        row = {"Id": record_id, **values}
        rules.complete(self, made, row)
        self.rows[made.name][record_id] = row
        if blob is not None:
            self.blobs[record_id] = blob
        self.index.add(made, row)
        self._remember(lambda: self._forget(made, row))
        self._commit("insert", made.name, record_id, row)
        rules.after_insert(self, made, row)
        return Saved(record_id, created=True)

    def update(
        self, sobject: str, record_id: str, fields: Mapping[str, Any], *, user: str | None = None
    ) -> Saved:
        """Change a record."""
        user = user or self.user
        made = self.object(sobject)
        row, problem = self._row(made, record_id)
        if row is None:
            return Saved(None, False, (problem,) if problem else ())
        values, problems = self._taken(made, fields, user, creating=False)
        if problems:
            return Saved(None, False, tuple(problems))
        emptied = [
            name
            for name, value in values.items()
            if value is None and made.fields[name].has("n") and made.fields[name].type != "boolean"
        ]
        if emptied:
            message = f"Required fields are missing: [{', '.join(emptied)}]"
            return failed("REQUIRED_FIELD_MISSING", message, *emptied)
        problem = rules.before_update(self, made, row, values) or self._fault(made, values, row)
        if problem is not None:
            return Saved(None, False, (problem,))
        before = dict(row)
        self._remember(lambda: self._restore(made, row, before))
        self.index.drop(made, row)
        for name, value in values.items():
            if value is None:
                row.pop(name, None)
            else:
                row[name] = value
        self._stamp(row, user, created=False)
        rules.complete(self, made, row)
        self.index.add(made, row)
        self._commit("update", made.name, row["Id"], values)
        rules.after_update(self, made, row, values)
        return Saved(row["Id"])

    def upsert(
        self,
        sobject: str,
        external_field: str,
        value: Any,
        fields: Mapping[str, Any],
        *,
        user: str | None = None,
    ) -> Saved:
        """Update the record that has this value, or make it."""
        made = self.object(sobject)
        key = self.field(made, external_field, user or self.user)
        if key is None or not (key.has("x") or key.has("i")):
            message = f"Field name provided, {external_field} does not match an External ID, Salesforce Id, or indexed field for {made.name}"
            return failed("INVALID_FIELD", message)
        if value in (None, ""):
            if key.name == "Id":
                return self.insert(sobject, fields, user=user)
            message = f"{key.name} not specified"
            return failed("MISSING_ARGUMENT", message, key.name)
        found = self.with_value(made, key, value)
        if len(found) > 1:
            listed = ", ".join(found)
            message = f"{key.name}: more than one record found for external id field: [{listed}]"
            return failed("DUPLICATE_EXTERNAL_ID", message, key.name)
        if found:
            return self.update(sobject, found[0], fields, user=user)
        if key.name == "Id":
            return failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        return self.insert(sobject, {**fields, key.name: value}, user=user)

    def delete(
        self, sobject: str, record_id: str, *, user: str | None = None, hard: bool = False
    ) -> Saved:
        """Put a record into the recycle bin, with what goes with it."""
        del user
        made = self.object(sobject)
        row, problem = self._row(made, record_id)
        if row is None:
            return Saved(None, False, (problem,) if problem else ())
        problem = rules.before_delete(self, made, row)
        if problem is not None:
            return Saved(None, False, (problem,))
        deletion.delete(self, made, row, hard=hard)
        return Saved(row["Id"])

    def remove(self, made: Sobject, row: Row, *, hard: bool = False) -> None:
        """Take one record out, and nothing that hangs on it."""
        if self.rows[made.name].pop(row["Id"], None) is None:
            return
        before = dict(row)
        self.index.drop(made, row)
        self._remember(lambda: self._restore(made, row, before))
        self._commit("delete", made.name, row["Id"], {})
        rules.after_delete(self, made, row)
        if not hard:
            row["IsDeleted"] = True
            row["SystemModstamp"] = show_moment(self.now())
            self.binned[made.name][row["Id"]] = row

    def saved_together(self, work: Callable[[], list[Saved]]) -> list[Saved]:
        """Do some work wholly, or not at all where one of its records is refused."""
        commits = len(self.commits)
        self._undo = []
        try:
            saved = work()
            undo = self._undo
        finally:
            self._undo = None
        if all(one.success for one in saved):
            return saved
        for step in reversed(undo):
            step()
        del self.commits[commits:]
        self.access.forget()
        rolled = Problem("ALL_OR_NONE_OPERATION_ROLLED_BACK", ALL_OR_NONE)
        return [Saved(None, False, one.problems or (rolled,)) for one in saved]

    # Fields

    def field(self, made: Sobject, name: str, user: str) -> Field | None:
        """A field that a user sees, whatever its capitals."""
        found = made.fields.get(name)
        if found is None:
            lower = self._lower.get(made.name)
            if lower is None or len(lower) != len(made.fields):
                lower = self._lower[made.name] = {one.lower(): one for one in made.fields}
            found = made.fields.get(lower.get(name.lower(), ""))
        if found is None or not self.access.sees(user, made.name, found):
            return None
        return found

    def with_value(self, made: Sobject, key: Field, value: Any) -> list[str]:
        """Ids of the live records that hold a value in an indexed field."""
        if key.name == "Id":
            found = whole_id(value)
            return [found] if found in self.rows[made.name] else []
        taken, problem = self.check(made, key)(value)
        if problem is not None or taken is None:
            return []
        return self.index.ids(made.name, key, taken)

    def check(self, made: Sobject, one: Field) -> Callable[[Any], Checked]:
        checks = self._checks.setdefault(made.name, {})
        found = checks.get(one.name)
        if found is None:
            found = checks[one.name] = check_of(one)
        return found

    def children(self, sobject: str, name: str, record_id: str) -> list[Row]:
        """The live records that refer to another one by this field."""
        one = self.objects[sobject].fields[name]
        return [self.rows[sobject][each] for each in self.index.ids(sobject, one, record_id)]

    def insert_quietly(self, sobject: str, values: Row) -> Row:
        """Make a record that comes with another one."""
        made = self.objects[sobject]
        row = {"Id": make_id(made.prefix, self._next(made.prefix)), **values}
        self._defaults(made, row, self.user)
        self._stamp(row, self.user, created=True)
        self.rows[sobject][row["Id"]] = row
        self.index.add(made, row)
        self._remember(lambda: self._forget(made, row))
        return row

    def clear(self, made: Sobject, row: Row, name: str) -> None:
        """Empty a field whose record is going."""
        before = dict(row)
        self._remember(lambda: self._restore(made, row, before))
        self.index.drop(made, row)
        row.pop(name, None)
        self.index.add(made, row)

    def counted(self, prefix_or_name: str, number: int) -> None:
        """So many records of an object were put in beside :meth:`insert`."""
        self._counters[prefix_or_name] = count(number + 1)
        if prefix_or_name in self.objects:
            self._counters[self.objects[prefix_or_name].prefix] = count(number + 1)

    def add_object(self, made: Sobject) -> None:
        self.objects[made.name] = made
        self.rows.setdefault(made.name, {})
        self.binned.setdefault(made.name, {})

    def add_field(self, sobject: str, one: Field) -> None:
        """Give an object a field, or another shape to one that it has."""
        made = self.objects[sobject]
        made.fields[one.name] = one
        self._checks.pop(sobject, None)
        self.index.rebuild(made, self.rows[sobject].values())

    def add_key_field(self, sobject: str, name: str) -> None:
        """A unique external id that everybody sees."""
        key = Field(name, "string", 255, flags="cuxQ", label=name, custom=True)
        self.add_field(sobject, key)

    def changed(self, sobject: str) -> None:
        """The fields of an object were put back as a whole."""
        self._checks.pop(sobject, None)
        self._lower.pop(sobject, None)
        self.index.rebuild(self.objects[sobject], self.rows[sobject].values())

    def remove_field(self, sobject: str, name: str) -> None:
        made = self.objects[sobject]
        made.fields.pop(name, None)
        self._checks.pop(sobject, None)
        for rows in (self.rows[sobject], self.binned[sobject]):
            for row in rows.values():
                row.pop(name, None)
        self.index.rebuild(made, self.rows[sobject].values())

    def remove_object(self, name: str) -> None:
        for part in (self.objects, self.rows, self.binned, self._checks, self._lower):
            part.pop(name, None)
        self.index.forget(name)

    # Inside

    def _taken(
        self, made: Sobject, fields: Mapping[str, Any], user: str, *, creating: bool
    ) -> tuple[Row, list[Problem]]:
        values: Row = {}
        hidden: list[str] = []
        for name, value in fields.items():
            if name == "attributes":
                continue
            if isinstance(value, dict):
                one, value, problem = self._related(made, name, value, user)
                if problem is not None:
                    return {}, [problem]
            else:
                one = self.field(made, name, user)
            if one is None:
                message = f"No such column '{name}' on sobject of type {made.name}"
                return {}, [Problem("INVALID_FIELD", message)]
            settable = one.has("c") if creating else one.has("u")
            if not settable and not (creating and self.audit_fields and one.name in AUDIT):
                hidden.append(one.name)
                continue
            if value is None:
                values[one.name] = False if one.type == "boolean" else None
                continue
            taken, problem = self.check(made, one)(value)
            if problem is not None:
                return {}, [problem]
            if taken is not None and one.type == "reference":
                problem = self._reference(one, taken)
                if problem is not None:
                    return {}, [problem]
            values[one.name] = taken
        if hidden:
            listed = ", ".join(hidden)
            message = f"Unable to create/update fields: {listed}. Please check the security settings of this field and verify that it is read/write for your profile or permission set."
            return {}, [Problem("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(hidden))]
        return values, []

    def _reference(self, one: Field, record_id: str) -> Problem | None:
        for name in one.to:
            if name in self.objects and self.objects[name].prefix == record_id[:3]:
                if record_id in self.rows[name]:
                    return None
                if record_id in self.binned[name]:
                    return Problem("ENTITY_IS_DELETED", "entity is deleted", (one.name,))
                break
        else:
            known = {self.objects[name].prefix for name in one.to if name in self.objects}
            if known and record_id[:3] not in known and one.to != ("*",):
                message = f"{one.label}: id value of incorrect type: {record_id}"
                return Problem("MALFORMED_ID", message, (one.name,))
        message = "invalid cross reference id"
        return Problem("INVALID_CROSS_REFERENCE_KEY", message, (one.name,))

    def _related(
        self, made: Sobject, name: str, value: Row, user: str
    ) -> tuple[Field | None, Any, Problem | None]:
        """The parent that a nested object names by an external id."""
        one = made.relation(name)
        if one is None or not self.access.sees(user, made.name, one):
            message = f"No such column '{name}' on sobject of type {made.name}"
            return None, None, Problem("INVALID_FIELD", message)
        told = value.get("attributes") or {}
        keys = [(key, each) for key, each in value.items() if key != "attributes"]
        targets = [told["type"]] if told.get("type") else list(one.to)
        if len(keys) != 1 or (len(one.to) > 1 and not told.get("type")):
            message = (
                f"The external foreign key reference does not reference a valid entity: {name}"
            )
            return None, None, Problem("INVALID_FIELD", message)
        key, wanted = keys[0]
        parent = self.objects.get(targets[0])
        column = None if parent is None else self.field(parent, key, user)
        if parent is None or column is None or not (column.has("x") or column.has("i")):
            message = f"{key} is not an External ID or indexed field for {targets[0]}"
            return None, None, Problem("INVALID_FIELD", message)
        if wanted is None:
            return one, None, None
        found = self.with_value(parent, column, wanted)
        if len(found) == 1:
            return one, found[0], None
        if found:
            message = f"{key}: more than one record found for external id field: {found}"
            return None, None, Problem("DUPLICATE_EXTERNAL_ID", message, (key,))
        message = (
            f"Foreign key external ID: {wanted} not found for field {key} in entity {parent.name}"
        )
        return None, None, Problem("INVALID_FIELD", message)

    def _fault(self, made: Sobject, values: Row, row: Row | None) -> Problem | None:
        """A unique value that another record has, or a lock."""
        for parent in (*values.values(), *((row["Id"],) if row else ())):
            if isinstance(parent, str) and parent in self.locked:
                message = f"unable to obtain exclusive access to this record or 1 records: {parent}"
                return Problem("UNABLE_TO_LOCK_ROW", message)
        for one in self.index.unique(made):
            value = values.get(one.name)
            if value is None:
                continue
            others = [
                each
                for each in self.index.ids(made.name, one, value)
                if row is None or each != row["Id"]
            ]
            if others:
                message = f"duplicate value found: {one.name} duplicates value on record with id: {others[0][:15]}"
                return Problem("DUPLICATE_VALUE", message)
        return None

    def _row(self, made: Sobject, record_id: str) -> tuple[Row | None, Problem | None]:
        wanted = whole_id(record_id)
        if wanted is None:
            message = f"{made.label} ID: id value of incorrect type: {record_id}"
            return None, Problem("MALFORMED_ID", message, ("Id",))
        row = self.rows[made.name].get(wanted)
        if row is not None:
            return row, None
        if wanted in self.binned[made.name]:
            return None, Problem("ENTITY_IS_DELETED", "entity is deleted")
        return None, Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ("Id",))

    def _defaults(self, made: Sobject, values: Row, user: str) -> None:
        for one in made.fields.values():
            if values.get(one.name) is not None:
                continue
            if one.type == "boolean":
                values[one.name] = bool(one.default)
            elif (
                one.has("d")
                and one.options
                and (default := next((each.value for each in one.options if each.default), None))
            ):
                values[one.name] = default
            elif one.name == "OwnerId":
                values["OwnerId"] = user
            elif one.has("a"):
                values[one.name] = f"{self._next(made.name):08d}"

    def _stamp(self, values: Row, user: str, *, created: bool) -> None:
        now = show_moment(self.now())
        if created:
            values.setdefault("CreatedDate", now)
            values.setdefault("CreatedById", user)
            values.setdefault("LastModifiedDate", now)
            values.setdefault("LastModifiedById", user)
        else:
            values["LastModifiedDate"], values["LastModifiedById"] = now, user
        values["SystemModstamp"] = now
        values.setdefault("IsDeleted", False)
        for name in [name for name, value in values.items() if value is None]:
            del values[name]

    def _next(self, of: str) -> int:
        return next(self._counters.setdefault(of, count(1)))

    def _remember(self, step: Callable[[], None]) -> None:
        if self._undo is not None:
            self._undo.append(step)

    def _forget(self, made: Sobject, row: Row) -> None:
        self.rows[made.name].pop(row["Id"], None)
        self.index.drop(made, row)
        self.blobs.pop(row["Id"], None)

    def _restore(self, made: Sobject, row: Row, before: Row) -> None:
        self.index.drop(made, row)
        self.binned[made.name].pop(row["Id"], None)
        row.clear()
        row.update(before)
        self.rows[made.name][row["Id"]] = row
        self.index.add(made, row)

    def _commit(self, operation: str, sobject: str, record_id: str, fields: Row) -> None:
        self.commits.append(Commit(len(self.commits) + 1, operation, sobject, record_id, fields))


__all__ = ["Commit", "Org", "RefusalError", "Saved"]
