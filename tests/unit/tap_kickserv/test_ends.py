"""Runs that cannot be: one sentence, an exit code, and nothing that a target could load."""

from __future__ import annotations

import io
import json
import logging
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from singer_sdk.plugin_base import _ConfigInput
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv, Reply

from tap_kickserv.tap import TapKickserv

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = "<!DOCTYPE html><html><body>Sign in</body></html>"
BOMB = '<!DOCTYPE a [<!ENTITY b "c">]><employees type="array">&b;</employees>'


class Ending:
    """How a run ended, what it had written by then, and its errors."""

    def __init__(self, log: pytest.LogCaptureFixture, **given: Any) -> None:
        log.clear()
        output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with (
            log.at_level(logging.INFO),
            redirect_stdout(output),
            pytest.raises(SystemExit) as end,
        ):
            TapKickserv.invoke(**given)
        self.code = end.value.code
        output.seek(0)
        self.lines = output.read().splitlines()
        errors = [record for record in log.records if record.levelno >= logging.ERROR]
        self.sentences = [record.getMessage() for record in errors]
        self.has_traceback = any(record.exc_info for record in errors)


def _ending(kickserv: Kickserv, log: pytest.LogCaptureFixture, **settings: Any) -> Ending:
    config = {
        "api": "xml",
        "api_url": kickserv.url,
        "account_slug": SLUG,
        "api_token": TOKEN,
        "token_wait_seconds": 0,
        **settings,
    }
    return Ending(log, config=_ConfigInput(config=config))


SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "a start in words": ({"start_date": "yesterday"}, "`start_date` must be a moment"),
    "a start on no day": ({"start_date": "2024-13-45"}, "`start_date` must be a moment"),
    "an address without scheme": ({"api_url": "kick"}, "`api_url` must be an address"),
    "an address of another kind": ({"api_url": "ftp://kick"}, "`api_url` must be an address"),
    "an address without host": ({"api_url": "https://"}, "`api_url` must be an address"),
    "an impossible port": ({"api_url": "http://a:99999"}, "`api_url` is no address"),
    "an address for a slug": ({"account_slug": "https://a/b"}, "`account_slug` must be the first"),
    "no slug": ({"account_slug": ""}, "`account_slug` must be set"),
    "a token with a line end": ({"api_token": "secret\n"}, "`api_token` holds blanks"),
    "a token that is a number": ({"api_token": 987654}, "`api_token` must be text"),
    "a folder below a file": ({"attachments_path": "/dev/null/x"}, "`attachments_path` takes no"),
    "an unknown kind of store": ({"attachments_path": "odd://x"}, "`attachments_path` takes no"),
    "a door that is not built": ({"api": "export"}, "`api: export` is not built yet"),
    "an unknown door": ({"api": "soap"}, "'soap' is not one of"),
    "too much at once": ({"concurrency": 99}, "config['concurrency']"),
    "a stream map that is none": ({"stream_maps": {"jobs": {"x": "no("}}}, "`stream_maps`: "),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_cannot_be_used_is_named_before_anything_is_read(
    kickserv: Kickserv, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    settings, says = SETTINGS[name]
    ending = _ending(kickserv, caplog, **settings)
    (sentence,) = ending.sentences
    assert says in sentence
    assert "987654" not in sentence
    assert "secret" not in sentence
    assert (ending.code, ending.lines, ending.has_traceback) == (2, [], False)
    assert kickserv.requests == []


@pytest.mark.parametrize(
    "start", ["2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31T10:00:00+02:00"]
)
def test_a_start_may_be_a_day_or_a_moment(start: str) -> None:
    config = {"account_slug": SLUG, "api_token": TOKEN, "start_date": start}
    assert TapKickserv(config=config).config["start_date"] == start


def test_empty_settings_count_as_not_set() -> None:
    empty = {"api": "", "api_url": "", "concurrency": "", "page_size": None, "start_date": ""}
    tap = TapKickserv(config={"account_slug": SLUG, "api_token": TOKEN, **empty})
    assert tap.config["api"] == "auto"
    assert tap.config["concurrency"] == 4
    assert "start_date" not in tap.config


def test_a_folder_for_files_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    TapKickserv(
        config={"account_slug": SLUG, "api_token": TOKEN, "attachments_path": str(tmp_path)},
    )
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


REPLIES: dict[str, tuple[Reply, str]] = {
    "a refusal": (Reply("", 401), "`api_token`"),
    "nothing at this slug": (Reply("", 404), "is `account_slug` right?"),
    "a sign-in page": (Reply(LOGIN), "a web page instead of data"),
    "a storm": (Reply("", 503), "failed 7 times, the last time with: status 503"),
    "entities": (Reply(BOMB), "declares entities"),
    "redirects without end": (
        Reply("", 302, headers={"Location": f"/{SLUG}/employees.xml"}), "cannot be answered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_that_ends_the_run_is_told_once(
    account: Kickserv,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr("tap_kickserv.client.LONGEST_PAUSE_SECONDS", 0)
    reply, says = REPLIES[name]
    account.on(f"/{SLUG}/employees.xml", lambda _: reply)
    ending = _ending(account, caplog)
    (sentence,) = ending.sentences
    assert says in sentence
    assert (ending.code, ending.has_traceback) == (1, False)
    assert [json.loads(line)["type"] for line in ending.lines] == ["SCHEMA"]


def test_a_store_that_takes_no_more_files_ends_the_run_with_a_sentence(
    account: Kickserv, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    account.on("/uploads/a.jpg", lambda _: Reply(b"photo"))
    account.lists["customers"][0]["notes"] = [{"id": 1, "note": '<img src="/uploads/a.jpg">'}]
    (tmp_path / "files").mkdir()
    account.after = lambda request: (
        (tmp_path / "files").rmdir() or (tmp_path / "files").touch()
        if request.path == "/uploads/a.jpg"
        else None
    )
    ending = _ending(account, caplog, attachments_path=str(tmp_path / "files"))
    (sentence,) = ending.sentences
    assert "`attachments_path` takes no more files" in sentence
    assert (ending.code, ending.has_traceback) == (1, False)


FILES = {
    "missing": (None, "No such file"),
    "no JSON": (b'{"api_token":', "cannot be used"),
    "not UTF-8": (b'{"api_token": "\xff"}', "utf-8"),
    "a list": (b"[]", "holds no JSON object"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_settings_file_that_cannot_be_read_is_named(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, name: str
) -> None:
    content, says = FILES[name]
    config = tmp_path / "settings.json"
    if content is not None:
        config.write_bytes(content)
    done = CliRunner().invoke(TapKickserv.get_singer_command(), ["--config", str(config)])
    (sentence,) = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert sentence.startswith(f"`--config {config}` cannot be used: ")
    assert says in sentence
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_variable_that_cannot_be_read_is_named(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAP_KICKSERV_CONCURRENCY", "many")
    ending = Ending(caplog, config=_ConfigInput(parse_env=True))
    (sentence,) = ending.sentences
    assert sentence.startswith("`concurrency` cannot be read from TAP_KICKSERV_CONCURRENCY")
    assert (ending.code, ending.lines) == (2, [])
