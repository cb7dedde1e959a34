"""One Salesforce org: its objects, its records, its people, and the switches tests turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import describes, rules, setup_objects, soql
from tests.sandbox.salesforce.access import Access
from tests.sandbox.salesforce.admin_rules import AdminRules
from tests.sandbox.salesforce.cursors import Cursors
from tests.sandbox.salesforce.human import Human
from tests.sandbox.salesforce.limits import BATCHES, Limits
from tests.sandbox.salesforce.sessions import open_session
from tests.sandbox.salesforce.sobject import Field
from tests.sandbox.salesforce.start import furnish
from tests.sandbox.salesforce.store import Store
from tests.sandbox.salesforce.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.sandbox.salesforce.problem import Saved
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]
OFTEN_OFF = {
    "AccountContactRelation": "contacts_to_many_accounts",
    "ContentNote": "notes_enabled",
    "Order": "orders_enabled",
    "OrderItem": "orders_enabled",
}
"""Objects that are there only where a switch of the org says so."""


class Org:
    """An org as its API sees it.

    Attributes:
        audit_fields: whether the run-as user may set CreatedDate and the like on create.
        inactive_owners: whether it may give records to users who are not active.
        hard_deletes: whether it may delete past the recycle bin.
        orders_enabled: whether there are Orders.
        notes_enabled: whether there are Enhanced Notes.
        contacts_to_many_accounts: whether there are AccountContactRelations.
        daily_requests: requests allowed in 24 hours; used_requests: so far.
        bulk_batches: of jobs that are left in these 24 hours.
        user_licenses: users who may be active.
        most_custom_fields: that an object may have.
        edition: as Organization.OrganizationType tells it.
        public_key: PEM text by which assertions of the JWT bearer flow are verified.
        admin_rules: validation rules and duplicate rules.
        locked: ids of records that somebody holds just now.
        job_polls: how often a job is asked before it is done; None: it is stuck.
        job_stops_after: rows after which jobs fail half way; None: they do not.
        job_shuffle: the seed by which results are shuffled; None: they are not.
        job_short: rows that are missing from the end of successful results.
        setup: rows of objects that can only be asked for, by name.
    """

    client_id = "sandbox-client"
    client_secret = "sandbox-client-secret"
    username = "integration@acme.example"
    secret = "sandbox-password"
    security_token = "sandbox-security-token"
    refresh_token = "sandbox-refresh-token"

    def __init__(self, *, seed: int = 7) -> None:
        self.seed = seed
        self.reset()

    def reset(self) -> None:
        """The state at the start."""
        self.audit_fields = False
        self.inactive_owners = False
        self.hard_deletes = False
        self.orders_enabled = True
        self.notes_enabled = True
        self.contacts_to_many_accounts = True
        self.daily_requests = 100_000
        self.used_requests = 0
        self.bulk_batches = BATCHES
        self.data_storage_mb = 5_120
        self.file_storage_mb = 10_240
        self.user_licenses = 20
        self.most_custom_fields = 500
        self.edition = "Enterprise Edition"
        self.is_sandbox = True
        self.version = "62.0"
        self.public_key: str | None = None
        self.sessions: dict[str, str] = {}
        self.logins = 0
        self.locked: set[str] = set()
        self.jobs: dict[str, Any] = {}
        self.jobs_removed = 0
        self.job_polls: int | None = 1
        self.job_stops_after: int | None = None
        self.job_shuffle: int | None = None
        self.job_short = 0
        self.deploys: dict[str, Any] = {}
        self.custom_objects = 0
        self.setup: dict[str, list[Row]] = {name: [] for name in setup_objects.FIELDS}
        self.blob: bytes | None = None
        self.store = Store()
        self.objects = self.store.objects
        self.rows = self.store.rows
        self.binned = self.store.binned
        self.blobs = self.store.blobs
        self.index = self.store.index
        self.commits = self.store.commits
        self.access = Access(self)
        self.admin_rules = AdminRules(self)
        self.cursors = Cursors()
        self.human = Human(self)
        self.limits = Limits(self)
        self._writer = Writer(self)
        furnish(self)
        self.commits.clear()

    # People

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

    # Looking

    def now(self) -> datetime:
        """The org's clock: a little later each time."""
        return self.store.clock.now()

    def find(self, sobject: str, record_id: str) -> Row | None:
        """A live record."""
        return self.store.find(sobject, record_id)

    def children(self, sobject: str, name: str, record_id: str) -> list[Row]:
        """The live records that refer to another one by this field."""
        return self.store.children(sobject, name, record_id)

    def sobject_of(self, record_id: str) -> str | None:
        """The object whose record this is, by its prefix."""
        return self.store.sobject_of(record_id)

    def with_value(self, made: Sobject, key: Field, value: Any) -> list[str]:
        """Ids of the live records that hold a value in an indexed field."""
        return self.store.with_value(made, key, value)

    def object(self, name: str) -> Sobject:
        """An object by its name, whatever its capitals.

        Raises:
            KeyError: there is none, or it is switched off.
        """
        found = self.objects.get(name)
        if found is None:
            wanted = name.lower()
            found = next((one for one in self.objects.values() if one.name.lower() == wanted), None)
        if found is None or self.is_off(found.name):
            raise KeyError(name)
        return found

    def is_off(self, sobject: str) -> bool:
        """Whether an object is there only in other orgs."""
        return sobject in OFTEN_OFF and not getattr(self, OFTEN_OFF[sobject])

    def field(self, made: Sobject, name: str, user: str) -> Field | None:
        """A field that a user sees, whatever its capitals."""
        found = made.fields.get(name)
        if found is None:
            lower = self.store.shapes.of(made).lower
            found = made.fields.get(lower.get(name.lower(), ""))
        if found is None or (found.made and not self.access.sees(user, made.name, found)):
            return None
        return found

    def query(self, text: str, *, all_rows: bool = False, user: str | None = None) -> list[Row]:
        """The records of a SOQL query, as JSON.

        Raises:
            RefusalError: it is none, or asks for what is not there.
        """
        return soql.run(self, text, all_rows=all_rows, user=user or self.user)[:]

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
        self.blob = blob
        try:
            return self._writer.insert(self.object(sobject), fields, user or self.user)
        finally:
            self.blob = None

    def update(
        self, sobject: str, record_id: str, fields: Mapping[str, Any], *, user: str | None = None
    ) -> Saved:
        """Change a record."""
        return self._writer.update(self.object(sobject), record_id, fields, user or self.user)

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
        return self._writer.upsert(made, external_field, value, fields, user or self.user)

    def delete(
        self, sobject: str, record_id: str, *, user: str | None = None, hard: bool = False
    ) -> Saved:
        """Put a record into the recycle bin, with what goes with it."""
        del user
        return self._writer.delete(self.object(sobject), record_id, hard=hard)

    def remove(self, made: Sobject, row: Row, *, hard: bool = False) -> None:
        """Take one record out, and nothing that hangs on it."""
        if self.store.take(made, row, hard=hard):
            self.store.commit("delete", made.name, row["Id"], {})
            rules.after_delete(self, made, row)

    def insert_quietly(self, sobject: str, values: Row) -> Row:
        """Make a record that comes with another one."""
        return self._writer.insert_quietly(self.objects[sobject], values, self.user)

    def saved_together(self, work: Callable[[], list[Saved]]) -> list[Saved]:
        """Do some work wholly, or not at all where one of its records is refused."""
        try:
            return self.store.saved_together(work)
        finally:
            self.access.forget()

    # Objects and fields

    def add_object(self, made: Sobject) -> None:
        self.store.add_object(made)

    def remove_object(self, name: str) -> None:
        self.store.remove_object(name)

    def add_field(self, sobject: str, one: Field) -> None:
        """Give an object a field, or another shape to one that it has."""
        self.store.add_field(sobject, one)

    def add_key_field(self, sobject: str, name: str) -> None:
        """A unique external id that everybody sees."""
        self.add_field(sobject, Field(name, "string", 255, flags="cuxQ", label=name, custom=True))

    def remove_field(self, sobject: str, name: str) -> None:
        self.store.remove_field(sobject, name)

    def changed(self, sobject: str) -> None:
        """The fields of an object were put back as a whole."""
        self.store.changed(sobject)
