"""The SDK's own tests of a target, and what the target says of itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from singer_sdk.testing import get_target_test_class
from singer_sdk.testing.runners import TargetTestRunner
from singer_sdk.testing.suites import SingerTestSuite, target_tests
from tests.unit.singer.test_sdk import OMITTED

from target_salesforce.target import TargetSalesforce

if TYPE_CHECKING:
    from pathlib import Path

_Suite = get_target_test_class(
    TargetSalesforce,
    include_target_tests=False,
    custom_suites=[
        SingerTestSuite(
            kind="target",
            tests=[each for each in target_tests.tests if each not in OMITTED],
        )
    ],
)


class TestTargetSalesforce(_Suite):  # type: ignore[misc, valid-type]
    """One test for each of the SDK's; its streams are no sObjects, so they are only staged."""

    @pytest.fixture
    def runner(self, tmp_path: Path) -> TargetTestRunner:
        settings: dict[str, Any] = {
            "mode": "stage",
            "journal": f"sqlite:///{tmp_path / 'journal.db'}",
        }
        return TargetTestRunner(TargetSalesforce, config=settings)


SETTINGS = (
    "login_url", "instance_url", "client_id", "client_secret", "private_key", "username",
    "password", "security_token", "refresh_token", "access_token", "api_version",
    "bulk_threshold", "daily_request_reserve", "source", "mapping",
    "journal", "mode", "require_approval", "fallback_owner", "max_file_mb", "concurrency",
    "fail_on_rejects", "fail_on_pause",
)  # fmt: skip
SECRETS = {
    "client_secret",
    "private_key",
    "password",
    "security_token",
    "refresh_token",
    "access_token",
    "journal",
}
BUILT_IN = ("stream_map", "faker_config", "flattening_")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    command = TargetSalesforce.get_singer_command()
    run = CliRunner().invoke(command, ["--about", "--format", "json"])
    assert run.exit_code == 0
    about: dict[str, Any] = json.loads(run.stdout)
    return about


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_title_and_a_description(told: dict[str, Any], name: str) -> None:
    setting = told["settings"]["properties"][name]
    assert setting["title"]
    assert len(setting["description"]) > 12
    assert setting.get("secret", False) is (name in SECRETS)


def test_no_other_setting_is_offered(told: dict[str, Any]) -> None:
    names = told["settings"]["properties"]
    assert {name for name in names if not name.startswith(BUILT_IN)} == set(SETTINGS)


def test_about_names_version_and_capabilities(told: dict[str, Any]) -> None:
    assert (told["name"], told["version"]) == ("target-salesforce", "0.1.0")
    assert {"about", "stream-maps", "schema-flattening"} <= set(told["capabilities"])
