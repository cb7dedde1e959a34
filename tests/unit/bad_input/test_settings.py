"""Settings that cannot be used: one sentence, before anything is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.running import QuickTarget
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS, STAGED, STATE, schema, state, written

from crm_transforms.exits import Exit
from crm_transforms.journal import Journal
from tap_kickserv.tap import TapKickserv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Run, Runner, Shop


@dataclass(frozen=True)
class Bad:
    """Settings, what is said of them, and whether the input was read first.

    Attributes:
        settings: ``None`` takes one away.
        read: the fault shows only at the account, so everything is staged and its state let out.
    """

    settings: dict[str, Any]
    says: tuple[str, ...]
    code: Exit = Exit.USAGE
    read: bool = False


NO_TOKEN = {"api_token": None}
SETTINGS: dict[str, Bad] = {
    "an unknown mode": Bad({"mode": "lod"}, ("mode", "'lod'", "'load', 'stage'")),
    "text for yes or no": Bad({"require_approval": "maybe"}, ("require_approval", "'maybe'")),
    "a number for text": Bad({"fallback_owner": 5}, ("fallback_owner", "5")),
    "no requests at once": Bad({"concurrency": 0}, ("concurrency", "0", "1")),
    "text for a number": Bad({"concurrency": "many"}, ("concurrency", "'many'")),
    "files below zero": Bad({"max_file_mb": -1}, ("max_file_mb", "-1")),
    "a reserve below zero": Bad({"daily_token_reserve": -5}, ("daily_token_reserve", "-5")),
    "a reserve in words": Bad({"daily_token_reserve": "lots"}, ("daily_token_reserve", "'lots'")),
    "no credentials": Bad(NO_TOKEN, ("api_token", "client_id", "client_secret", "refresh_token")),
    "empty credentials": Bad({"api_token": ""}, ("no credentials",)),
    "half of OAuth": Bad(
        {**NO_TOKEN, "client_id": "x"}, ("missing: client_secret, refresh_token",)
    ),
    "a token of two lines": Bad({"api_token": "a\nb"}, ("api_token", "characters")),
    "an address without scheme": Bad({"api_url": "acme.pipedrive.com"}, ("api_url", "https://")),
    "an address of another scheme": Bad({"api_url": "ftp://acme"}, ("api_url", "'ftp://acme'")),
    "an address without host": Bad({"api_url": "http://"}, ("api_url", "'http://'")),
    "an impossible port": Bad({"api_url": "http://127.0.0.1:99999"}, ("api_url", "99999")),
    "a journal that is no URL": Bad(
        {"journal": "journal.db"}, ("sqlite:///path.db",), Exit.FAILURE
    ),
    "a journal in MySQL": Bad({"journal": "mysql://a/b"}, ("not in mysql",), Exit.FAILURE),
    "a journal in memory": Bad({"journal": "sqlite://"}, ("name a file",), Exit.FAILURE),
    "a journal's unknown driver": Bad(
        {"journal": "sqlite+odd:///j.db"}, ("sqlite+odd",), Exit.FAILURE
    ),
    "a journal's impossible time-out": Bad(
        {"journal": "sqlite:///j.db?timeout=soon"}, ("timeout is no number",), Exit.FAILURE
    ),
    "a journal where none can be": Bad(
        {"journal": "sqlite:////proc/none/journal.db"}, ("/proc/none/journal.db",), Exit.FAILURE
    ),
    "a journal that is a folder": Bad(
        {"journal": "sqlite:////tmp"}, ("/tmp", "directory"), Exit.FAILURE  # noqa: S108 - any folder
    ),
    "a journal on a silent server": Bad(
        {"journal": "postgresql://me:s3cret@127.0.0.1:9/x"}, ("127.0.0.1", "***"), Exit.FAILURE
    ),
    "a mapping that is not there": Bad({"mapping": "none.yml"}, ("none.yml", "No such file")),
    "a mapping that is not shipped": Bad(
        {"mapping": "kickserv_to_pipedriv"}, ('did you mean "kickserv_to_pipedrive"',)
    ),
    "a mapping that is a folder": Bad({"mapping": "/tmp/"}, ("/tmp/", "directory")),  # noqa: S108
    "a mapping of another source": Bad(
        {"source": "cliniko"}, ("mapping", "reads shop", "not cliniko")
    ),
    "a stream map that is no expression": Bad(
        {"stream_maps": {"jobs": {"x": "nope("}}}, ("jobs", "nope(")
    ),
    "a stream map that calls nothing": Bad(
        {"stream_maps": {"jobs": {"x": "nope(1)"}}}, ("jobs", "nope(1)")
    ),
    "a stream map that is a number": Bad({"stream_maps": {"jobs": 5}}, ("stream_maps", "5")),
    "a depth in words": Bad({"flattening_max_depth": "deep"}, ("flattening_max_depth", "'deep'")),
    "an unknown fallback owner": Bad(
        {"fallback_owner": "nobody@example.com"},
        ("fallback_owner 'nobody@example.com'", "no such user"), Exit.FAILURE, read=True,
    ),
    "an inactive fallback owner": Bad(
        {"fallback_owner": "keiko.nakamura@example.com"}, ("fallback_owner", "is not active"),
        Exit.FAILURE, read=True,
    ),
    "a fallback owner who is two": Bad(
        {"fallback_owner": "hector.ibarra@example.com"}, ("more than one active user",),
        Exit.FAILURE, read=True,
    ),
    "a token that is refused": Bad(
        {"api_token": "another-token"}, ("refuses the credentials",), Exit.FAILURE, read=True
    ),
    "an address where nobody listens": Bad(
        {"api_url": "http://127.0.0.1:9"}, ("127.0.0.1", "port=9"), Exit.FAILURE, read=True
    ),
    "an approval that is missing": Bad(
        {"require_approval": True}, ("approval", "nothing was sent"), Exit.APPROVAL, read=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_bad_setting_is_named_and_nothing_is_sent(shop: Shop, name: str) -> None:
    bad = SETTINGS[name]
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)], **bad.settings)
    assert run.failure == ""
    for part in bad.says:
        assert part in run.said
    assert "s3cret" not in run.said
    assert run.code == bad.code
    assert shop.writes() == 0
    assert run.states == ([STATE] if bad.read else [])
    if bad.read:
        assert shop.staged() == STAGED


@pytest.mark.parametrize("name", ["an unknown fallback owner", "no credentials"])
def test_after_a_setting_was_mended_the_same_input_lands(shop: Shop, name: str) -> None:
    shop.load([*SCHEMAS, *GOOD, state(STATE)], **SETTINGS[name].settings)
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)])
    assert (run.code, run.states) == (Exit.DONE, [STATE])
    assert shop.there() == LANDED


def test_staging_needs_no_account(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)], mode="stage", **NO_TOKEN)
    assert (run.failure, run.code, run.states) == ("", Exit.DONE, [STATE])
    assert shop.staged() == STAGED


def test_a_mapping_to_another_destination_is_refused(shop: Shop, tmp_path: Path) -> None:
    document = tmp_path / "elsewhere.yml"
    document.write_text(
        shop.mapping.read_text().replace("destination: pipedrive", "destination: x")
    )
    run = shop.load([*SCHEMAS, *GOOD], mapping=str(document))
    assert run.code == Exit.USAGE
    assert "setting mapping: the document leads to x, not pipedrive" in run.said


def test_a_journal_of_another_migration_is_refused_and_left_alone(shop: Shop) -> None:
    with Journal.open(shop.journal_url, source="cliniko", target="pipedrive"):
        pass
    run = shop.load([*SCHEMAS, *GOOD])
    assert (run.failure, run.code) == ("", Exit.FAILURE)
    assert "from cliniko to pipedrive, not from shop to pipedrive" in run.said
    assert shop.writes() == 0
    with Journal.open(shop.journal_url, source="cliniko", target="pipedrive", create=False) as kept:
        assert kept.streams() == {}


def test_a_journal_that_a_run_holds_is_not_touched(shop: Shop) -> None:
    with (
        Journal.open(shop.journal_url, source="shop", target="pipedrive") as journal,
        journal.lease("load"),
    ):
        run = shop.load([*SCHEMAS, *GOOD, state(STATE)])
        assert journal.streams() == {}
    assert (run.failure, run.code, run.states) == ("", Exit.LEASE, [])
    assert "Another run of this migration is under way: load" in run.said


def test_a_plain_loader_refuses_streams_that_are_no_objects(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)], mapping=None)
    assert run.failure == ""
    assert run.code in {Exit.FAILURE, Exit.USAGE}
    assert "stream sellers: pipedrive has no object 'sellers'" in run.said
    assert run.states == []
    assert shop.writes() == 0


SETTINGS_FILES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b'{"api_token":', "settings.json"),
    "a list": (b"[]", "settings.json"),
    "not UTF-8": (b'{"api_token": "\xff"}', "settings.json"),
    "NaN": (b'{"max_file_mb": NaN}', "settings.json"),
}


@pytest.mark.parametrize("name", SETTINGS_FILES)
def test_a_settings_file_that_cannot_be_read_is_named(runner: Runner, name: str) -> None:
    content, says = SETTINGS_FILES[name]
    run = runner.run(QuickTarget.get_singer_command(), content, given=written(SCHEMAS))
    assert (run.failure, run.code) == ("", Exit.USAGE)
    assert says in run.said


ENVIRONMENT: dict[str, tuple[str, str]] = {
    "text for a number": ("TARGET_PIPEDRIVE_CONCURRENCY", "many"),
    "an unknown mode": ("TARGET_PIPEDRIVE_MODE", "lod"),
    "a broken object": ("TARGET_PIPEDRIVE_STREAM_MAPS", "{"),
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_bad_variable_is_named(
    shop: Shop, runner: Runner, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variable, value = ENVIRONMENT[name]
    monkeypatch.setenv(variable, value)
    command = QuickTarget.get_singer_command()
    run = runner.run(command, shop.settings, "--config", "ENV", given=written(SCHEMAS))
    assert (run.failure, run.code) == ("", Exit.USAGE)
    setting = variable.removeprefix("TARGET_PIPEDRIVE_").lower()
    assert setting in run.said.lower()


TAP_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "no account": ({"account_slug": ""}, "account_slug"),
    "no token": ({"api_token": ""}, "api_token"),
    "an unknown door": ({"api": "soap"}, "'soap'"),
    "a door that is not built": ({"api": "export"}, "`api: export`"),
    "no requests at once": ({"concurrency": 0}, "concurrency"),
    "a page of nothing": ({"page_size": 0}, "page_size"),
    "a start that is no date": ({"start_date": "yesterday"}, "start_date"),
    "a start on no day": ({"start_date": "2024-13-45"}, "start_date"),
    "an address without scheme": ({"api_url": "kickserv"}, "api_url"),
    "a folder that cannot be": ({"attachments_path": "/proc/none/files"}, "attachments_path"),
    "files by an unknown protocol": ({"attachments_path": "odd://files"}, "attachments_path"),
    "a token that is refused": ({"api_token": "another-token"}, "api_token"),
    "an account that is not there": ({"account_slug": "nobody"}, "account_slug"),
}


@pytest.mark.parametrize("name", TAP_SETTINGS)
def test_a_bad_setting_of_the_tap_is_named(shop: Shop, runner: Runner, name: str) -> None:
    settings, says = TAP_SETTINGS[name]
    run = _tap(shop, runner, settings)
    assert run.failure == ""
    assert run.code in {Exit.FAILURE, Exit.USAGE}
    assert says in run.said
    assert not any(json.loads(line)["type"] == "RECORD" for line in run.printed.splitlines())


def _tap(shop: Shop, runner: Runner, settings: dict[str, Any]) -> Run:
    given = {**shop.sandbox.kickserv, **settings}
    return runner.run(TapKickserv.get_singer_command(), given)


def test_a_setting_that_is_not_known_does_no_harm(shop: Shop) -> None:
    run = shop.load([schema("customers"), *SCHEMAS, *GOOD], odd_setting="x")
    assert run.code == Exit.DONE
