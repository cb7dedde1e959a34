"""Faults that only Salesforce has."""

from __future__ import annotations

import pytest
import requests


def test_a_session_may_end_at_any_time(client, sandbox):
    sandbox.fault("session_expired", "salesforce", times=1)
    assert client.refusal("GET", "limits") == (401, "INVALID_SESSION_ID")
    client.session.headers["Authorization"] = f"Bearer {sandbox.org.new_session()}"
    assert client.get("limits").status_code == 200


def test_the_days_requests_may_be_used_up_by_others(client, sandbox):
    sandbox.fault("request_limit", "salesforce", times=1)
    assert client.refusal("GET", "limits") == (403, "REQUEST_LIMIT_EXCEEDED")
    assert client.get("limits").status_code == 200


def test_records_may_be_held_by_others(client, sandbox):
    account = client.make("Account", Name="A")
    sandbox.fault("row_locks", "salesforce", times=1)
    told = {"LastName": "C", "AccountId": account}
    assert client.refusal("POST", "sobjects/Contact", told) == (400, "UNABLE_TO_LOCK_ROW")
    assert client.make("Contact", **told)


def test_answers_may_be_lost_after_the_work_was_done(client, sandbox):
    sandbox.fault("reset_after", "salesforce", times=1)
    with pytest.raises(requests.ConnectionError):
        client("POST", "sobjects/Account", {"Name": "A"})
    assert len(sandbox.org.rows["Account"]) == 1


def test_the_service_may_be_out_of_order(client, sandbox):
    sandbox.fault("server_error", "salesforce", times=1, status=503)
    answer = client("POST", "sobjects/Account", {"Name": "A"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (503, "SERVER_UNAVAILABLE")
    assert sandbox.org.rows["Account"] == {}
