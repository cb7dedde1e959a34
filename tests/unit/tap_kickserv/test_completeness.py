"""When a stream says that it is whole, and when it must not."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING

import pytest
from singer_sdk.exceptions import FatalAPIError
from tests.unit.tap_kickserv.account import job
from tests.unit.tap_kickserv.server import SLUG, Kickserv, Reply, Request

from tap_kickserv.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.tap_kickserv.conftest import Run

    RunTap = Callable[..., Run]

ALL = {stream.name for stream in STREAMS}
ONLY_IN_JSON = {
    "payments",
    "payment_requests",
    "expenses",
    "attachments",
    "signatures",
    "tags",
}


@pytest.mark.usefixtures("account")
def test_the_marker_comes_after_the_last_record_of_each_stream(
    run: RunTap,
) -> None:
    messages = run(api="xml").messages
    assert {m["stream"] for m in messages if m["type"] == "ACTIVATE_VERSION"} == ALL
    for name in ALL:
        of_stream = [m for m in messages if m.get("stream") == name]
        assert [m["type"] for m in of_stream][-1] == "ACTIVATE_VERSION"
        assert {m["version"] for m in of_stream[1:]} == {of_stream[-1]["version"]}


def test_an_empty_account_is_whole(run: RunTap) -> None:
    assert run(api="xml").completed() == ALL


@pytest.mark.usefixtures("account")
def test_two_runs_have_different_versions(run: RunTap) -> None:
    versions = [
        next(m["version"] for m in run("items", api="xml").messages if "version" in m)
        for _ in range(2)
    ]
    assert versions[0] < versions[1]


@pytest.mark.usefixtures("account")
def test_the_marker_goes_out_before_the_state_that_follows_it(
    run: RunTap,
) -> None:
    kinds = [m["type"] for m in run("items", api="xml").messages]
    assert kinds[-2:] == ["ACTIVATE_VERSION", "STATE"]


@pytest.mark.parametrize("status", [404, 406])
def test_what_only_the_json_has_is_empty_and_unmarked_where_the_json_is_closed(
    account: Kickserv,
    run: RunTap,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    account.lists["opportunities"] = []
    account.lists["jobs"] = [job(number) for number in range(1, 31)]
    for number in range(1, 31):
        account.on(f"/{SLUG}/jobs/{number}.json", lambda _: Reply("", status))
    result = run(api="xml")
    assert result.completed() == ALL - ONLY_IN_JSON
    assert not ONLY_IN_JSON & set(result.records)
    assert sum("payments: not read whole" in m for m in caplog.messages) == 1
    assert sum("/jobs/" in path for path in account.calls()) <= 8


def test_without_the_opportunities_no_stream_of_jobs_is_whole(
    account: Kickserv,
    run: RunTap,
    caplog: pytest.LogCaptureFixture,
) -> None:
    account.on(f"/{SLUG}/opportunities.json", lambda _: Reply("", 404))
    result = run("jobs", "job_charges", "customers", api="xml")
    assert len(result.records["jobs"]) == 5
    assert result.completed() == {"customers"}
    assert any("/opportunities.json answered 404" in m for m in caplog.messages)


def test_services_are_only_whole_with_the_calendar(account: Kickserv, run: RunTap) -> None:
    account.on(f"/{SLUG}/calendar.json", lambda _: Reply("", 404))
    result = run("job_types", api="xml")
    assert result.ids("job_types") == [31]
    assert result.completed() == set()


def test_a_job_that_vanished_midway_leaves_its_payments_unmarked(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.on(f"/{SLUG}/jobs/3.json", lambda _: Reply("Invalid job.", 400))
    result = run("jobs", "payments", api="xml")
    assert result.ids("payments") == [901]
    assert result.completed() == {"jobs"}


def test_a_guess_that_no_job_confirms_leaves_its_stream_unmarked(
    account: Kickserv,
    run: RunTap,
    caplog: pytest.LogCaptureFixture,
) -> None:
    del account.details["1"]["tags"]
    assert run("tags", "payments", api="xml").completed() == {"payments"}
    assert any("no job held `tags`" in m for m in caplog.messages)


def test_an_include_that_is_ignored_leaves_its_stream_unmarked(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.lists["opportunities"] = []
    for row in account.lists["jobs"]:
        del row["time_entries"]
    assert run("job_charges", "time_entries", api="xml").completed() == {"job_charges"}


def test_services_are_whole_by_the_calendar_alone(account: Kickserv, run: RunTap) -> None:
    for row in account.lists["jobs"]:
        del row["job_type"]
    assert run("job_types", api="xml").completed() == {"job_types"}


@pytest.mark.usefixtures("account")
def test_the_json_employees_are_never_whole_for_inactive_ones_are_left_out(run: RunTap) -> None:
    result = run("employees", api="json")
    assert result.ids("employees") == [11]
    assert result.completed() == set()


def test_a_nested_customer_whose_own_page_is_closed_leaves_the_tasks_unmarked(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.lists["customers"][0]["children"] = [
        {"id": 1009, "customer_number": 9, "parent_id": 1001},
    ]
    result = run("customers", "tasks", api="xml")
    assert 1009 in result.ids("customers")
    assert result.completed() == {"customers"}


def test_opportunities_that_do_not_come_to_rest_leave_the_jobs_unmarked(
    account: Kickserv,
    run: RunTap,
) -> None:
    numbers = iter(range(1000, 100_000))

    def reshuffle(request: Request) -> None:
        if request.path == f"/{SLUG}/opportunities.json":
            account.lists["opportunities"] = [
                {"id": number, "job_number": number} for number in itertools.islice(numbers, 4)
            ]

    account.after = reshuffle
    assert run("jobs", api="xml").completed() == set()


def test_an_interrupted_stream_is_not_marked(account: Kickserv, run: RunTap) -> None:
    account.on(
        f"/{SLUG}/jobs.xml",
        lambda request: Reply("", 500) if request.query["page"] == "2" else None,
    )
    with pytest.raises(FatalAPIError, match="500"):
        run("jobs", api="xml")
    assert '"RECORD"' in run.output
    assert "ACTIVATE_VERSION" not in run.output


@pytest.mark.usefixtures("account")
def test_a_filtered_stream_is_not_marked(run: RunTap) -> None:
    result = run(
        "items",
        "employees",
        api="xml",
        stream_maps={"items": {"__filter__": "record['active']"}},
    )
    assert result.ids("items") == [71]
    assert result.completed() == {"employees"}


@pytest.mark.usefixtures("account")
def test_a_renamed_stream_is_marked_by_its_new_name(run: RunTap) -> None:
    maps = {"items": {"__alias__": "products"}}
    assert run("items", api="xml", stream_maps=maps).completed() == {"products"}


def test_incremental_streams_drop_old_rows_and_are_never_marked(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.lists["customers"][2]["updated_at"] = "2023-01-01T00:00:00-05:00"
    state = {
        "bookmarks": {
            "customers": {
                "replication_key": "updated_at",
                "replication_key_value": "2022-12-31T00:00:00Z",
            },
        },
    }
    result = run("customers", api="xml", incremental=True, state=state)
    assert result.ids("customers") == [1003]
    assert result.completed() == set()
    final = [m for m in result.messages if m["type"] == "STATE"][-1]["value"]["bookmarks"]
    assert final["customers"]["replication_key_value"] == "2023-01-01T05:00:00Z"
    assert "version" not in next(m for m in result.messages if m["type"] == "RECORD")


def test_the_bookmark_itself_is_included_to_the_second(account: Kickserv, run: RunTap) -> None:
    account.lists["customers"][0]["updated_at"] = "2022-12-31T00:00:00.500-00:00"
    account.lists["customers"][0]["updated_at"] = "2022-12-31T00:00:00.500Z"
    result = run("customers", api="xml", incremental=True, start_date="2022-12-31T00:00:00Z")
    assert result.ids("customers") == [1001]


def test_a_row_that_does_not_say_when_it_changed_always_comes(
    account: Kickserv,
    run: RunTap,
) -> None:
    account.lists["customers"][0]["updated_at"] = None
    account.lists["customers"][1]["updated_at"] = "zzz"
    result = run("customers", api="xml", incremental=True, start_date="2030-01-01T00:00:00Z")
    assert result.ids("customers") == [1001, 1002]
    final = [m for m in result.messages if m["type"] == "STATE"][-1]["value"]
    assert "zzz" not in str(final)


@pytest.mark.usefixtures("account")
def test_start_date_does_not_thin_out_a_full_read(run: RunTap) -> None:
    result = run("customers", api="xml", start_date="2030-01-01T00:00:00Z")
    assert len(result.records["customers"]) == 5
    assert result.completed() == {"customers"}


@pytest.mark.usefixtures("account")
def test_a_stream_without_a_time_of_change_is_read_in_full_although_asked_otherwise(
    run: RunTap,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    result = run("tags", api="xml", incremental=True)
    assert result.completed() == {"tags"}
    assert any("says nowhere when a row changed" in m for m in caplog.messages)
