"""The roster's tables and questions."""

from __future__ import annotations

TABLES = """
CREATE TABLE record (
    object TEXT, key TEXT, row_key TEXT, verdict TEXT, is_there INTEGER, destination_id TEXT,
    field TEXT, rule TEXT, code TEXT, message TEXT, place TEXT, changed TEXT, stratum TEXT,
    PRIMARY KEY (object, key, row_key)
) WITHOUT ROWID;
CREATE TABLE parent (
    object TEXT, key TEXT, field TEXT, parent TEXT, parent_key TEXT, is_late INTEGER,
    PRIMARY KEY (object, key, field, parent, parent_key)
) WITHOUT ROWID;
CREATE INDEX late ON parent (object, key) WHERE is_late;
"""

ADD_RECORD = "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_PARENT = "INSERT OR REPLACE INTO parent VALUES (?, ?, ?, ?, ?, ?)"

ROW_KEYS = """
SELECT key, row_key FROM record
WHERE object = ? AND key IN (SELECT value FROM json_each(?)) ORDER BY is_there, row_key
"""
IDS = """
SELECT key, destination_id FROM record
WHERE object = ? AND key IN (SELECT value FROM json_each(?)) AND is_there
"""
PARENTS = """
SELECT key, field, parent, parent_key, is_late FROM parent
WHERE object = ? AND key IN (SELECT value FROM json_each(?))
"""
ENTRIES = """
SELECT object, key, row_key, verdict, destination_id, field, rule, code, message, place, changed,
    stratum
FROM record WHERE object = ? AND verdict = ? AND key > ? ORDER BY key LIMIT ?
"""

STRATA = """
SELECT stratum, count(*) FROM record WHERE object = ?
GROUP BY stratum ORDER BY count(*) DESC, stratum
"""
PICK = """
SELECT key FROM record WHERE object = ? AND stratum = ? ORDER BY lot(?, object, key), key LIMIT ?
"""

COUNTS = "SELECT object, verdict, count(*) FROM record GROUP BY object, verdict"

# Beside min() SQLite takes a bare column from the row that has the minimum:
# https://sqlite.org/lang_select.html#bareagg.
REFUSALS = """
SELECT object, field, rule, code, place, message, count(*), min(key) FROM record
WHERE verdict IN ('rejected', 'waiting')
GROUP BY object, field, rule, code, place ORDER BY count(*) DESC, object, field, rule, code
"""
REFUSALS_IN_WORDS = """
SELECT object, field, rule, code, place, message, count(*), min(key) FROM record
WHERE verdict = 'rejected' AND rule = ?
GROUP BY object, field, code, place, message ORDER BY count(*) DESC, object, field, message LIMIT ?
"""
ORPHANS = """
SELECT record.object, parent.field, parent.parent, count(DISTINCT record.key)
FROM record CROSS JOIN parent ON parent.object = record.object AND parent.key = record.key
    AND parent.field = record.field
WHERE record.verdict = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM record AS other
    WHERE other.object = parent.parent AND other.key = parent.parent_key
)
GROUP BY record.object, parent.field, parent.parent
"""
ORPHAN_KEYS = """
SELECT DISTINCT record.key
FROM record CROSS JOIN parent ON parent.object = record.object AND parent.key = record.key
    AND parent.field = record.field
WHERE record.verdict = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM record AS other
    WHERE other.object = parent.parent AND other.key = parent.parent_key
) AND record.object = ? AND parent.field = ? AND parent.parent = ? ORDER BY record.key LIMIT ?
"""

LATE_KEYS = """
SELECT DISTINCT key FROM parent INDEXED BY late WHERE object = ? AND is_late AND key > ?
ORDER BY key LIMIT ?
"""
# CROSS JOIN keeps the order of the tables: https://sqlite.org/optoverview.html#crossjoin.
LATE = """
SELECT record.key, record.verdict, record.changed, json_group_array(DISTINCT parent.field)
FROM parent INDEXED BY late
CROSS JOIN record AS other ON other.object = parent.parent AND other.key = parent.parent_key
    AND other.is_there
CROSS JOIN record ON record.object = parent.object AND record.key = parent.key
    AND record.verdict NOT IN ('rejected', 'waiting')
WHERE parent.object = ? AND parent.is_late
    AND parent.key IN (SELECT value FROM json_each(?))
GROUP BY record.key, record.row_key
"""
CHANGE = "UPDATE record SET verdict = ?, changed = ? WHERE object = ? AND key = ?"
