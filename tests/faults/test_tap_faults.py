"""Whatever goes wrong while Kickserv is read: no row is lost, or the run says that it failed."""

from __future__ import annotations

import random
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.faults import programs
from tests.faults.processes import Process
from tests.faults.readings import Read, Tap, missing, read_from
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

CUSTOMERS = 40
TROUBLES: dict[str, dict[str, Any]] = {
    "429": {"kind": "rate_limited"},
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": 30},
    "500": {"kind": "server_error"},
    "503 with HTML": {"kind": "html_page", "status": 503},
    "sign-in page": {"kind": "html_page", "status": 200},
    "cut body": {"kind": "cut_body"},
    "truncated": {"kind": "truncated_json"},
    "slow": {"kind": "slow", "seconds": 0.2},
    "timeout": {"kind": "timeout_before"},
    "reset": {"kind": "reset_before"},
    "reset of the reply": {"kind": "reset_after"},
}
PLACES = {
    "second page of customers": (r"/customers\.xml$", 1),
    "a list of jobs": (r"/jobs\.xml$", 0),
    "one job": (r"/jobs/[0-9]+\.json$", 5),
    "employees": (r"/employees\.xml$", 0),
    "opportunities": (r"/opportunities\.json$", 0),
}


@pytest.fixture(scope="module")
def account() -> Iterator[Sandbox]:
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        yield sandbox


@pytest.fixture
def tap(account: Sandbox, tmp_path: Path) -> Tap:
    account.reset()
    return Tap(account, tmp_path, {"token_wait_seconds": 0})


@pytest.fixture(scope="module")
def clean(account: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Read:
    account.reset()
    tap = Tap(account, tmp_path_factory.mktemp("clean"))
    read = tap.read()
    assert read.ended.code == 0, read.ended.errors
    for stream in ("customers", "jobs", "contacts", "job_charges", "attachments", "payments"):
        truth = {str([row["id"]]) for row in account.source.records(stream)}
        assert read.rows[stream].keys() == truth, stream
    return read


@pytest.fixture
def seed() -> int:
    """Printed, and so told when a test fails."""
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    return seed


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_trouble_with_any_list_or_record_costs_a_repetition_and_nothing_else(
    tap: Tap, clean: Read, trouble: dict[str, Any]
) -> None:
    armed = [
        tap.sandbox.fault(service="kickserv", path=path, skip=skip, **trouble)
        for path, skip in PLACES.values()
    ]
    read = tap.read()
    assert read.ended.code == 0, read.ended.errors
    assert missing(clean, read) == []
    assert [fault.hits for fault in armed] == [1] * len(PLACES)
    assert len(tap.sandbox.requests) <= clean.asked + len(PLACES)


@pytest.mark.parametrize("share", [0.2, 0.8])
@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "cut_body", "reset_before"])
def test_a_storm_is_waited_out_or_ends_the_run_with_a_word(
    tap: Tap, clean: Read, seed: int, kind: str, share: float
) -> None:
    storm = tap.sandbox.fault(kind, "kickserv", share=share, times=60, seed=seed)
    read = tap.read()
    assert storm.hits > 3
    assert read.slept >= 0.5 * (storm.hits - 1), "repeated requests follow too soon"
    if read.ended.code:
        assert "times, the last time with" in read.ended.errors
        assert "Traceback" not in read.ended.errors
        called_whole_in_vain = [s for s in read.whole if read.rows.get(s) != clean.rows.get(s)]
        assert called_whole_in_vain == []
        tap.sandbox.clear_faults()
        read = tap.read()
    assert missing(clean, read) == []


@pytest.mark.parametrize("at", [2, 9, 40])
def test_a_token_that_is_reset_in_mid_run_is_waited_for(tap: Tap, clean: Read, at: int) -> None:
    tap.settings["token_wait_seconds"] = 60
    tap.sandbox.switches.revoke_at = at
    with Process(tap.folder) as process:
        notes = tap.folder / "notes"
        process.start(programs.tap, ["--config", str(tap.configure())], notes=str(notes))
        process.wait_until(lambda: "no longer accepts the API token" in process.errors())
        tap.settings["api_token"] = tap.sandbox.switches.next_token
        tap.configure()
        read = read_from(process.end())
    assert read.ended.code == 0, read.ended.errors
    assert missing(clean, read) == []


def test_a_token_that_stays_refused_ends_the_run_with_what_to_do(tap: Tap, clean: Read) -> None:
    tap.sandbox.switches.revoke_at = 12
    read = tap.read()
    assert read.ended.code == 1
    assert "My Account > API token" in read.ended.errors
    assert "Traceback" not in read.ended.errors
    assert not {"jobs", "notes"} & read.whole
    tap.settings["api_token"] = tap.sandbox.switches.next_token
    assert missing(clean, tap.read()) == []


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("move", ["insert", "delete", "edit"])
def test_no_row_is_lost_while_pages_shift(tap: Tap, seed: int, move: str, order: Any) -> None:
    rng = random.Random(seed)
    switches = tap.sandbox.switches
    switches.set(xml_order=order, json_order=order, xml_page_size=7, json_page_size=7)
    switches.shifts = {name: [move] * rng.randint(1, 3) for name in ("customers", "jobs")}
    stayed = {
        name: {str([i]) for i in tap.sandbox.source.ids(name)} for name in ("customers", "jobs")
    }
    read = tap.read()
    assert read.ended.code == 0, read.ended.errors
    for stream, there in stayed.items():
        alive = there & {str([i]) for i in tap.sandbox.source.ids(stream)}
        assert alive - read.rows[stream].keys() == set(), stream
        assert not read.doubled.get(stream)


def test_a_list_whose_page_number_is_ignored_is_an_error(tap: Tap) -> None:
    tap.sandbox.switches.paging = False
    read = tap.read()
    assert read.ended.code == 1
    assert "page number seems to be ignored" in " ".join(read.ended.errors.split())
    assert "customers" not in read.whole


@pytest.mark.parametrize("at", [1, 6, 20, 60])
@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
def test_what_a_killed_tap_left_out_comes_with_the_next_run(
    tap: Tap, clean: Read, kind: str, at: int
) -> None:
    with Process(tap.folder) as process:
        tap.sandbox.fault(kind, "kickserv", at=at, pid=process.pid)
        read = tap.read_in(process)
    assert read.ended.code == -signal.SIGKILL
    assert [s for s in read.whole if read.rows.get(s) != clean.rows.get(s)] == []
    tap.sandbox.clear_faults()
    assert missing(clean, tap.read()) == []


@pytest.mark.parametrize("sent", ["entity_bomb", "external_entity"])
def test_entities_in_the_xml_are_refused_unread(tap: Tap, sent: str) -> None:
    tap.sandbox.switches.xml_replaced_by = sent
    tap.settings["api"] = "xml"
    read = tap.read(memory=512 * 1024 * 1024)
    assert read.ended.code == 1
    assert "Traceback" not in read.ended.errors
    assert "MemoryError" not in read.ended.errors
    assert not read.whole
    host = Path("/etc/hostname").read_text().strip()
    assert host not in read.ended.output
