"""Which trouble is worth asking again, and which writes must never be repeated."""

from __future__ import annotations

import json
import socket

import pytest

from crm_transforms.destination import (
    AuthenticationError,
    BudgetExhaustedError,
    DestinationError,
    SettingError,
    Status,
    UnavailableError,
)
from target_salesforce.client import ATTEMPTS

QUERY = "/services/data/v62.0/query"
COLLECTION = "composite/sobjects$"

SILENCES = [
    ("server_error", {"status": 500}, "HTTP_500"),
    ("server_error", {"status": 502}, "HTTP_502"),
    ("server_error", {"status": 503}, "HTTP_503"),
    ("server_error", {"status": 504}, "HTTP_504"),
    ("html_page", {"status": 500}, "HTTP_500"),
    ("html_page", {"status": 200}, "UNREADABLE"),
    ("cut_body", {}, "CONNECTION_LOST"),
    ("truncated_json", {}, "UNREADABLE"),
    ("timeout_before", {}, "TIMEOUT"),
    ("timeout_after", {}, "TIMEOUT"),
    ("reset_before", {}, "CONNECTION_LOST"),
    ("reset_after", {}, "CONNECTION_LOST"),
]


def refused(code, message):
    return json.dumps([{"errorCode": code, "message": message}])


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("silence", SILENCES)
def test_a_read_is_asked_again(sandbox, destination, asked, silence):
    kind, how, _ = silence
    destination.identity()
    sandbox.requests.clear()
    sandbox.fault(kind, "salesforce", path=QUERY, times=2, **how)
    assert destination.people()
    assert len(asked("GET")) == 3


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("silence", SILENCES)
def test_a_write_without_an_answer_is_unknown_and_not_repeated(sandbox, hand, asked, silence):
    kind, how, code = silence
    hand.destination.describe("Account")
    sandbox.fault(kind, "salesforce", path=COLLECTION, **how)
    (verdict,) = hand.write(hand.create("Account", Name="Acme"))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, code)
    assert asked("POST").count("POST /composite/sobjects") == 1


def test_a_read_that_is_never_answered_ends(sandbox, destination, hands):
    destination.identity()
    sandbox.requests.clear()
    sandbox.fault("server_error", "salesforce", times=None)
    with pytest.raises(UnavailableError, match=r"HTTP_500|internal error"):
        destination.people()
    assert len(sandbox.requests) == ATTEMPTS
    assert hands.naps == sorted(hands.naps)


def test_a_wait_that_is_asked_for_is_kept(sandbox, destination, hands):
    destination.identity()
    sandbox.fault("server_error", "salesforce", status=503, headers={"retry-after": "30"})
    destination.people()
    assert hands.passed >= 30


@pytest.mark.parametrize(
    "crowd",
    [
        ("rate_limited", {"retry_after": 7}),
        (
            "server_error",
            {
                "status": 403,
                "body": refused(
                    "REQUEST_LIMIT_EXCEEDED",
                    "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
                ),
            },
        ),
    ],
)
def test_a_write_refused_as_one_too_many_is_sent_again_after_a_wait(sandbox, hand, hands, crowd):
    kind, how = crowd
    hand.destination.describe("Account")
    sandbox.fault(kind, "salesforce", path=COLLECTION, times=3, **how)
    (verdict,) = hand.write(hand.create("Account", Name="Acme"))
    assert verdict.status is Status.LANDED
    assert hands.passed > 3


def test_a_storm_of_refusals_ends_without_a_busy_loop(sandbox, hand, hands):
    hand.destination.describe("Account")
    sandbox.fault("rate_limited", "salesforce", path=COLLECTION, times=None)
    (verdict,), error = hand.write_until_it_stops([hand.create("Account", Name="Acme")])
    assert verdict.status is Status.ABSENT
    assert isinstance(error, UnavailableError)
    assert len(sandbox.requests.of("salesforce", "POST")) < 60
    assert hands.passed >= 900


def test_a_spent_allowance_stops_at_once(sandbox, hand, hands):
    hand.destination.describe("Account")
    body = refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    sandbox.requests.clear()
    sandbox.fault("server_error", "salesforce", path=COLLECTION, status=403, body=body)
    (verdict,), error = hand.write_until_it_stops([hand.create("Account", Name="Acme")])
    assert verdict.status is Status.ABSENT
    assert isinstance(error, BudgetExhaustedError)
    assert error.resumes_at
    assert len(sandbox.requests.of("salesforce", "POST")) == 1
    assert hands.passed == 0


def test_a_block_page_is_no_refusal_of_the_record(sandbox, hand):
    hand.destination.describe("Account")
    sandbox.fault("html_page", "salesforce", path=COLLECTION, status=403, times=None)
    (verdict,), error = hand.write_until_it_stops([hand.create("Account", Name="Acme")])
    assert verdict.status is Status.ABSENT
    assert "blocked before the API" in str(error)


def test_an_address_that_is_not_the_api_is_named_at_once(sandbox, destination, hands):
    sandbox.fault("html_page", "salesforce", method="GET", status=404, times=None)
    with pytest.raises(DestinationError, match="check instance_url"):
        destination.identity()
    assert hands.passed == 0


def test_a_version_that_the_org_does_not_have_names_the_setting(sandbox, destination):
    body = refused("UNSUPPORTED_API_VERSION", "This API version is no longer supported")
    sandbox.fault("server_error", "salesforce", method="GET", status=410, body=body)
    with pytest.raises(SettingError, match="setting api_version"):
        destination.identity()


def test_a_redirect_is_not_followed_with_the_token(sandbox, destination):
    place = {"location": "https://elsewhere.example/"}
    sandbox.fault("html_page", "salesforce", method="GET", status=302, headers=place)
    with pytest.raises(DestinationError, match="redirected to https://elsewhere"):
        destination.identity()


def test_an_api_that_is_closed_stops_everything(sandbox, hand):
    hand.destination.describe("Account")
    body = refused("API_DISABLED_FOR_ORG", "API is not enabled for this Organization")
    sandbox.fault("server_error", "salesforce", path=COLLECTION, status=403, body=body, times=None)
    operations = [hand.create("Account", Name=f"A {n}") for n in range(1_000)]
    verdicts, error = hand.write_until_it_stops(operations)
    assert isinstance(error, AuthenticationError)
    assert {verdict.status for verdict in verdicts} == {Status.ABSENT}


def test_a_refused_connection_says_that_nothing_was_sent(connect):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    destination = connect(
        access_token="00D!x", instance_url=f"http://127.0.0.1:{port}", login_url=None
    )
    with pytest.raises(UnavailableError, match="cannot connect"):
        destination.identity()


def test_words_of_the_api_never_show_the_token(sandbox, destination):
    destination.identity()
    token = destination._client.session.current().access_token
    body = refused("NOT_FOUND", f"no token like {token}")
    sandbox.fault("server_error", "salesforce", path=QUERY, status=500, body=body, times=None)
    with pytest.raises(UnavailableError) as error:
        destination.people()
    assert token not in str(error.value)
