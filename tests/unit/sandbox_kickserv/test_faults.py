"""What goes wrong between client and service: T-05, T-06, T-07, T-08, T-35 of the fault tests."""

from __future__ import annotations

import gzip
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from requests import exceptions
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from tests.sandbox import Fault, Sandbox

SOON = 0.3
"""Seconds that a client of these tests waits for a reply."""


def organizations(sandbox) -> list[str]:
    """Read the names of Pipedrive's organizations past every fault."""
    return [row["name"] for row in sandbox.crm.tables["organizations"].rows.values()]


def create(sandbox, name: str) -> requests.Response:
    return requests.post(
        f"{sandbox.pipedrive['api_url']}/api/v2/organizations",
        json={"name": name},
        headers={"x-api-token": sandbox.pipedrive["api_token"]},
        timeout=SOON,
    )


def test_too_many_requests_come_with_and_without_a_time_to_wait(client, sandbox):
    sandbox.fault("rate_limited", "kickserv", retry_after=7)
    sandbox.fault("rate_limited", "kickserv")
    first, second, third = (client.get("jobs.xml") for _ in range(3))
    assert (first.status_code, first.headers["retry-after"]) == (429, "7")
    assert second.status_code == 429
    assert "retry-after" not in second.headers
    assert third.status_code == 200


def test_a_storm_hits_the_drawn_share_of_all_requests(client, sandbox):
    armed = sandbox.fault("server_error", "kickserv", status=503, times=None, share=0.5, seed=3)
    codes = [client.get("tasks/1.xml").status_code for _ in range(40)]
    assert codes.count(503) == armed.hits
    assert 10 < armed.hits < 30


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_has_the_status_asked_for(client, sandbox, status):
    sandbox.fault("server_error", "kickserv", status=status)
    assert client.get("jobs.xml").status_code == status


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_of_html_comes_under_any_status(client, sandbox, status):
    sandbox.fault("html_page", "kickserv", status=status)
    response = client.get("jobs.xml")
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )


def test_an_error_can_hide_behind_status_200(client, sandbox):
    sandbox.fault("json_error_200", "kickserv")
    response = client.get("jobs.json")
    assert response.status_code == 200
    assert "errors" in response.json()


def test_a_cut_body_is_shorter_than_promised(client, sandbox):
    sandbox.fault("cut_body", "kickserv")
    with pytest.raises((ChunkedEncodingError, exceptions.ConnectionError)):
        client.get("jobs.xml")
    assert client.get("jobs.xml").status_code == 200


def test_a_truncated_document_is_valid_http(client, sandbox):
    sandbox.fault("truncated_json", "kickserv", path=r"\.json$")
    response = client.get("jobs.json")
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(response.content)
    with pytest.raises(exceptions.JSONDecodeError):
        response.json()


def test_a_slow_reply_dribbles_and_is_whole(client, sandbox):
    plain = client.get("jobs.xml").content
    sandbox.fault("slow", "kickserv", seconds=0.2)
    begun = time.monotonic()
    assert client.get("jobs.xml").content == plain
    assert time.monotonic() - begun >= 0.2


def test_a_slow_reply_ends_when_the_client_leaves(client, sandbox):
    sandbox.fault("slow", "kickserv", seconds=60)
    with pytest.raises((ReadTimeout, exceptions.ConnectionError)):
        client.get("jobs.xml", timeout=0.2)
    assert client.get("jobs.xml").status_code == 200


def test_a_timeout_before_leaves_nothing_done(sandbox):
    sandbox.fault("timeout_before", "pipedrive", method="POST")
    with pytest.raises(ReadTimeout):
        create(sandbox, "Before")
    assert organizations(sandbox) == []


def test_a_timeout_after_leaves_the_work_done(sandbox):
    sandbox.fault("timeout_after", "pipedrive", method="POST")
    with pytest.raises(ReadTimeout):
        create(sandbox, "After")
    assert organizations(sandbox) == ["After"]


def test_resets_come_before_and_after_the_work(sandbox):
    for kind in ("reset_before", "reset_after"):
        sandbox.fault(kind, "pipedrive", method="POST")
        with pytest.raises(exceptions.ConnectionError):
            create(sandbox, kind)
    assert organizations(sandbox) == ["reset_after"]


