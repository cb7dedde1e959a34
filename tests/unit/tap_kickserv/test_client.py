"""Requests: what is retried, what is refused, and what never leaves."""

from __future__ import annotations

import base64
import logging
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from singer_sdk.exceptions import FatalAPIError
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv, Reply, Request

from tap_kickserv.client import REPEATS, Client, NotOfferedError
from tap_kickserv.formats import JsonFormat
from tap_kickserv.session import ReadOnlySession
from tap_kickserv.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JSON = JsonFormat()
PATH = f"/{SLUG}/employees.json"


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(kickserv: Kickserv, pauses: list[float]) -> Client:
    return _client(kickserv, pauses)


def _client(kickserv: Kickserv, pauses: list[float], token: Token | None = None) -> Client:
    logger = logging.getLogger("test")
    return Client(
        f"{kickserv.url}/{SLUG}",
        token or Token(TOKEN, places=list, wait_seconds=0, logger=logger),
        concurrency=2,
        logger=logger,
        sleep=pauses.append,
    )


def _read(client: Client) -> Any:
    return client.read("/employees", {}, JSON, lambda body: JSON.rows(body, "employee"))


def _first(*replies: Reply) -> Callable[[Request], Reply | None]:
    queue: Iterator[Reply] = iter(replies)
    return lambda _: next(queue, None)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("busy", 429),
        Reply("oops", 500),
        Reply("<html>gateway</html>", 502),
        Reply("", 503),
        Reply("<!DOCTYPE html><html>Sign in</html>"),
        Reply('[{"id": 1'),
        Reply('[{"id": 1}]', headers={"Content-Length": "500"}),
    ],
)
def test_passing_trouble_is_retried(
    kickserv: Kickserv,
    client: Client,
    pauses: list[float],
    reply: Reply,
) -> None:
    kickserv.on(PATH, _first(reply))
    assert _read(client) == []
    assert pauses == [0.5]


def test_lasting_trouble_ends_with_the_path_and_the_reason_but_no_content(
    kickserv: Kickserv,
    client: Client,
    pauses: list[float],
) -> None:
    kickserv.on(PATH, lambda _: Reply("Jane Doe's account is broken", 500))
    with pytest.raises(FatalAPIError, match=r"GET /employees\.json failed 7 times.*500") as caught:
        _read(client)
    assert "Jane" not in str(caught.value)
    assert pauses == [0.5, 1, 2, 4, 8, 16]


def test_a_web_page_instead_of_data_is_named(kickserv: Kickserv, client: Client) -> None:
    kickserv.on(PATH, lambda _: Reply("  <!doctype html><html>Jane Doe</html>"))
    with pytest.raises(FatalAPIError, match="web page instead of data") as caught:
        _read(client)
    assert "Jane" not in str(caught.value)


def test_retry_after_is_honoured_in_seconds(
    kickserv: Kickserv,
    client: Client,
    pauses: list[float],
) -> None:
    kickserv.on(PATH, _first(Reply("", 429, {"Retry-After": "17"})))
    _read(client)
    assert pauses == [17]


def test_retry_after_is_honoured_as_a_date(
    kickserv: Kickserv,
    client: Client,
    pauses: list[float],
) -> None:
    moment = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=90), usegmt=True)
    kickserv.on(PATH, _first(Reply("", 503, {"Retry-After": moment})))
    _read(client)
    assert 80 < pauses[0] <= 90


def test_a_retry_after_of_hours_ends_the_run(kickserv: Kickserv, client: Client) -> None:
    kickserv.on(PATH, lambda _: Reply("", 429, {"Retry-After": "86400"}))
    with pytest.raises(FatalAPIError):
        _read(client)
    assert len(kickserv.requests) == 1


def test_throttling_is_met_with_more_patience_than_errors(
    kickserv: Kickserv,
    client: Client,
    pauses: list[float],
) -> None:
    kickserv.on(PATH, _first(*[Reply("", 429)] * REPEATS["throttled"]))
    _read(client)
    assert max(pauses) == 60


def test_a_refused_connection_is_retried_then_reported(pauses: list[float]) -> None:
    logger = logging.getLogger("test")
    client = Client(
        "http://127.0.0.1:9/acme",
        Token(TOKEN, places=list, wait_seconds=0, logger=logger),
        concurrency=1,
        logger=logger,
        sleep=pauses.append,
    )
    with pytest.raises(FatalAPIError, match="ConnectionError"):
        _read(client)
    assert len(pauses) == REPEATS["network"]


