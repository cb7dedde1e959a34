"""Employees who are no users there become records of their own; those who are do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_transforms.destination import Person

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

DOCUMENT = """
objects:
  owner: {target: users, from: employees, match: {email: email}, people: true}
  worker:
    target: people
    from: employees
    unmatched: owner
    key: {shop_id: 'join("-", "employee", id)'}
    fields: {name: name}
  company:
    target: companies
    from: customers
    fields:
      name: name
      owner_id: {ref: owner, of: by}
    custom:
      worker_id: {type: reference, ref: worker, of: 'join("-", "employee", by)'}
"""
EMPLOYEES = [
    {"id": "e1", "name": "Ann", "email": "ann@example.com"},
    {"id": "e2", "name": "Ben", "email": "ben@example.com"},
]


@pytest.fixture
def staffed(migration: Migration) -> Migration:
    migration.document = DOCUMENT
    migration.there.users = [
        Person("1", "Ann", "ann@example.com", active=True),
        Person("9", "Office", "office@example.com", active=True),
    ]
    migration.stage(employees=EMPLOYEES)
    migration.stage_only(
        customers=[{"id": "c1", "name": "One", "by": "e1"}, {"id": "c2", "name": "Two", "by": "e2"}]
    )
    return migration


def test_only_employees_without_a_user_become_records(staffed: Migration) -> None:
    staffed.load(fallback_owner="9")
    assert [one["name"] for one in staffed.there.tables["people"].values()] == ["Ben"]


def test_a_reference_to_an_employee_who_is_a_user_is_empty_and_nothing_waits(
    staffed: Migration,
) -> None:
    staffed.load(fallback_owner="9")
    companies = {one["name"]: one for one in staffed.there.tables["companies"].values()}
    assert companies["One"]["owner_id"] == "1"
    assert companies["One"].get("worker_id") is None
    assert companies["Two"]["owner_id"] == "9"
    assert companies["Two"]["worker_id"] == staffed.id_of("worker", "employee-e2")
    assert staffed.journal.count_rejects() == {}


def test_an_employee_who_gets_a_user_later_is_the_owner_from_then_on(staffed: Migration) -> None:
    staffed.load(fallback_owner="9")
    staffed.there.users.append(Person("2", "Ben", "ben@example.com", active=True))
    staffed.load(fallback_owner="9")
    companies = {one["name"]: one for one in staffed.there.tables["companies"].values()}
    assert companies["Two"]["owner_id"] == "2"
    assert companies["Two"].get("worker_id") is None
