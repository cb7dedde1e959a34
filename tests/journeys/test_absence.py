from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from tests.journeys import singer_file

if TYPE_CHECKING:
    from tests.journeys.world import World
    from tests.oracle import Truth

MAPPING = files("crm_transforms") / "mappings/kickserv_to_pipedrive.yml"
BELIEVED = 0.05
"""The share of a stream that may vanish without anybody being asked."""


def test_rows_marked_as_deleted_stay_in_pipedrive_and_are_reported(world: World) -> None:
    before = world.truth()
    # Not a first contact: a deal whose person has gone in Kickserv loses it in Pipedrive as well.
    contact = next(row["id"] for row in before.rows("contacts") if not row["is_primary"])
    singer = world.extract()

    outcome = world.load(
        singer_file.changed(singer, "contacts", contact, deleted_at="2026-11-01T08:00:00Z")
    )

    assert outcome.code == 0, outcome.log
    assert outcome.commits == ()
    after = before.without({("contacts", str(contact))})
    assert world.findings(after, gone=before) == []
    assert "vanished" in outcome.log


def test_vanished_rows_stay_in_pipedrive_and_are_reported(world: World) -> None:
    before = world.truth()
    world.sandbox.source.remove("jobs", _light_job(before))

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert outcome.commits == ()
    assert world.findings(gone=before) == []
    assert world.status()["streams"]["jobs"]["gone"] == 1
    assert "vanished" in outcome.log


def test_a_row_that_comes_back_is_the_same_record_again(world: World) -> None:
    task = world.truth().rows("tasks")[0]["id"]
    world.sandbox.source.remove("tasks", task)
    world.run()
    assert world.status()["streams"]["tasks"]["gone"] == 1
    world.sandbox.source.reset()
    world.sandbox.source.edit("tasks", task, name="It was never gone")

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert [(one.action, one.object) for one in outcome.commits] == [("update", "activities")]
    assert world.status()["streams"]["tasks"]["gone"] == 0
    assert world.findings() == []


def test_too_many_vanished_rows_are_not_believed_until_somebody_says_so(world: World) -> None:
    before = world.truth()
    jobs = [job["id"] for job in world.sandbox.source.records("jobs")]
    for job in jobs[:25]:
        world.sandbox.source.remove("jobs", job)

    outcome = world.run()

    assert outcome.commits == ()
    assert "--accept-deletes" in outcome.log
    assert world.status()["streams"]["jobs"]["gone"] == 0

    accepted = world.command("apply", "--accept-deletes")

    assert accepted.commits == ()
    assert world.status()["streams"]["jobs"]["gone"] == 25
    assert world.findings(gone=before) == []


def test_a_mapping_may_ask_for_removal_of_what_has_vanished(world: World) -> None:
    mapping = world.folder / "removing.yml"
    text = MAPPING.read_text(encoding="utf-8")
    noted = text.replace(
        "  note:\n    target: notes\n", "  note:\n    target: notes\n    vanished: remove\n"
    )
    assert noted != text
    mapping.write_text(noted, encoding="utf-8")
    notes = [note["id"] for note in world.sandbox.source.records("notes")]
    for note in notes[:2]:
        world.sandbox.source.remove("notes", note)

    few = world.run(mapping=str(mapping))

    assert few.code == 0, few.log
    assert [(one.action, one.object) for one in few.commits] == [("delete", "notes")] * 2
    for note in notes[2:27]:
        world.sandbox.source.remove("notes", note)

    many = world.run(mapping=str(mapping))

    assert many.commits == ()

    accepted = world.command("apply", "--accept-deletes", mapping=str(mapping))

    assert [(one.action, one.object) for one in accepted.commits] == [("delete", "notes")] * 25


def test_a_stream_that_was_cut_off_deletes_nothing_and_says_so(world: World) -> None:
    before = world.truth()
    singer = world.extract()

    outcome = world.load(singer_file.cut_off(singer, "jobs", after=5))

    assert outcome.code == 0, outcome.log
    assert outcome.commits == ()
    assert "jobs: not read whole" in " ".join(outcome.log.split())
    assert world.status()["streams"]["jobs"]["gone"] == 0
    assert world.findings(before) == []


def test_a_file_without_any_marker_deletes_nothing(world: World) -> None:
    singer = world.extract()
    told = singer_file.messages(singer)
    kept = [
        one for one in told if one["type"] != "ACTIVATE_VERSION" and one.get("stream") != "notes"
    ]

    outcome = world.load(singer_file.lines(kept))

    assert outcome.code == 0, outcome.log
    assert outcome.commits == ()
    assert {row["gone"] for row in world.status()["streams"].values()} == {0}


def _light_job(truth: Truth) -> int:
    """A job with little below it and no status of its own, so that its vanishing is believed."""
    totals = {stream: len(rows) for stream, rows in truth.streams.items()}
    for job in truth.rows("jobs"):
        below = {
            stream: sum(
                row.get("job_id", row.get("noteable_id")) == job["id"] for row in rows.values()
            )
            for stream, rows in truth.streams.items()
        }
        small = all(count <= BELIEVED * totals[stream] for stream, count in below.items())
        if small and job.get("job_status_id") is None:
            return job["id"]
    raise AssertionError("every job has much below it")
