"""Who may read, and what every reply carries: sections 1.2, 1.3, 1.7 and 2.4."""

from __future__ import annotations

import pytest
import requests

DENIED = "<errors>\n  <error>Invalid Username, Account or password.</error>\n</errors>\n"


@pytest.mark.parametrize(
    "auth",
    [None, ("wrong", "wrong"), ("kickserv-sandbox-token", "x"), ("x", "kickserv-sandbox-token")],
)
def test_only_the_token_as_user_name_and_password_opens(client, auth):
    response = client.get("jobs.xml", auth=auth)
    assert (response.status_code, response.text) == (401, DENIED)


def test_a_bearer_token_does_not_open(client, sandbox):
    headers = {"authorization": f"Bearer {sandbox.switches.token}"}
    assert client.get("jobs.xml", auth=None, headers=headers).status_code == 401


def test_a_wrong_account_looks_like_a_wrong_token(sandbox):
    token = sandbox.switches.token
    response = requests.get(
        f"{sandbox.url}/kickserv/other/jobs.xml", auth=(token, token), timeout=20
    )
    assert (response.status_code, response.text) == (401, DENIED)


def test_the_json_refuses_in_json(client):
    response = client.get("jobs.json", token="wrong")
    assert response.status_code == 401
    assert response.json() == {"errors": ["Invalid Username, Account or password."]}


def test_the_older_refusal_is_plain_text_called_xml(client, sandbox):
    sandbox.switches.plain_401 = True
    response = client.get("jobs.xml", token="wrong")
    assert response.status_code == 401
    assert response.headers["content-type"].startswith("application/xml")
    assert response.headers["www-authenticate"] == 'Basic realm="Application"'
    assert response.text == "HTTP Basic: Access denied.\n"


def test_a_changed_password_revokes_the_token_from_one_request_on(client, sandbox):
    sandbox.switches.set(revoke_at=3, next_token="second")
    codes = [client.get("employees.xml", token="kickserv-sandbox-token").status_code for _ in "123"]
    assert codes == [200, 200, 401]
    assert client.get("employees.xml", token="second").status_code == 200
    assert sandbox.kickserv["api_token"] == "second"


def test_an_account_without_api_is_refused(client, sandbox):
    sandbox.switches.refusal_of_plan = 403
    assert client.get("jobs.xml").status_code == 403


@pytest.mark.parametrize("status", [404, 406])
def test_the_json_can_be_missing_while_the_xml_answers(client, sandbox, status):
    sandbox.switches.json_status = status
    assert client.get("jobs.json").status_code == status
    assert client.get("jobs.xml").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writing_is_refused_and_logged(sandbox, method):
    token = sandbox.switches.token
    url = f"{sandbox.source.base_url}/customers/1.xml"
    response = requests.request(method, url, auth=(token, token), data=b"<x/>", timeout=20)
    assert response.status_code == 405
    [entry] = sandbox.requests.of("kickserv", method)
    assert (entry.path, entry.status, entry.size) == ("/kickserv/acme/customers/1.xml", 405, 4)


def test_headers_are_the_recorded_ones_and_promise_nothing(client):
    headers = client.get("jobs.xml").headers
    assert headers["cache-control"] == "no-cache, no-store, max-age=0, must-revalidate"
    assert headers["x-request-id"]
    assert headers["content-encoding"] == "gzip"
    assert headers["set-cookie"].startswith("_kickserv_secure_session=")
    absent = {"link", "etag", "x-total", "x-total-count", "retry-after", "x-ratelimit-limit"}
    assert not absent & {name.lower() for name in headers}


def test_a_client_that_keeps_cookies_can_get_another_identity(client, sandbox):
    every = len(client.xml_pages("jobs.xml"))
    sandbox.switches.identity_by_cookie = True
    assert len(client.xml_pages("jobs.xml")) == every
    cookies = {"_kickserv_secure_session": "session-1"}
    shown = client.get("jobs.xml?page=9", cookies=cookies).content
    assert shown != client.get("jobs.xml?page=9").content
    assert [entry.cookie for entry in sandbox.requests[-2:]] == [True, False]


def test_a_limited_employee_sees_own_assignments_only(client, sandbox):
    sandbox.switches.limited_to = sandbox.source.ids("employees")[3]
    jobs = client.xml("jobs.xml?include=employees")
    assert len(jobs)
    for job in jobs:
        crew = {int(employee.findtext("id")) for employee in job.find("employees")}
        assert sandbox.switches.limited_to in crew
    hidden = next(job for job in sandbox.source.records("jobs") if job["status"] == "unscheduled")
    assert client.get(f"jobs/{hidden['job_number']}.xml").status_code == 400
