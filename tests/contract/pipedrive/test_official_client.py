"""Pipedrive's own client (npm `pipedrive`) finds the sandbox to its liking.

`PIPEDRIVE_CLIENT` names the folder that `scripts/npm-clients` prints; none without Node.js.
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

FOLDER = os.environ.get("PIPEDRIVE_CLIENT")
SCRIPT = Path(__file__).with_name("official_client.cjs")

pytestmark = pytest.mark.skipif(not FOLDER, reason="no npm on this machine, so no client to try")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(customers=1) as running:
        yield running


@pytest.fixture(scope="module")
def seen(sandbox: Sandbox) -> dict[str, Any]:
    """What the client got back on its walk."""
    assert FOLDER is not None
    node = shutil.which("node")
    assert node, "node is not in PATH"
    done = subprocess.run(  # noqa: S603 - the script is the one beside this file
        [node, str(SCRIPT), sandbox.pipedrive["api_url"]],
        env={**os.environ, "NODE_PATH": str(Path(FOLDER, "node_modules"))},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_the_client_writes_it_reads(seen: dict[str, Any], sandbox: Sandbox) -> None:
    assert seen["company"] == f"acme-service-{sandbox.crm.seed}"
    assert seen["person"] == ["Mary", "Smith"]
    assert (seen["custom"], seen["won"]) == ("KS-1", "2021-03-04T05:06:07Z")
    assert seen["value"] == 150
    assert (seen["listed"], seen["cursor"]) == (["Boiler"], None)
    assert seen["note"] == "2015-06-07 08:09:10"


def test_what_the_client_deletes_is_gone(seen: dict[str, Any], sandbox: Sandbox) -> None:
    assert seen["person"]
    assert sandbox.crm.snapshot()["deals"] == sandbox.crm.snapshot()["notes"] == []


def test_a_custom_field_at_the_root_is_refused(seen: dict[str, Any]) -> None:
    """pipedrive/client-nodejs#651."""
    assert seen["refused"]["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
    assert "is not allowed for this request" in seen["refused"]["error"]
