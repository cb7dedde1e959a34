"""Fixtures: a local account, and a tap that reads it."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from contextlib import redirect_stdout
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.tap_kickserv.account import fill
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv

from tap_kickserv.tap import TapKickserv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Messages = list[dict[str, Any]]


@pytest.fixture
def kickserv() -> Iterator[Kickserv]:
    server = Kickserv()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def account(kickserv: Kickserv) -> Kickserv:
    fill(kickserv)
    return kickserv


class Run:
    """What one run of the tap wrote."""

    def __init__(self, output: str) -> None:
        self.messages = [
            json.loads(line, parse_float=Decimal) for line in output.splitlines() if line
        ]
        self.output = output
        self.records: defaultdict[str, Messages] = defaultdict(list)
        for message in self.messages:
            if message["type"] == "RECORD":
                self.records[message["stream"]].append(message["record"])

    def ids(self, stream: str) -> list[int]:
        return [record["id"] for record in self.records[stream]]

    def completed(self) -> set[str]:
        return {m["stream"] for m in self.messages if m["type"] == "ACTIVATE_VERSION"}


@pytest.fixture
def run(kickserv: Kickserv, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run the tap in this process, without pauses, on the selected streams."""
    monkeypatch.setattr("tap_kickserv.client.LONGEST_PAUSE_SECONDS", 0)
    monkeypatch.setattr("tap_kickserv.files.PAUSE_SECONDS", 0)

    def run_tap(
        *streams: str,
        state: dict[str, Any] | None = None,
        incremental: bool = False,
        **settings: Any,
    ) -> Run:
        config = {
            "api_url": kickserv.url,
            "account_slug": SLUG,
            "api_token": TOKEN,
            "token_wait_seconds": 0,
            **settings,
        }
        catalog = TapKickserv(config=config).catalog_dict
        for entry in catalog["streams"]:
            root = next(m for m in entry["metadata"] if not m["breadcrumb"])
            root["metadata"]["selected"] = not streams or entry["tap_stream_id"] in streams
            if incremental:
                entry["replication_method"] = "INCREMENTAL"
        tap = TapKickserv(config=config, catalog=catalog, state=state)
        output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        try:
            with redirect_stdout(output):
                tap.sync_all()
        finally:
            output.seek(0)
            run_tap.output = output.read()
        return Run(run_tap.output)

    run_tap.output = ""
    return run_tap
