"""The settings that all targets share, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.shop import GOOD, LANDED, MAPPING, SCHEMAS

from crm_transforms.exits import Exit
from crm_transforms.settings import MigrationSettings, SettingError, source_name

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Shop


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MELTANO_PROJECT_ROOT", str(tmp_path / "project"))
    monkeypatch.delenv("MELTANO_ENVIRONMENT", raising=False)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("kickserv", "kickserv"),
        ("tap_kickserv", "kickserv"),
        ("tap-kickserv", "kickserv"),
        (" tap_kickserv ", "kickserv"),
        ("tap-my-shop", "my_shop"),
        ("tapestry", "tapestry"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_source_is_named_as_meltano_fills_it_in(told: str | None, name: str) -> None:
    assert source_name(told) == name


@pytest.mark.parametrize("told", ["kickserv", "tap_kickserv", "tap-kickserv"])
def test_the_mapping_of_source_and_target_is_found(told: str) -> None:
    settings = MigrationSettings.from_config({"source": told}, "pipedrive")
    assert settings.mapping is not None
    assert (settings.source, settings.mapping.destination) == ("kickserv", "pipedrive")


@pytest.mark.parametrize("told", ["", None, "tap-elsewhere"])
def test_without_a_mapping_it_is_a_plain_loader(told: str | None) -> None:
    assert MigrationSettings.from_config({"source": told}, "pipedrive").mapping is None


def test_a_mapping_says_its_source_itself() -> None:
    settings = MigrationSettings.from_config({"mapping": str(MAPPING)}, "pipedrive")
    assert settings.source == "shop"


def test_a_shipped_mapping_may_be_named() -> None:
    settings = MigrationSettings.from_config({"mapping": "kickserv_to_pipedrive"}, "pipedrive")
    assert settings.source == "kickserv"


def test_source_and_mapping_must_agree() -> None:
    with pytest.raises(SettingError, match="reads shop, not kickserv"):
        MigrationSettings.from_config({"mapping": str(MAPPING), "source": "kickserv"}, "pipedrive")


@pytest.mark.parametrize(
    ("environment", "kind"),
    [(None, "live"), ("dev", "dev"), ("trial", "live"), ("prod", "live")],
)
def test_dev_has_a_journal_of_its_own_and_trial_and_prod_share_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: str | None, kind: str
) -> None:
    if environment is not None:
        monkeypatch.setenv("MELTANO_ENVIRONMENT", environment)
    told = MigrationSettings.from_config({"source": "kickserv"}, "pipedrive").journal
    place = tmp_path / "project" / ".migration" / f"kickserv-pipedrive-{kind}.db"
    assert told == f"sqlite:///{place}"


def test_outside_of_a_project_the_journal_lies_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MELTANO_PROJECT_ROOT")
    monkeypatch.chdir(tmp_path)
    told = MigrationSettings.from_config({"source": "kickserv"}, "pipedrive").journal
    assert told == f"sqlite:///{tmp_path}/.migration/kickserv-pipedrive-live.db"


def test_a_journal_that_was_set_goes_before() -> None:
    url = "postgresql://somewhere/x"
    config = {"source": "kickserv", "journal": url}
    assert MigrationSettings.from_config(config, "pipedrive").journal == url


def test_what_is_not_set_has_its_default() -> None:
    settings = MigrationSettings.from_config({}, "pipedrive")
    assert (settings.mode, settings.fallback_owner) == ("load", "")
    assert (settings.require_approval, settings.fail_on_pause) == (False, False)
    assert settings.fail_on_rejects is True


def test_a_run_without_journal_setting_keeps_one_in_the_project(shop: Shop, tmp_path: Path) -> None:
    assert shop.load([*SCHEMAS, *GOOD], journal=None).code == Exit.DONE
    place = tmp_path / "project" / ".migration" / "shop-pipedrive-live.db"
    assert place.is_file()
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    assert shop.there() == LANDED


def test_settings_may_come_from_the_environment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in shop.settings.items():
        monkeypatch.setenv(f"TARGET_PIPEDRIVE_{name.upper()}", str(value))
    run = shop.command("status", **dict.fromkeys(shop.settings))
    assert run.code == Exit.FAILURE
    assert "There is no journal at" in run.said


@pytest.mark.parametrize(("fails", "code"), [(True, Exit.REJECTS), (False, Exit.DONE)])
def test_whether_rejects_fail_the_run_is_a_setting(shop: Shop, code: Exit, *, fails: bool) -> None:
    run = shop.load([*SCHEMAS, *GOOD, b"odd\n"], fail_on_rejects=fails)
    assert run.code == code
    assert len(shop.rejects()) == 1
