"""Tokens and what is secret in Kickserv's rows: not in stream, logs, journal or report."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import zstandard
from sqlalchemy import MetaData, create_engine, select
from tests.faults import programs
from tests.faults.processes import Ended, Process
from tests.faults.readings import Tap
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = re.compile(rb"secret-(salt|hash|remember|digest|token)|kickserv-\w+-token|sandbox-token")
ECHO = '{"success":false,"error":"sandbox-token and sandbox-token-x are no good"}'


def everything_in(journal: Path) -> Iterator[bytes]:
    """The bytes of the journal's files, and of every payload in it unpacked."""
    for file in journal.parent.iterdir():
        yield file.read_bytes()
    engine = create_engine(f"sqlite:///{journal}")
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        dictionary = tables.tables["dictionary"]
        trained = {
            row.id: zstandard.ZstdCompressionDict(row.data)
            for row in connection.execute(select(dictionary))
        }
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    if isinstance(value, bytes) and value[:4] == zstandard.FRAME_HEADER:
                        known = zstandard.get_frame_parameters(value).dict_id
                        yield zstandard.ZstdDecompressor(trained.get(known)).decompress(value)
    engine.dispose()


@pytest.fixture
def account() -> Iterator[Sandbox]:
    with Sandbox(customers=3) as sandbox:
        yield sandbox


@pytest.fixture
def tap(account: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tap:
    monkeypatch.setenv("TAP_KICKSERV_LOGLEVEL", "DEBUG")
    monkeypatch.setenv("TARGET_PIPEDRIVE_LOGLEVEL", "DEBUG")
    return Tap(account, tmp_path, {"attachments_path": str(tmp_path / "files")})


def load(tap: Tap, journal: Path, output: str) -> Ended:
    """Load what the tap wrote, by the mapping that is shipped."""
    singer, config = tap.folder / "singer", tap.folder / "target.json"
    singer.write_text(output)
    settings = {**tap.sandbox.pipedrive, "source": "kickserv", "journal": f"sqlite:///{journal}"}
    config.write_text(json.dumps(settings))
    with Process(tap.folder) as process:
        arguments = ["--config", str(config), "--input", str(singer)]
        return process.run(programs.target, arguments)


def test_no_secret_is_found_anywhere_after_a_whole_run(tap: Tap) -> None:
    assert any(b"secret-" in str(row).encode() for row in tap.sandbox.source.records("employees"))
    read = tap.read()
    assert read.ended.code == 0, read.ended.errors
    journal = tap.folder / "journal" / "migration.db"
    loaded = load(tap, journal, read.ended.output)
    assert loaded.code in {0, 3}, loaded.errors
    texts = (read.ended.output, read.ended.errors, loaded.output, loaded.errors)
    payloads = list(everything_in(journal))
    assert len(payloads) > 100
    assert any(b"Calloway" in payload for payload in payloads)
    for place in (*(text.encode() for text in texts), *payloads):
        assert SECRET.search(place) is None, place


def test_no_token_is_shown_when_services_refuse_it_or_repeat_it(tap: Tap) -> None:
    read = tap.read()
    for how in (
        {"kind": "server_error", "status": 401, "body": ECHO, "times": None},
        {"kind": "server_error", "status": 400, "body": ECHO, "path": "organizationFields$"},
        {"kind": "server_error", "status": 403, "body": ECHO, "path": "users$"},
        {"kind": "html_page", "status": 403, "body": ECHO},
        {"kind": "json_error_200", "body": ECHO, "path": "/organizations$", "method": "POST"},
    ):
        journal = tap.folder / "journal" / "migration.db"
        shutil.rmtree(journal.parent, ignore_errors=True)
        tap.sandbox.clear_faults()
        tap.sandbox.fault(service="pipedrive", **how)
        ended = load(tap, journal, read.ended.output)
        assert ended.code in {1, 3}, ended.errors
        for place in (ended.output.encode(), ended.errors.encode(), *everything_in(journal)):
            assert SECRET.search(place) is None, place
    tap.sandbox.clear_faults()
    tap.settings["api_token"] = "kickserv-wrong-token"
    refused = tap.read()
    assert refused.ended.code == 1
    assert SECRET.search((refused.ended.output + refused.ended.errors).encode()) is None
