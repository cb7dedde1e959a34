"""Opening a journal: which file or schema it is, and whom it lets in."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text, update

from crm_transforms.journal import Journal, JournalError, tables

if TYPE_CHECKING:
    from pathlib import Path


def opened(url: str, source: str = "kickserv", target: str = "pipedrive", **more: bool) -> Journal:
    return Journal.open(url, source=source, target=target, **more)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_missing_journal_is_an_error_when_it_may_not_be_made(journal_url: str) -> None:
    with pytest.raises(JournalError, match="There is no journal"):
        opened(journal_url, create=False)
    assert Journal.migrations(journal_url) == []


def test_looking_for_a_journal_leaves_no_file_behind(tmp_path: Path) -> None:
    path = tmp_path / "none" / "journal.db"
    with pytest.raises(JournalError):
        opened(f"sqlite:///{path}", create=False)
    assert Journal.migrations(f"sqlite:///{path}") == []
    assert not path.parent.exists()


def test_a_journal_opens_again_and_names_its_migration(journal_url: str) -> None:
    opened(journal_url).close()
    with opened(journal_url, create=False) as again:
        assert (again.url, again.source, again.target) == (journal_url, "kickserv", "pipedrive")
    assert Journal.migrations(journal_url) == [("kickserv", "pipedrive")]


def test_a_file_of_another_migration_is_refused_by_name(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    opened(url).close()
    with pytest.raises(JournalError, match="from kickserv to pipedrive, not from cliniko to odoo"):
        opened(url, source="cliniko", target="odoo")


@pytest.mark.parametrize("journal_url", ["postgresql"], indirect=True)
def test_migrations_share_a_server_in_schemas_of_their_own(journal_url: str) -> None:
    with (
        opened(journal_url) as first,
        opened(journal_url, source="cliniko") as second,
        first.lease("a"),
        second.lease("b"),
    ):
        first.put("name", 1)
        assert second.get("name") is None
    assert Journal.migrations(journal_url) == [("cliniko", "pipedrive"), ("kickserv", "pipedrive")]


@pytest.mark.parametrize("journal_url", ["postgresql"], indirect=True)
def test_the_schema_can_be_named_in_the_url(journal_url: str) -> None:
    with opened(f"{journal_url}&schema=trial") as trial, opened(journal_url) as live:
        with trial.lease("a"):
            trial.put("name", 1)
        assert live.get("name") is None


def test_a_newer_layout_is_refused(journal_url: str) -> None:
    opened(journal_url).close()
    engine = create_engine(journal_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET search_path TO kickserv_pipedrive"))
        connection.execute(update(tables.migration).values(version=tables.VERSION + 1))
    engine.dispose()
    with pytest.raises(JournalError, match="newer release"):
        opened(journal_url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database at all, " * 100)
    with pytest.raises(JournalError, match="is no journal, or it is damaged"):
        opened(f"sqlite:///{path}")


def test_a_journal_must_outlive_the_process() -> None:
    with pytest.raises(JournalError, match="name a file"):
        opened("sqlite://")


@pytest.mark.parametrize("url", ["mysql://host/db", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(JournalError):
        opened(url)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://someone:s3cret@/db?host={tmp_path}"
    with pytest.raises(JournalError) as caught:
        opened(url)
    assert "s3cret" not in str(caught.value)
    assert str(tmp_path.name) in str(caught.value)


def test_the_files_are_private_while_the_journal_is_written(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "journal.db"
    with opened(f"sqlite:///{path}") as journal, journal.lease("test"):
        journal.put("name", 1)
        assert mode(path.parent) == 0o700
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["journal.db", "journal.db-shm", "journal.db-wal"]
        assert {mode(file) for file in files} == {0o600}


def test_a_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    opened(f"sqlite:///{path}").close()
    path.chmod(0o644)
    opened(f"sqlite:///{path}").close()
    assert mode(path) == 0o600


def test_every_connection_waits_for_the_disk(tmp_path: Path) -> None:
    with (
        opened(f"sqlite:///{tmp_path / 'journal.db'}") as journal,
        journal._database.writing() as one,
        journal._database.reading() as two,
    ):
        for connection in (one, two):
            pragma = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(JournalError, match="cannot be made"):
        opened(f"sqlite:///{path}")


def test_a_database_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE migration (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(JournalError):
        opened(f"sqlite:///{path}")
    assert path.read_bytes()[100:] == before[100:]


def test_many_who_open_at_once_make_one_journal(journal_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        journals = list(pool.map(lambda _: opened(journal_url), range(8)))
    assert {journal.last_seq() for journal in journals} == {0}
    for journal in journals:
        journal.close()
