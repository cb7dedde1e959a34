"""Records on their way into an org, out of it, and from one state to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import deletion, rules
from tests.sandbox.salesforce.ids import whole_id
from tests.sandbox.salesforce.intake import Intake
from tests.sandbox.salesforce.problem import Problem, Saved, failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.shape import Shape
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]


class Writer:
    """Writes one record at a time, in the order in which the platform checks it.

    https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/
    apex_triggers_order_of_execution.htm
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._intake = Intake(org)

    def insert(self, made: Sobject, told: Mapping[str, Any], user: str) -> Saved:
        org = self._org
        shape = org.store.shapes.of(made)
        values, problem = self._intake.taken(shape, told, user, creating=True)
        if problem is not None:
            return Saved(None, False, (problem,))
        missing = [name for name in shape.required if values.get(name) is None]
        if missing:
            return _missing(missing)
        for name in shape.blobs:
            org.blob = values.pop(name, org.blob)
        values = self._whole(shape, values, user)
        problem = rules.before_insert(org, made, values, told) or self._fault(shape, values, None)
        if problem is not None:
            return Saved(None, False, (problem,))
        for name in shape.numbered:
            values[name] = f"{org.store.next(made.name):08d}"
        row = {"Id": org.store.new_id(made), **values}
        self._stamp(row, user)
        rules.complete(org, made, row)
        if (problem := org.admin_rules.refusal(made.name, row)) is not None:
            return Saved(None, False, (problem,))
        if org.blob is not None:
            org.store.put_blob(row["Id"], org.blob)
        org.store.put(made, row)
        org.store.commit("insert", made.name, row["Id"], row)
        rules.after_insert(org, made, row)
        return Saved(row["Id"], created=True)

    def insert_quietly(self, made: Sobject, values: Row, user: str) -> Row:
        """Make a record that comes with another one."""
        shape = self._org.store.shapes.of(made)
        row = {"Id": self._org.store.new_id(made), **self._whole(shape, values, user)}
        self._stamp(row, user)
        self._org.store.put(made, row)
        return row

    def update(self, made: Sobject, record_id: str, told: Mapping[str, Any], user: str) -> Saved:
        org = self._org
        row, problem = self._row(made, record_id)
        if row is None:
            return Saved(None, False, (problem,) if problem else ())
        shape = org.store.shapes.of(made)
        values, problem = self._intake.taken(shape, told, user, creating=False)
        if problem is not None:
            return Saved(None, False, (problem,))
        blobs = [values.pop(name) for name in shape.blobs if name in values]
        emptied = [
            name for name, value in values.items() if value is None and made.fields[name].has("n")
        ]
        if emptied:
            return _missing(emptied)
        problem = rules.before_update(org, made, row, values) or self._fault(shape, values, row)
        if problem is None:
            problem = org.admin_rules.refusal(made.name, {**row, **values})
        if problem is not None:
            return Saved(None, False, (problem,))
        stamps = {
            "LastModifiedDate": org.store.clock.stamp(),
            "LastModifiedById": user,
            "SystemModstamp": org.store.clock.stamp(),
        }
        org.store.change(made, row, {**values, **stamps})
        for blob in blobs:
            org.store.put_blob(row["Id"], blob or b"")
        rules.complete(org, made, row)
        org.store.commit("update", made.name, row["Id"], values)
        rules.after_update(org, made, row, values)
        return Saved(row["Id"])

    def upsert(
        self, made: Sobject, name: str, value: Any, told: Mapping[str, Any], user: str
    ) -> Saved:
        key = self._org.field(made, name, user)
        if key is None or not (key.has("x") or key.has("i")):
            message = (
                f"Field name provided, {name} does not match an External ID, Salesforce Id, or"
                f" indexed field for {made.name}"
            )
            return failed("INVALID_FIELD", message)
        if key.name == "Id":
            # A record without its Id is a new one.
            new = value in (None, "")
            return self.insert(made, told, user) if new else self.update(made, value, told, user)
        if value in (None, ""):
            return failed("MISSING_ARGUMENT", f"{key.name} not specified", key.name)
        found = self._org.with_value(made, key, value)
        if len(found) > 1:
            listed = ", ".join(found)
            message = f"{key.name}: more than one record found for external id field: [{listed}]"
            return failed("DUPLICATE_EXTERNAL_ID", message, key.name)
        if found:
            return self.update(made, found[0], told, user)
        return self.insert(made, {**told, key.name: value}, user)

    def delete(self, made: Sobject, record_id: str, *, hard: bool) -> Saved:
        row, problem = self._row(made, record_id)
        if row is None:
            return Saved(None, False, (problem,) if problem else ())
        problem = rules.before_delete(self._org, made, row) or self._lock(row)
        if problem is not None:
            return Saved(None, False, (problem,))
        deletion.delete(self._org, made, row, hard=hard)
        return Saved(row["Id"])

    def _row(self, made: Sobject, record_id: str) -> tuple[Row | None, Problem | None]:
        wanted = whole_id(record_id)
        if wanted is None or wanted[:3] != made.prefix:
            message = f"{made.label} ID: id value of incorrect type: {record_id}"
            return None, Problem("MALFORMED_ID", message, ("Id",))
        row = self._org.rows[made.name].get(wanted)
        if row is not None:
            return row, None
        if wanted in self._org.binned[made.name]:
            return None, Problem("ENTITY_IS_DELETED", "entity is deleted")
        return None, Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ("Id",))

    @staticmethod
    def _whole(shape: Shape, values: Row, user: str) -> Row:
        """The values of a new record with what it has by default."""
        whole = shape.defaults.copy()
        if shape.owned:
            whole["OwnerId"] = user
        whole |= {name: value for name, value in values.items() if value is not None}
        return whole

    def _stamp(self, row: Row, user: str) -> None:
        now = self._org.store.clock.stamp()
        row.setdefault("CreatedDate", now)
        row.setdefault("CreatedById", user)
        row.setdefault("LastModifiedDate", now)
        row.setdefault("LastModifiedById", user)
        row["SystemModstamp"] = now
        row["IsDeleted"] = False

    def _lock(self, row: Row, values: Row | None = None) -> Problem | None:
        """Somebody holds the record, or one that it refers to."""
        if self._org.locked:
            for one in (*(values or {}).values(), row.get("Id")):
                if isinstance(one, str) and one in self._org.locked:
                    message = (
                        f"unable to obtain exclusive access to this record or 1 records: {one}"
                    )
                    return Problem("UNABLE_TO_LOCK_ROW", message)
        return None

    def _fault(self, shape: Shape, values: Row, row: Row | None) -> Problem | None:
        """A lock, no room, or a unique value that another record has."""
        org, made = self._org, shape.made
        problem = self._lock(row or {}, values)
        if problem is None and row is None and not org.limits.has_room(made.name):
            problem = Problem("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
        if problem is not None:
            return problem
        for one in shape.unique:
            value = values.get(one.name)
            if value is None:
                continue
            for other in org.index.ids(made.name, one, value):
                if row is None or other != row["Id"]:
                    message = (
                        f"duplicate value found: {one.name} duplicates value on record with id:"
                        f" {other[:15]}"
                    )
                    return Problem("DUPLICATE_VALUE", message)
        return None


def _missing(names: list[str]) -> Saved:
    message = f"Required fields are missing: [{', '.join(names)}]"
    return failed("REQUIRED_FIELD_MISSING", message, *names)
