"""The SDK's own tests of a tap, against an account with a row in each stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from tests.unit.tap_kickserv.account import fill
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv

from tap_kickserv.tap import TapKickserv

if TYPE_CHECKING:
    from collections.abc import Iterator

_server = Kickserv()
fill(_server)

_Suite = get_tap_test_class(
    TapKickserv,
    config={"api_url": _server.url, "account_slug": SLUG, "api_token": TOKEN},
    suite_config=SuiteConfig(max_records_limit=20),
)


@pytest.fixture(scope="module", autouse=True)
def _account() -> Iterator[None]:
    yield
    _server.shutdown()
    _server.server_close()


# Records leave out what an account does not send; the SDK warns of every such column.
@pytest.mark.filterwarnings("ignore:No records were available to test:UserWarning")
@pytest.mark.filterwarnings("ignore:Fields in transformed catalog but not in records:UserWarning")
class TestTapKickserv(_Suite):  # type: ignore[misc, valid-type]
    """One test for each of the SDK's, for each stream and column."""
