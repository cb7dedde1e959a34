"""The scenario keeps its promise: few requests, and every kind of write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.loads import Load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox import Sandbox

RECORDS = ("organizations", "persons", "products", "deals", "deal_products", "activities", "notes")
MADE = (*RECORDS, "files", "organizationFields", "personFields", "productFields", "dealFields")
REMOVED = ("organizations", "persons", "deal_products", "activities", "notes", "files")


def test_both_loads_hold_every_kind_of_write_in_few_requests(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    load = Load(sandbox, tmp_path, concurrency=1)
    first = load.clean()
    assert len(first) <= 70
    assert {f"create {name}" for name in MADE} <= first.commits.keys()
    grown = {"organizationFields", "dealFields"}
    assert {f"update {name}" for name in (*grown, "organizations", "products")} <= (
        first.commits.keys()
    )
    load.go_on()
    later = load.clean()
    assert len(later) <= 60
    assert {f"update {name}" for name in (*RECORDS, *grown)} <= later.commits.keys()
    assert {f"delete {name}" for name in REMOVED} <= later.commits.keys()
