"""The end: no thread, no connection and no request outlives the run."""

from __future__ import annotations

import json
import sys
import threading

import pytest
from click.testing import CliRunner
from tests.unit.target_pipedrive.conftest import BLINK

from crm_transforms.cli import console_script
from crm_transforms.destination import DestinationError, Status
from crm_transforms.journal import Journal, LeaseHeldError
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.target import TargetPipedrive

MAPPING = """
version: 1
source: shop
destination: pipedrive
objects:
  organization:
    target: organizations
    from: customers
    key: {shop_id: id}
    fields:
      name: name
    custom:
      shop_id: {type: text}
"""


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("pipedrive")]


def test_after_the_end_nothing_is_sent(sandbox, connect, make):
    destination = connect()
    list(destination.write([make("organizations", name=f"O {n}") for n in range(20)]))
    assert threads()
    destination.close()
    assert threads() == []
    sandbox.requests.clear()
    with pytest.raises(DestinationError, match="the run has ended"):
        destination.people()
    verdicts = []
    with pytest.raises(DestinationError, match="the run has ended"):
        verdicts.extend(destination.write([make("organizations", name="Late")]))
    assert len(sandbox.requests) == 0


def test_a_write_that_waits_for_its_turn_is_not_sent_after_the_end(sandbox, connect, make, hands):
    sleep = hands.sleep

    def ended_meanwhile(seconds):
        destination._client.close()
        sleep(seconds)

    hands.sleep = ended_meanwhile
    destination = connect()
    destination.describe("organizations")
    sandbox.fault("rate_limited", "pipedrive", method="POST", times=None)
    verdicts, error = [], None
    try:
        for verdict in destination.write([make("organizations", name="Acme")]):
            verdicts.append(verdict)  # noqa: PERF402 - extend() would lose them when it raises
    except DestinationError as stopped:
        error = stopped
    assert [verdict.status for verdict in verdicts] == [Status.ABSENT]
    assert "the run has ended" in str(error)
    assert len(sandbox.requests.of("pipedrive", "POST")) == 1


@pytest.fixture
def noted(sandbox, hands, tmp_path):
    """A target that notes, when its destination is closed, whether the lease was still held."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    mapping = tmp_path / "shop.yml"
    mapping.write_text(MAPPING)
    held = []

    class Noting(PipedriveDestination):
        def close(self):
            super().close()
            try:
                with (
                    Journal.open(url, source="shop", target="pipedrive") as journal,
                    journal.lease("look"),
                ):
                    held.append(False)
            except LeaseHeldError:
                held.append(True)

    class Target(TargetPipedrive):
        settle = (0.0,)

        @classmethod
        def open_destination(cls, config):
            return Noting(config, clock=hands.clock, timeouts=BLINK)

    config = tmp_path / "config.json"
    settings = {**sandbox.pipedrive, "mapping": str(mapping), "journal": url}
    config.write_text(json.dumps(settings))
    return Target, str(config), held


STREAM = (
    {
        "type": "SCHEMA",
        "stream": "customers",
        "schema": {"properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
        "key_properties": ["id"],
    },
    {"type": "RECORD", "stream": "customers", "record": {"id": "1", "name": "Acme"}},
)


def run(target, config):
    lines = "".join(json.dumps(message) + "\n" for message in STREAM)
    return CliRunner().invoke(target.get_singer_command(), ["--config", config], input=lines)


@pytest.fixture
def own_hook(monkeypatch):
    # The SDK's command replaces it.
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


@pytest.mark.usefixtures("own_hook")
@pytest.mark.parametrize("fault", [None, "server_error"])
def test_the_singer_script_closes_the_destination_while_it_holds_the_lease(noted, sandbox, fault):
    target, config, held = noted
    if fault:
        sandbox.fault(fault, "pipedrive", times=None)
    assert run(target, config).exit_code == bool(fault)
    assert held == [True]
    assert threads() == []


@pytest.mark.usefixtures("own_hook")
def test_a_command_closes_the_destination_while_it_holds_the_lease(noted, monkeypatch):
    target, config, held = noted
    run(target, config)
    held.clear()
    monkeypatch.setattr(sys, "argv", ["target-pipedrive-migration", "apply", "--config", config])
    with pytest.raises(SystemExit) as ended:
        console_script(target)()
    assert not ended.value.code
    assert held == [True]
    assert threads() == []