@pytest.mark.parametrize("status", [401, 403])
def test_refused_access_is_explained_and_not_retried(
    kickserv: Kickserv,
    client: Client,
    status: int,
) -> None:
    kickserv.on(PATH, lambda _: Reply("HTTP Basic: Access denied.", status))
    with pytest.raises(FatalAPIError, match=r"account_slug.*api_token.*plan"):
        _read(client)
    assert len(kickserv.requests) == 1


def test_a_wrong_slug_is_refused_like_a_wrong_token(kickserv: Kickserv, client: Client) -> None:
    client.web_url = f"{kickserv.url}/other"
    with pytest.raises(FatalAPIError, match="account_slug"):
        _read(client)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("", 404),
        Reply("", 406),
        Reply("<errors><error>Invalid job.</error></errors>", 400),
        Reply("<errors><error>Invalid customer.</error></errors>", 400),
    ],
)
def test_what_is_not_there_is_told_apart(kickserv: Kickserv, client: Client, reply: Reply) -> None:
    kickserv.on(PATH, lambda _: reply)
    with pytest.raises(NotOfferedError) as caught:
        _read(client)
    assert caught.value.status == reply.status


def test_any_other_bad_request_ends_the_run(kickserv: Kickserv, client: Client) -> None:
    kickserv.on(PATH, lambda _: Reply("Invalid page", 400))
    with pytest.raises(FatalAPIError, match="status 400"):
        _read(client)


def test_the_token_is_user_name_and_password(kickserv: Kickserv, client: Client) -> None:
    _read(client)
    expected = requests.auth._basic_auth_str(TOKEN, TOKEN)
    assert kickserv.requests[0].headers["Authorization"] == expected


def test_the_token_does_not_follow_a_redirect_to_another_host(
    kickserv: Kickserv,
    client: Client,
) -> None:
    elsewhere = Kickserv()
    elsewhere.on("/stolen", lambda _: Reply("[]"))
    target = elsewhere.url.replace("127.0.0.1", "localhost") + "/stolen"
    kickserv.on(PATH, lambda _: Reply("", 302, {"Location": target}))
    assert _read(client) == []
    assert "Authorization" not in elsewhere.requests[0].headers
    elsewhere.shutdown()
    elsewhere.server_close()


def test_the_token_follows_a_redirect_on_its_own_host(kickserv: Kickserv, client: Client) -> None:
    kickserv.on(PATH, lambda _: Reply("", 302, {"Location": f"/{SLUG}/items.json"}))
    assert _read(client) == []
    assert "Authorization" in kickserv.requests[1].headers


def test_no_cookie_is_sent_back(kickserv: Kickserv, client: Client) -> None:
    kickserv.on(PATH, _first(Reply("[]", headers={"Set-Cookie": "_session=other-employee"})))
    _read(client)
    _read(client)
    assert "Cookie" not in kickserv.requests[1].headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_session_refuses_every_verb_but_get(kickserv: Kickserv, method: str) -> None:
    with ReadOnlySession(1) as session, pytest.raises(ValueError, match="only reads"):
        session.request(method, f"{kickserv.url}/{SLUG}/jobs.json")
    assert kickserv.requests == []


def test_a_new_token_takes_over_where_the_old_one_was_refused(
    kickserv: Kickserv,
    pauses: list[float],
) -> None:
    logger = logging.getLogger("test")
    found: list[str] = [TOKEN]
    token = Token(
        TOKEN,
        places=lambda: list(found),
        wait_seconds=60,
        logger=logger,
        sleep=lambda seconds: (pauses.append(seconds), found.append("token-of-tomorrow"))[0],
    )
    client = _client(kickserv, [], token)
    _read(client)
    kickserv.token = "token-of-tomorrow"
    assert _read(client) == []
    assert pauses == [5.0]


def test_a_token_refused_before_is_not_tried_again(kickserv: Kickserv) -> None:
    places = ["second", TOKEN, "third"]
    logger = logging.getLogger("test")
    token = Token(TOKEN, places=lambda: places, wait_seconds=0, logger=logger)
    client = _client(kickserv, [], token)
    _read(client)
    kickserv.token = "third"
    _read(client)
    assert [_user(request) for request in kickserv.requests] == [TOKEN, TOKEN, "second", "third"]


def test_a_wait_in_vain_says_what_to_do(kickserv: Kickserv) -> None:
    logger = logging.getLogger("test")
    waits: list[float] = []
    token = Token(TOKEN, places=list, wait_seconds=12, logger=logger, sleep=waits.append)
    client = _client(kickserv, [], token)
    _read(client)
    kickserv.token = "unknown"
    with pytest.raises(FatalAPIError, match="My Account > API token"):
        _read(client)
    assert waits == [5.0, 5.0, 2.0]


def _user(request: Request) -> str:
    return base64.b64decode(request.headers["Authorization"][6:]).decode().partition(":")[0]