def test_a_reset_is_a_reset_and_no_orderly_end(sandbox):
    sandbox.fault("reset_before", "kickserv")
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as peer:
        peer.sendall(b"GET /kickserv/acme/jobs.xml HTTP/1.1\r\nhost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            peer.recv(1)


def test_a_late_commit_happens_when_it_is_released(sandbox):
    armed = sandbox.fault("late_commit", "pipedrive", method="POST")
    with pytest.raises(exceptions.ConnectionError):
        create(sandbox, "Late")
    create(sandbox, "Again")
    assert organizations(sandbox) == ["Again"]
    sandbox.release(armed)
    assert organizations(sandbox) == ["Again", "Late"]


def test_a_late_commit_happens_after_so_many_further_requests(client, sandbox):
    sandbox.fault("late_commit", "pipedrive", method="POST", after=2)
    with pytest.raises(exceptions.ConnectionError):
        create(sandbox, "Late")
    create(sandbox, "First")
    client.get("jobs/1.xml")
    assert organizations(sandbox) == ["First"]
    create(sandbox, "Second")
    create(sandbox, "Third")
    assert organizations(sandbox) == ["First", "Second", "Late", "Third"]


KILLED = """
import sys, requests
url, token = sys.argv[1:]
sys.stdin.readline()
requests.post(url, json={"name": "Killed"}, headers={"x-api-token": token}, timeout=20)
"""


@pytest.mark.parametrize(("kind", "done"), [("kill_before", []), ("kill_after", ["Killed"])])
def test_the_asking_process_is_killed_before_or_after_the_work(sandbox, kind, done):
    settings = sandbox.pipedrive
    url = f"{settings['api_url']}/api/v2/organizations"
    command = [sys.executable, "-c", KILLED, url, settings["api_token"]]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own script
    try:
        sandbox.fault(kind, "pipedrive", pid=process.pid)
        process.communicate(b"\n", timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert organizations(sandbox) == done


def test_skip_and_times_count_matching_requests_only(client, sandbox):
    sandbox.fault("server_error", "kickserv", path=r"/jobs/\d+", skip=1, times=2)
    paths = ["jobs/1.xml", "employees.xml", *["jobs/1.xml"] * 3]
    assert [client.get(path).status_code for path in paths] == [200, 200, 500, 500, 200]


def test_at_counts_every_request_to_the_service(client, sandbox):
    sandbox.fault("server_error", "kickserv", at=3)
    codes = [client.get(path).status_code for path in ("jobs/1.xml", "jobs.json", "jobs/2.xml")]
    assert codes == [200, 200, 500]


def test_a_request_meets_one_fault_and_the_next_meets_the_next(client, sandbox):
    faults = [sandbox.fault("server_error", "kickserv", status=status) for status in (502, 503)]
    assert [client.get("jobs.xml").status_code for _ in range(3)] == [502, 503, 200]
    assert [armed.hits for armed in faults] == [1, 1]


def test_a_fault_of_one_service_spares_the_other(client, sandbox):
    sandbox.fault("server_error", "pipedrive", times=None)
    assert client.get("jobs.xml").status_code == 200
    sandbox.clear_faults()
    assert create(sandbox, "Fine").ok


@pytest.mark.parametrize(
    "arguments", [{"kind": "explode"}, {"kind": "kill_after"}, {"kind": "slow", "at": 1, "skip": 1}]
)
def test_a_fault_that_cannot_happen_is_refused(arguments):
    with pytest.raises(ValueError, match=arguments["kind"]):
        Fault(**arguments)


def test_the_log_tells_status_and_fault(client, sandbox):
    sandbox.fault("server_error", "kickserv", status=502)
    sandbox.fault("reset_after", "kickserv")
    client.get("jobs.xml?page=4")
    with pytest.raises(exceptions.ConnectionError):
        client.get("jobs.xml")
    client.get("jobs.xml")
    assert [(entry.status, entry.fault) for entry in sandbox.requests] == [
        (502, "server_error"),
        (None, "reset_after"),
        (200, None),
    ]
    first = sandbox.requests[0]
    assert (first.number, first.service, first.method) == (1, "kickserv", "GET")
    assert (first.path, first.query) == ("/kickserv/acme/jobs.xml", "page=4")


def test_replies_do_not_cross_after_a_timeout_on_a_kept_connection(sandbox):
    """T-35"""
    token = sandbox.switches.token
    sandbox.fault("timeout_after", "kickserv", path="jobs/1")
    with requests.Session() as session:
        session.auth = (token, token)
        with pytest.raises(ReadTimeout):
            session.get(f"{sandbox.source.base_url}/jobs/1.json", timeout=SOON)
        second = session.get(f"{sandbox.source.base_url}/jobs/2.json", timeout=20)
    assert second.json()["job_number"] == 2


def test_a_hanging_reply_does_not_keep_the_sandbox_from_stopping():
    with (
        Sandbox(customers=5) as sandbox,
        socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as peer,
    ):
        sandbox.fault("timeout_before", "kickserv")
        peer.sendall(b"GET /kickserv/acme/jobs.xml HTTP/1.1\r\nhost: x\r\n\r\n")
        while not sandbox.requests:
            time.sleep(0.01)
        begun = time.monotonic()
        sandbox.__exit__(None, None, None)
        assert time.monotonic() - begun < 2


def test_compressed_bodies_are_really_compressed(client):
    response = client.get("jobs.xml", stream=True)
    assert gzip.decompress(response.raw.read()).startswith(b"<?xml")
