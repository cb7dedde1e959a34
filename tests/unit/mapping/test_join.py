"""Joins: which rows belong to a row."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from crm_transforms.mapping import RowError


@dataclass
class Found:
    row: dict
    joined: dict = field(default_factory=dict)


@pytest.fixture
def joins(deal):
    lines = """
with:
  customer: {stream: customers, of: customer_id}
  contacts: {stream: contacts, on: customer_id, equals: customer.id, where: not deleted}
  technicians: {stream: employees, of: employee_ids}
  time:
    stream: time_entries
    on: job_id
    order: started_on
    where: employee.active
    with: {employee: {stream: employees, of: employee_id}}
"""
    return {join.name: join for join in deal(lines).joins}


def test_joins_say_what_they_look_up(joins):
    assert [(j.stream, j.on, j.many) for j in joins.values()] == [
        ("customers", None, False),
        ("contacts", "customer_id", True),
        ("employees", None, False),
        ("time_entries", "job_id", True),
    ]
    assert [nested.name for nested in joins["time"].joins] == ["employee"]


def test_keys_are_text_and_may_come_from_joins_before(joins):
    assert joins["customer"].keys({"customer_id": 7}, {}) == ("7",)
    assert joins["customer"].keys({}, {}) == ()
    assert joins["contacts"].keys({}, {"customer": {"id": 7}}) == ("7",)
    assert joins["time"].keys({"id": 5}, {}) == ("5",)


def test_a_list_of_keys_joins_a_list_of_rows(joins):
    assert joins["technicians"].keys({"employee_ids": [1, 2, None]}, {}) == ("1", "2")
    assert joins["technicians"].is_list({"employee_ids": []}, {})
    assert not joins["customer"].is_list({"customer_id": 7}, {})
    assert joins["time"].is_list({}, {})


def test_rows_are_filtered_with_what_is_joined_to_them_and_sorted(joins):
    active, left = {"employee": {"active": True}}, {"employee": {"active": False}}
    found = [
        Found({"id": 1, "started_on": None}, active),
        Found({"id": 2, "started_on": "2024-02"}, active),
        Found({"id": 3, "started_on": "2024-01"}, left),
        Found({"id": 4, "started_on": "2024-01"}, active),
    ]
    assert [one.row["id"] for one in joins["time"].select(found)] == [4, 2, 1]


def test_rows_of_mixed_kinds_have_an_order_too(joins):
    keys = [None, "b", 2, "a", 1, [1]]
    found = [Found({"started_on": key}, {"employee": {"active": 1}}) for key in keys]
    ordered = [one.row["started_on"] for one in joins["time"].select(found)]
    assert ordered == [1, 2, "a", "b", None, [1]]


def test_a_key_that_cannot_be_made_is_an_error_of_the_row(joins):
    with pytest.raises(RowError, match="a key needs text or a number") as caught:
        joins["customer"].keys({"customer_id": True}, {})
    assert (caught.value.field, caught.value.rule) == ("with.customer", "join")


def test_a_condition_that_cannot_be_evaluated_is_an_error_of_the_row(deal):
    (join,) = deal("with: {c: {stream: s, on: a, where: b > 1}}").joins
    with pytest.raises(RowError, match="cannot compare") as caught:
        join.select([Found({"b": "x"})])
    assert caught.value.where == "objects.deal.with.c.where"
