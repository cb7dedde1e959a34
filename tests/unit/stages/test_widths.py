"""Fields are made as wide as the data wants them, where the destination minds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.undoing import DOCUMENT

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

PRICED = DOCUMENT.replace(
    "fields: {name: name, code: code, price: decimal(price)}",
    "fields: {name: name, code: code}\n    custom: {cost: {type: decimal, value: decimal(price)}}",
)
SHORT, LONG = "A" * 255, "A" * 256


def company(grade: str) -> dict[str, Any]:
    return {"id": "c0", "name": "One", "city": None, "parent_id": None, "grade": grade}


@pytest.mark.parametrize(("grade", "kind"), [(SHORT, "text"), (LONG, "long_text")])
def test_a_text_that_is_too_long_for_a_line_becomes_a_long_text(
    migration: Migration, grade: str, kind: str
) -> None:
    migration.there.line = 255
    migration.stage_only(customers=[company(grade)], contacts=[])
    migration.load()
    assert migration.there.custom["companies"]["grade"].type == kind
    (record,) = migration.there.tables["companies"].values()
    assert record["grade"] == grade


def test_a_field_that_is_there_as_a_long_text_is_no_conflict(migration: Migration) -> None:
    migration.there.line = 255
    migration.stage_only(customers=[company(LONG)], contacts=[])
    migration.load()
    migration.stage(customers=[company(SHORT)])
    migration.load()
    (record,) = migration.there.tables["companies"].values()
    assert record["grade"] == SHORT


def test_a_number_gets_as_many_digits_after_the_point_as_its_values_have(
    migration: Migration,
) -> None:
    migration.there.line = 255
    migration.document = PRICED
    item = {"id": "i1", "name": "Valve", "code": "V-1", "price": "7.125"}
    migration.stage(items=[item, {**item, "id": "i2", "name": "Tap", "price": "7.5"}])
    migration.load()
    assert migration.there.custom["products"]["cost"].scale == 3


def test_where_all_texts_are_one_the_data_is_not_looked_at(migration: Migration) -> None:
    migration.load()
    assert migration.journal.get("widths") is None
    assert migration.there.custom["companies"]["grade"].type == "text"
