"""The sandbox from another process: the command and the control addresses."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
import requests


@pytest.fixture
def control(sandbox):
    def ask(method: str, path: str, body=None) -> requests.Response:
        return requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, timeout=20)

    return ask


def test_home_tells_the_settings_of_both_plugins(control, sandbox):
    home = control("GET", "").json()
    assert home == {
        "url": sandbox.url,
        "kickserv": sandbox.kickserv,
        "pipedrive": sandbox.pipedrive,
    }


def test_faults_are_armed_listed_and_cleared(control, client):
    sent = {"kind": "server_error", "service": "kickserv", "status": 503, "times": None}
    assert control("POST", "faults", sent).status_code == 201
    assert client.get("jobs.xml").status_code == 503
    [armed] = control("GET", "faults").json()
    assert (armed["kind"], armed["hits"]) == ("server_error", 1)
    control("DELETE", "faults")
    assert client.get("jobs.xml").status_code == 200


def test_a_late_commit_is_released(control, sandbox):
    armed = control("POST", "faults", {"kind": "late_commit", "service": "pipedrive"}).json()
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.post(
            f"{sandbox.pipedrive['api_url']}/api/v2/organizations",
            json={"name": "Late"},
            headers={"x-api-token": sandbox.pipedrive["api_token"]},
            timeout=20,
        )
    assert control("GET", "faults").json()[0]["held"] == 1
    control("POST", f"faults/{armed['number']}/release")
    assert [row["name"] for row in sandbox.crm.tables["organizations"].rows.values()] == ["Late"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "faults", {"kind": "explode"}, 400),
        ("POST", "faults", {"kind": "slow", "speed": 3}, 400),
        ("POST", "faults", [], 400),
        ("POST", "faults/77/release", None, 404),
        ("PATCH", "switches", {"page_size": 3}, 400),
        ("PATCH", "source/jobs/1", {"name": "x"}, 404),
        ("GET", "source/estimates", None, 404),
        ("POST", "source/jobs", {"colour": "red"}, 400),
        ("PATCH", "crm", {"nonsense": 1}, 400),
        ("POST", "crm/reset", None, 404),
    ],
)
def test_a_mistake_is_refused_with_its_reason(control, method, path, body, status):
    response = control(method, path, body)
    assert response.status_code == status
    assert response.json()["error"]


def test_switches_are_read_and_set(control, client, direct_id):
    assert control("PATCH", "switches", {"xml_page_size": 7}).json()["xml_page_size"] == 7
    assert len(client.xml("jobs.xml")) == 7
    control("PATCH", "switches", {"files": {str(direct_id): "gone"}})
    assert client.get(f"attachments/{direct_id}/download").status_code == 404


@pytest.fixture
def direct_id(sandbox) -> int:
    return next(row["id"] for row in sandbox.source.records("attachments") if row["id"] % 3)


def test_the_source_is_read_edited_extended_and_shortened(control, client, sandbox):
    job_id = sandbox.source.ids("work")[0]
    edited = control("PATCH", f"source/jobs/{job_id}", {"name": "Renamed"}).json()
    assert client.xml("jobs.xml")[0].findtext("name") == "Renamed"
    assert edited["updated_at"] > "2026-11-02T09:00"
    added = control("POST", "source/notes", {
        "note": "new", "noteable_type": "Job", "noteable_id": job_id,
    }).json()  # fmt: skip
    assert added["id"] in {note["id"] for note in control("GET", "source/notes").json()}
    assert control("DELETE", f"source/notes/{added['id']}").status_code == 200
    assert control("GET", f"source/notes/{added['id']}").status_code == 404
    assert control("DELETE", f"source/jobs/{job_id}?soft=1").status_code == 200
    assert control("GET", f"source/jobs/{job_id}").json()["deleted_at"]


def test_the_crm_is_read_and_its_switches_set(control, sandbox):
    assert control("GET", "crm").status_code == 200
    assert control("PATCH", "crm", {"burst": 5}).json() == {"burst": 5}
    assert sandbox.crm.burst == 5
    assert control("POST", "crm/revoke_token").status_code == 200
    assert sandbox.crm.token is None


def test_oddities_are_told(control):
    kinds = {row["kind"]: row for row in control("GET", "oddities").json()}
    assert len(kinds["emoji"]["ids"]) >= 3


def test_control_is_neither_logged_nor_faulty(control, client, sandbox):
    sandbox.fault("server_error", times=None)
    assert control("GET", "requests").json() == []
    client.get("jobs.xml")
    assert [row["status"] for row in control("GET", "requests?service=kickserv").json()] == [500]
    control("DELETE", "requests")
    assert control("GET", "requests").json() == []


def test_reset_brings_everything_back(control, client, sandbox):
    before = client.get("jobs.json").content
    sandbox.fault("server_error", times=None)
    sandbox.switches.json_page_size = 3
    sandbox.source.delete("jobs", sandbox.source.ids("work")[-1])
    control("POST", "reset")
    assert client.get("jobs.json").content == before
    assert len(sandbox.requests) == 1


@pytest.fixture
def command():
    """Start the sandbox's command; what still runs at the end is killed."""
    started = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.sandbox", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_command_prints_where_it_is_serves_and_ends_by_signal(command):
    process = command("--port", "0", "--customers", "20")
    lines = [process.stdout.readline() for _ in range(6)]
    printed = dict(re.findall(r"^kickserv +(\w+): (.*)$", "".join(lines), re.MULTILINE))
    token = printed["api_token"]
    url = f"{printed['api_url']}/{printed['account_slug']}/employees.xml"
    assert requests.get(url, auth=(token, token), timeout=20).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == -signal.SIGTERM
    assert process.stderr.read() == ""


def test_help_teaches_how_to_look_inside(command):
    text, _ = command("--help").communicate(timeout=60)
    for word in ("--customers", "--burst", "/_sandbox/faults", "rate_limited"):
        assert word in text


def test_a_port_that_is_taken_is_a_clear_error(command, sandbox):
    port = sandbox.url.rpartition(":")[2]
    process = command("--port", port, "--customers", "5")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in errors
