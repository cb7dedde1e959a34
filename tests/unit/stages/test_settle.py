"""Settling: what became of requests without an answer is asked, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS

from crm_transforms.destination import Status
from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop

LINES = [*SCHEMAS, *GOOD]
PATHS = {"organization": "/organizations$", "deal": "/deals$", "note": "/notes$"}


def count(shop: Shop) -> dict[str, int]:
    snapshot = shop.sandbox.crm.snapshot()
    return {name: len(snapshot[name]) for name in LANDED}


EXPECTED = {name: len(names) for name, names in LANDED.items()}


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncated_json"])
@pytest.mark.parametrize("name", PATHS)
def test_a_silent_create_lands_once(shop: Shop, name: str, kind: str) -> None:
    armed = shop.sandbox.fault(kind, "pipedrive", method="POST", path=PATHS[name])
    assert shop.load(LINES).code == Exit.DONE
    assert armed.hits == 1
    assert shop.there() == LANDED
    assert count(shop) == EXPECTED


def test_an_operation_that_is_still_unknown_is_neither_sent_again_nor_forgotten(
    shop: Shop,
) -> None:
    shop.sandbox.fault("reset_after", "pipedrive", method="POST", path=PATHS["organization"])
    shop.sandbox.fault(
        "server_error", "pipedrive", method="GET", path=PATHS["organization"], skip=1, times=None
    )
    assert shop.load(LINES).code == Exit.FAILURE
    with shop.open_journal() as journal:
        identity = journal.runs()[-1].identity
        (open_operation,) = journal.open_operations(identity)
    assert (open_operation.object, open_operation.status) in {
        ("organization", None),
        ("organization", Status.UNKNOWN),
    }
    shop.sandbox.clear_faults()
    assert shop.load(LINES).code == Exit.DONE
    assert count(shop) == EXPECTED
    with shop.open_journal() as journal:
        assert list(journal.open_operations(identity)) == []


def test_a_silent_update_is_compared_and_not_repeated(shop: Shop) -> None:
    shop.load(LINES)
    changed = {"name": "New name", "kind": "Business", "credit": "10.5", "seller_id": "s1"}
    row = {"type": "RECORD", "stream": "customers", "record": {"id": "c1", **changed}}
    shop.sandbox.fault("reset_after", "pipedrive", method="PATCH", path="/organizations/")
    shop.sandbox.requests.clear()
    assert shop.load([*LINES, row]).code == Exit.DONE
    assert [r.method for r in shop.sandbox.requests if r.method != "GET"] == ["PATCH"]
    assert shop.there()["organizations"] == {"New name", "Fair Ltd"}
