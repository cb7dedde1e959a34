"""The journal's tables, the same in SQLite and PostgreSQL.

Why they are cut this way: a change of a staged row appends (``seq`` is the table's own order, so
"what changed since" is a range and a batch touches the fewest pages); payloads of operations stand
apart from the operations, so that ``compact`` and ``purge`` drop bytes and keep the trail.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from crm_transforms.journal.text import FreeText

VERSION = 1
"""The layout's version. A journal with a higher one is refused."""

metadata = MetaData()

# SQLite gives its fast row id only to a column declared INTEGER.
Number = BigInteger().with_variant(Integer, "sqlite")
# Key order is byte order in both databases; a locale's order would make paging by key lose rows.
Key = Text().with_variant(Text(collation="C"), "postgresql")

migration = Table(
    "migration",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("epoch", Number, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("verb", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("since", Text, nullable=False),
    Column("renewed", Float, nullable=False),
    Column("lifetime", Float, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Number, nullable=False),
)

value = Table(
    "value",
    metadata,
    Column("name", Text, primary_key=True),
    Column("json", Text, nullable=False),
)

dictionary = Table(
    "dictionary",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("mapping_hash", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("exit_code", Integer),
    Column("summary", Text),
    sqlite_autoincrement=True,
)

stream = Table(
    "stream",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("schema", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("records", Number, nullable=False, default=0),
    Column("gone", Number, nullable=False, default=0),
    Column("last_seq", Number, nullable=False, default=0),
    Column("current_pass", Integer, nullable=False, default=0),
    Column("completed_pass", Integer, nullable=False, default=0),
    Column("completed_at", Text),
    sqlite_autoincrement=True,
)

schema_change = Table(
    "schema_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream_id", Integer, ForeignKey(stream.c.id), nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("schema", Text, nullable=False),
    Column("keys", Text, nullable=False),
)

staged = Table(
    "staged",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("stream_id", Integer, ForeignKey(stream.c.id), nullable=False),
    Column("key", Key, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("body", LargeBinary),
    Index("staged_key", "stream_id", "key", unique=True),
)

join = Table(
    "stream_join",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream_id", Integer, ForeignKey(stream.c.id), nullable=False),
    Column("field", Text, nullable=False),
    Column("seq", Number, nullable=False),
    Index("stream_join_field", "stream_id", "field", unique=True),
)

join_entry = Table(
    "join_entry",
    metadata,
    Column("join_id", Integer, ForeignKey(join.c.id), primary_key=True, autoincrement=False),
    Column("key", Key, primary_key=True),
    Column("value", Key, nullable=False),
    Index("join_entry_value", "join_id", "value", "key"),
    sqlite_with_rowid=False,
)

link = Table(
    "link",
    metadata,
    Column("identity", Key, primary_key=True),
    Column("object", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("destination_id", Key, nullable=False),
    Column("origin", Text, nullable=False),
    Column("input_fp", LargeBinary),
    Column("desired_fp", LargeBinary),
    Column("operation_id", Number),
    Index("link_destination", "identity", "object", "destination_id"),
    sqlite_with_rowid=False,
)

missing = Table(
    "missing",
    metadata,
    Column("stream_id", Integer, ForeignKey(stream.c.id), primary_key=True, autoincrement=False),
    Column("key", Key, primary_key=True),
    sqlite_with_rowid=False,
)
"""Rows that a whole pass did not see, too many to be believed gone without a person's word."""

unconfirmed = Table(
    "unconfirmed",
    metadata,
    Column("operation_id", Number, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False),
    Column("object", Text, nullable=False),
    Index("unconfirmed_object", "identity", "object", "operation_id"),
)

mark = Table(
    "mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("json", Text, nullable=False),
)

operation = Table(
    "operation",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("run_id", Integer, ForeignKey(run.c.id), nullable=False),
    Column("identity", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Key, nullable=False),
    Column("row_key", Key),
    Column("action", Text),
    Column("undoes", Number),
    Column("origin", Text, nullable=False),
    Column("destination_id", Text),
    Column("input_fp", LargeBinary),
    Column("desired_fp", LargeBinary),
    Column("payload_digest", LargeBinary, nullable=False),
    Column("intended_at", Text, nullable=False),
    Column("mark_id", Integer, ForeignKey(mark.c.id)),
    Column("handle", Text),
    Column("status", Text),
    Column("code", FreeText),
    Column("message", FreeText),
    Column("fault_fields", FreeText),
    Column("decided_at", Text),
    Index("operation_run", "run_id"),
    Index("operation_object", "identity", "object", "id"),
)
# Open operations are few among many; a partial index finds them without a walk.
IS_OPEN = operation.c.decided_at.is_(None)
operation_open = Index(
    "operation_open",
    operation.c.identity,
    operation.c.object,
    operation.c.id,
    sqlite_where=IS_OPEN,
)
# Only what a rollback did stands in it.
operation_undoes = Index(
    "operation_undoes",
    operation.c.undoes,
    sqlite_where=operation.c.undoes.is_not(None),
    postgresql_where=operation.c.undoes.is_not(None),
)

payload = Table(
    "operation_payload",
    metadata,
    Column(
        "operation_id", Number, ForeignKey(operation.c.id), primary_key=True, autoincrement=False
    ),
    Column("fields", LargeBinary),
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("reduced", Boolean, nullable=False),
)

chain = Table(
    "chain",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("operation_id", Number, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

reject = Table(
    "reject",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("subject", Key, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stream", FreeText, nullable=False),
    Column("object", FreeText, nullable=False),
    Column("identity", FreeText, nullable=False),
    Column("key", FreeText),
    Column("row_key", FreeText),
    Column("field", FreeText, nullable=False),
    Column("rule", FreeText, nullable=False),
    Column("code", FreeText, nullable=False),
    Column("message", FreeText, nullable=False),
    Column("place", FreeText, nullable=False),
    Column("raw", LargeBinary),
    Column("line", Number),
    Column("input_fp", LargeBinary),
    Column("state", Text, nullable=False),
    Column("rejected_at", Text, nullable=False),
    Column("cleared_at", Text),
    Index("reject_subject", "subject"),
    Index("reject_scope", "state", "object", "stream"),
)
