"""Which trouble is worth asking again, and which writes must never be repeated."""

from __future__ import annotations

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
from target_pipedrive.client import ATTEMPTS, base_of

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


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("silence", SILENCES)
def test_a_read_is_asked_again(sandbox, destination, asked, silence):
    kind, how, _ = silence
    sandbox.fault(kind, "pipedrive", method="GET", times=2, **how)
    assert destination.identity().name == "Acme Service"
    assert asked() == ["GET /v1/users/me"] * 3


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("silence", SILENCES)
def test_a_write_without_an_answer_is_unknown_and_not_repeated(sandbox, hand, asked, silence):
    kind, how, code = silence
    hand.destination.describe("organizations")
    sandbox.fault(kind, "pipedrive", method="POST", **how)
    (verdict,) = hand.write(hand.create("organizations", name="Acme"))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, code)
    assert asked("POST") == ["POST /api/v2/organizations"]


def test_a_read_that_is_never_answered_ends(sandbox, destination, hands):
    sandbox.fault("server_error", "pipedrive", times=None)
    with pytest.raises(UnavailableError, match="GET /v1/users/me: HTTP_500"):
        destination.identity()
    assert len(sandbox.requests) == ATTEMPTS
    assert hands.naps == sorted(hands.naps)
    assert hands.naps[0] >= 1


def test_a_body_that_denies_its_200_is_a_refusal(sandbox, hand):
    hand.destination.describe("organizations")
    sandbox.fault("json_error_200", "pipedrive", method="POST")
    (verdict,) = hand.write(hand.create("organizations", name="Acme"))
    assert (verdict.status, verdict.message) == (Status.REFUSED, "something went wrong")


@pytest.mark.parametrize("retry_after", [None, 7])
def test_a_write_refused_as_too_frequent_is_sent_again_after_the_wait(
    sandbox, hand, hands, retry_after
):
    hand.destination.describe("organizations")
    sandbox.fault("rate_limited", "pipedrive", method="POST", times=3, retry_after=retry_after)
    (verdict,) = hand.write(hand.create("organizations", name="Acme"))
    assert verdict.status is Status.LANDED
    assert [c.action for c in sandbox.crm.commits if c.object == "organizations"] == ["create"]
    assert hands.passed >= 3 * (retry_after or 2)


def test_a_storm_of_refusals_ends_without_a_busy_loop(sandbox, hand, hands):
    hand.destination.describe("organizations")
    sandbox.fault("rate_limited", "pipedrive", method="POST", times=None)
    (verdict,), error = hand.write_until_it_stops([hand.create("organizations", name="Acme")])
    assert verdict.status is Status.ABSENT
    assert isinstance(error, UnavailableError)
    assert "too frequent" in str(error)
    assert len(sandbox.requests.of("pipedrive", "POST")) < 30
    assert hands.passed >= 900


@pytest.mark.parametrize(
    "how",
    [
        {"body": '{"success":false,"error":"daily request budget exceeded","errorCode":429}'},
        {"retry_after": 3_939},
    ],
)
def test_a_spent_daily_budget_stops_at_once(sandbox, hand, hands, how):
    hand.destination.describe("organizations")
    sandbox.fault("rate_limited", "pipedrive", method="POST", times=None, **how)
    (verdict,), error = hand.write_until_it_stops([hand.create("organizations", name="Acme")])
    assert verdict.status is Status.ABSENT
    assert isinstance(error, BudgetExhaustedError)
    assert error.resumes_at
    assert len(sandbox.requests.of("pipedrive", "POST")) == 1
    assert hands.passed == 0


def test_a_block_page_of_the_edge_is_no_refusal_of_the_record(sandbox, hand):
    hand.destination.describe("organizations")
    sandbox.fault("html_page", "pipedrive", method="POST", status=403, times=None)
    (verdict,), error = hand.write_until_it_stops([hand.create("organizations", name="Acme")])
    assert verdict.status is Status.ABSENT
    assert isinstance(error, UnavailableError)
    assert "blocked before the API" in str(error)


