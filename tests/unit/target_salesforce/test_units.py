"""Batches cut into requests: children of one parent never in two at once."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.destination import Kind, Operation
from target_salesforce.units import units_of


def children(parents):
    return [
        Operation(number, "Contact", Kind.CREATE, "", {"AccountId": parent})
        for number, parent in enumerate(parents)
    ]


def parent_of(operation):
    return str(operation.fields["AccountId"] or "")


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=60), st.integers(1, 8))
def test_every_operation_is_in_exactly_one_unit_that_is_not_too_large(parents, size):
    operations = children(parents)
    units = list(units_of(operations, size, parent_of))
    assert sorted(op.id for unit in units for op in unit.operations) == [op.id for op in operations]
    assert all(0 < len(unit.operations) <= size for unit in units)


@given(st.lists(st.integers(0, 30), max_size=80), st.integers(1, 9))
def test_a_family_that_fits_stays_together(parents, size):
    operations = children([str(parent) for parent in parents])
    seen = defaultdict(int)
    for unit in units_of(operations, size, parent_of):
        for parent in unit.parents:
            seen[parent] += 1
    for parent, count in seen.items():
        family = sum(1 for each in parents if str(each) == parent)
        assert count == 1 or family > size


def test_a_unit_names_the_parents_that_it_locks():
    (unit,) = units_of(children(["a", "", "b", "a"]), 200, parent_of)
    assert unit.parents == {"a", "b"}


def test_operations_without_parents_fill_units_to_the_brim():
    units = list(units_of(children([""] * 401), 200, parent_of))
    assert [len(unit.operations) for unit in units] == [200, 200, 1]
