"""Defaults: what a destination fills in itself is told from what people fill in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from crm_transforms.stages.defaults import MOST, Defaults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.stages.undoing import Migration

    from crm_transforms.destination import Value


@pytest.fixture
def known(migration: Migration) -> Callable[[], Defaults]:
    """The defaults of one object, as another run would find them."""
    work = migration.work("load")
    return lambda: Defaults(work, "deal")


def learn(defaults: Defaults, *values: Value, sent: tuple[str, ...] = ()) -> None:
    for value in values:
        defaults.learn({"field": value}, sent)
    defaults.save()


@pytest.mark.parametrize("value", ["5", 3, True, Decimal("1.5"), ["a"], {"currency": "USD"}])
def test_what_every_new_record_held_is_a_default(known: Any, value: Value) -> None:
    learn(known(), value, value)
    again = known()
    assert again.is_known
    assert again.is_as_made("field", value)
    assert not again.is_as_made("field", "other")
    assert not again.is_as_made("elsewhere", value)
    assert again.untouched({}, {"field": value}) == {"field": value}
    assert again.untouched({"field": "ours"}, {"field": value}) == {"field": "ours"}
    assert again.untouched({}, {"field": "other"}) == {}


@pytest.mark.parametrize("value", [None, "", 0, False, [], {}])
def test_nothing_is_as_made_whether_anything_is_known_or_not(known: Any, value: Value) -> None:
    assert known().is_as_made("field", value)
    assert known().untouched({}, {"field": value}) == {"field": value}


def test_what_few_new_records_held_is_the_work_of_people(known: Any) -> None:
    learn(known(), "by hand", None, None)
    assert not known().is_as_made("field", "by hand")


def test_a_field_that_is_computed_holds_anything(known: Any) -> None:
    learn(known(), *map(str, range(MOST + 1)))
    assert known().is_as_made("field", "another")
    assert known().untouched({}, {"field": "0"}) == {}


def test_of_a_field_that_was_sent_nothing_is_learned(known: Any) -> None:
    learn(known(), "ours", sent=("field",))
    assert not known().is_as_made("field", "ours")