def test_an_address_that_is_not_the_api_is_named_at_once(sandbox, connect, hands):
    sandbox.fault("html_page", "pipedrive", status=404, times=None)
    with pytest.raises(DestinationError, match="check api_url"):
        connect().identity()
    assert hands.passed == 0


def test_an_account_that_is_not_open_stops_everything(sandbox, hand):
    hand.destination.describe("organizations")
    body = '{"success":false,"error":"Your company account is not open"}'
    sandbox.fault("server_error", "pipedrive", method="POST", status=402, body=body, times=None)
    operations = [hand.create("organizations", name=f"O {n}") for n in range(30)]
    verdicts, error = hand.write_until_it_stops(operations)
    assert "is not open" in str(error)
    assert {verdict.status for verdict in verdicts} == {Status.ABSENT}
    assert len(sandbox.requests.of("pipedrive", "POST")) <= 8


def test_a_redirect_is_not_followed_with_the_token(sandbox, connect):
    sandbox.fault(
        "html_page", "pipedrive", status=302, headers={"location": "https://elsewhere.example/"}
    )
    with pytest.raises(DestinationError, match="redirected to https://elsewhere"):
        connect().identity()


def test_a_refused_connection_says_that_nothing_was_sent(connect):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    destination = connect(api_url=f"http://127.0.0.1:{port}/pipedrive")
    with pytest.raises(UnavailableError, match="cannot connect"):
        destination.identity()


def test_a_bad_token_is_named_without_being_shown(connect):
    destination = connect(api_token="secret-of-mine")
    with pytest.raises(AuthenticationError) as refused:
        destination.identity()
    assert "secret-of-mine" not in str(refused.value)


def test_words_of_the_api_never_show_the_token(sandbox, hand):
    hand.destination.describe("organizations")
    token = sandbox.crm.token
    body = f'{{"success":false,"error":"token {token} may not do this"}}'
    sandbox.fault("server_error", "pipedrive", method="POST", status=400, body=body)
    (verdict,) = hand.write(hand.create("organizations", name="Acme"))
    assert verdict.status is Status.REFUSED
    assert verdict.message == "token *** may not do this"


@pytest.mark.parametrize(
    "api_url",
    [
        "https://acme.pipedrive.com",
        "https://acme.pipedrive.com/",
        "https://acme.pipedrive.com/v1",
        "https://acme.pipedrive.com/api/v1/",
        "https://acme.pipedrive.com/api/v2",
    ],
)
def test_an_address_may_carry_a_version(api_url):
    assert base_of(api_url) == "https://acme.pipedrive.com"


@pytest.mark.parametrize(
    "api_url",
    [
        "acme.pipedrive.com",
        "ftp://acme.pipedrive.com",
        "https://",
        "https://:443",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://127.0.0.1:port",
        "http://[::1",
        "https://acme.pipedrive.com/?x=1",
        "https://acme.pipedrive.com/#x",
    ],
)
def test_something_that_is_no_address_is_refused_at_once(connect, sandbox, api_url):
    with pytest.raises(SettingError, match="setting api_url"):
        connect(api_url=api_url)
    assert len(sandbox.requests) == 0


def test_a_page_that_repeats_is_an_error(sandbox, destination):
    page = '{"success":true,"data":[],"additional_data":{"next_cursor":"again"}}'
    sandbox.fault("server_error", "pipedrive", path="dealFields", status=200, times=None, body=page)
    with pytest.raises(DestinationError, match="'again' came twice"):
        destination.describe("deals")


def test_an_offset_that_goes_back_is_an_error(sandbox, destination):
    page = (
        '{"success":true,"data":[{"id":1}],"additional_data":{"pagination":'
        '{"more_items_in_collection":true,"next_start":0}}}'
    )
    sandbox.fault("server_error", "pipedrive", path="notes", status=200, times=None, body=page)
    with pytest.raises(DestinationError, match="followed by the one at 0"):
        destination.read("notes", [str(n) for n in range(50, 90)], ["content"])
