"""What the journal lets go of: compact and purge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update
from tests.unit.journal.samples import ACCOUNT, body, create, intend, jobs, keys_of, row

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import (
    Decision,
    Intent,
    Journal,
    JournalBusyError,
    JournalError,
    JournalFullError,
    Reject,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NOW = timedelta()
MARKER = b"Zq7wXv3kPm9tRb5n"
"""Nothing in it repeats, so that zstandard leaves it as it is."""


def land(journal: Journal, intents: Sequence[Intent]) -> list[int]:
    numbers = intend(journal, intents)
    journal.decide([Decision(number, Status.LANDED, str(number)) for number in numbers])
    return numbers


def update_of(key: str, name: str) -> Intent:
    return Intent(
        "deal",
        "deals",
        Kind.UPDATE,
        key,
        "9",
        fields=f'{{"name": "{name}"}}'.encode(),
        before=b'{"name": "before"}',
        after=f'{{"id": "{key}", "name": "{name}"}}'.encode(),
    )


def test_the_content_of_landed_rows_is_dropped_and_their_fingerprints_stay(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage({jobs_stream: [row("1")]}, {})
    journal.mark_landed(journal.last_seq())
    journal.stage({jobs_stream: [row("2")]}, {})
    before = journal.rows(jobs_stream, ["1"])["1"]
    journal.drop_payloads()
    landed, waiting = journal.scan(jobs_stream)
    assert (landed.fingerprint, landed.seq) == (before.fingerprint, before.seq)
    assert not landed.has_body
    with pytest.raises(JournalError, match=r"'1' was dropped by compact.*--full-refresh"):
        _ = landed.body
    assert waiting.body == body("2")


def test_a_row_without_content_gets_it_back_when_it_is_read_again(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage({jobs_stream: [row("1"), row("2")]}, {})
    journal.mark_landed(journal.last_seq())
    journal.drop_payloads()
    before = journal.last_seq()
    assert journal.stage({jobs_stream: [row("1"), row("2", name="new")]}, {}) == (0, 1, 1)
    found = journal.rows(jobs_stream, ["1", "2"])
    assert found["1"].body == body("1")
    assert found["1"].seq <= before
    assert found["2"].body == body("2", name="new")


def test_inside_the_rollback_window_nothing_of_an_operation_is_dropped(journal: Journal) -> None:
    numbers = land(journal, [create("1"), update_of("1", "new")])
    journal.drop_payloads()
    first, second = journal.operations()
    assert (first.fields, second.before) == (body("1"), b'{"name": "before"}')
    assert set(journal.after_image(numbers)) == set(numbers)


def test_outside_of_it_only_what_was_written_last_is_kept(journal: Journal) -> None:
    numbers = land(journal, [create("1"), update_of("1", "new")])
    journal.drop_payloads(window=NOW)
    assert journal.after_image(numbers) == {numbers[1]: b'{"id": "1", "name": "new"}'}
    first, second = journal.operations()
    assert second.after == b'{"id": "1", "name": "new"}'
    for operation, name in ((first, "fields"), (first, "after"), (second, "fields")):
        with pytest.raises(JournalError, match="was dropped"):
            getattr(operation, name)
    with pytest.raises(JournalError, match="was dropped"):
        _ = second.before
    assert journal.verify_chain().is_valid


def test_open_operations_keep_their_content(journal: Journal) -> None:
    intend(journal, [create("1")])
    journal.drop_payloads(window=NOW)
    (operation,) = journal.open_operations(ACCOUNT)
    assert operation.fields == body("1")


def test_compacting_gives_disk_back(journal: Journal, jobs_stream: int) -> None:
    journal.stage({jobs_stream: jobs(4000)}, {})
    journal.mark_landed(journal.last_seq())
    before = journal.size()
    freed = journal.compact()
    assert freed > before / 4
    assert journal.size() == before - freed
    assert len(keys_of(journal, jobs_stream)) == 4000


def fill(journal: Journal, stream_id: int) -> None:
    marker = MARKER.decode()
    journal.stage({stream_id: [row(f"{marker}1", name=marker), row("2", name="x")]}, {})
    journal.stage({stream_id: [row("2", name=marker)]}, {})
    journal.index_join(stream_id, "name", lambda _: marker)
    run_id = journal.begin_run("load", "hash", ACCOUNT)
    journal.intend(run_id, ACCOUNT, [create("1", fields=body("1", name=marker))], {"m": marker})
    numbers = land(journal, [create(marker), create("3", fields=body("3", name=marker))])
    journal.handle(numbers, marker)
    journal.link_matched("owner", ACCOUNT, [(marker, marker, None)])
    journal.reject([Reject("plan", "jobs", message=marker, raw=MARKER), Reject("plan", key=marker)])
    journal.put(marker, marker)
    journal.end_run(run_id, 0, {"name": marker})


def occurrences(folder: Path) -> int:
    return sum(file.read_bytes().count(MARKER) for file in folder.iterdir())


def test_purge_leaves_nothing_that_a_search_would_find(tmp_path: Path) -> None:
    path = tmp_path / "journal" / "migration.db"
    with (
        Journal.open(f"sqlite:///{path}", source="a", target="b") as journal,
        journal.lease("purge"),
    ):
        fill(journal, journal.stream("jobs", {}, ["id"]))
        assert occurrences(path.parent) > 15
        journal.purge()
        assert occurrences(path.parent) == 0
    assert occurrences(path.parent) == 0
    assert path.exists()


def test_purge_empties_every_table_but_the_trail(journal: Journal, jobs_stream: int) -> None:
    fill(journal, jobs_stream)
    head = journal.chain_head()
    journal.purge()
    with journal._reading() as connection:
        left = {
            name
            for name, table in tables.metadata.tables.items()
            if connection.execute(select(func.count()).select_from(table)).scalar()
        }
    assert left == {"migration", "lease", "counter", "run", "chain"}
    assert {run.verb for run in journal.runs()} == {"load"}
    assert not any(run.summary for run in journal.runs())
    assert journal.chain_head() == head
    assert journal.verify_chain(head).is_valid


def test_a_purged_journal_can_be_used_again_and_its_chain_goes_on(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage({jobs_stream: jobs(500)}, {})
    fill(journal, jobs_stream)
    seq, head = journal.last_seq(), journal.chain_head()
    journal.purge()
    again = journal.stream("jobs", {}, ["id"])
    batch = jobs(500)
    journal.stage({again: batch}, {})
    assert min(each.seq for each in journal.scan(again)) > seq
    assert {each.key: each.body for each in journal.scan(again)} == {
        key: record for key, _, record in batch
    }
    land(journal, [create("1")])
    assert journal.verify_chain(head).is_valid
    with journal._database.writing() as connection:
        connection.execute(update(tables.operation).values(key="other"))
    assert not journal.verify_chain().is_valid


def test_purge_says_when_a_reader_keeps_old_pages(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}?timeout=0.05"
    with Journal.open(url, source="a", target="b") as journal, journal.lease("purge"):
        fill(journal, journal.stream("jobs", {}, ["id"]))
        with journal._reading() as connection:
            connection.execute(select(tables.staged)).all()
            with pytest.raises(JournalBusyError):
                journal.purge()
        journal.purge()
    assert occurrences(tmp_path) == 0


def test_room_is_asked_for_before_it_is_needed(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path / 'journal.db'}", source="a", target="b") as journal:
        journal.require_room(1000)
        with pytest.raises(JournalFullError, match="will need about"):
            journal.require_room(10**18)
        assert journal.forecast(10**6) > 10**6


@pytest.mark.parametrize("journal_url", ["postgresql"], indirect=True)
def test_a_servers_disk_cannot_be_asked(journal: Journal) -> None:
    journal.require_room(10**18)
    assert journal.size() > 0
