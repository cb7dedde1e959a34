"""jsforce, whose own tests run against a real org, finds the sandbox to its liking.

`SALESFORCE_CLIENT` names the folder that `scripts/npm-clients` prints; none without Node.js. What
is asserted of refusals and of results of jobs is what its own tests assert of an org
(test/connection-crud.test.ts, test/bulk2.test.ts).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = os.environ.get("SALESFORCE_CLIENT")
SCRIPT = Path(__file__).with_name("jsforce_tour.cjs")

pytestmark = pytest.mark.skipif(not FOLDER, reason="no npm on this machine, so no client to try")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(customers=1) as running:
        running.org.add_key_field("Account", "Ext__c")
        yield running


@pytest.fixture(scope="module")
def seen(sandbox: Sandbox) -> dict[str, Any]:
    """What the client got back on its walk."""
    assert FOLDER is not None
    node = shutil.which("node")
    assert node, "node is not in PATH"
    done = subprocess.run(  # noqa: S603 - the script is the one beside this file
        [node, str(SCRIPT), sandbox.url],
        env={**os.environ, "NODE_PATH": str(Path(FOLDER, "node_modules"))},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_client_logs_in(seen: dict[str, Any], sandbox: Sandbox) -> None:
    assert (seen["user"], seen["instance"]) == (sandbox.org.user, sandbox.url)
    assert seen["limit"]["limit"] == sandbox.org.daily_requests


def test_the_client_reads_describes(seen: dict[str, Any]) -> None:
    assert {"Account", "Contact", "Case"} <= set(seen["objects"])
    assert seen["fields"] > 60


def test_the_client_writes_records(seen: dict[str, Any]) -> None:
    assert (seen["made"], seen["read"], seen["updated"]) == (True, "Acme", True)
    assert (seen["created"], seen["changed"], seen["gone"]) == (True, False, True)


def test_the_client_understands_refusals(seen: dict[str, Any]) -> None:
    assert seen["incomplete"] == {
        "code": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [Name]",
    }
    assert seen["malformed"]["code"] == "MALFORMED_ID"
    assert seen["nonsense"]["code"] == "INVALID_FIELD"
    assert seen["deleted"]["code"] == "ENTITY_IS_DELETED"


def test_the_client_sends_collections(seen: dict[str, Any]) -> None:
    assert seen["some"] == [True, False, True]
    rolled = ["ALL_OR_NONE_OPERATION_ROLLED_BACK"]
    assert seen["none"] == [rolled, ["REQUIRED_FIELD_MISSING"], rolled]


def test_the_client_reads_results_of_jobs(seen: dict[str, Any]) -> None:
    assert (seen["loaded"], seen["left"]) == (2_500, 0)
    assert seen["failed"] == [
        ["", "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"]
    ]


def test_the_client_reads_long_answers(seen: dict[str, Any]) -> None:
    assert (seen["found"], seen["total"], seen["streamed"]) == (2_500, 2_500, 2_500)
    assert seen["children"] is True
