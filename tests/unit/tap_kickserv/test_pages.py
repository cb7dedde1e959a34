"""Numbered pages of a list that may change while it is read."""

from __future__ import annotations

import logging
import random
import sys
import threading
from contextlib import closing
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.exceptions import FatalAPIError

from tap_kickserv.doors.source import Listing
from tap_kickserv.pages import Pages
from tap_kickserv.seen import SeenKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]


class List:
    """A list that can change between two requests for its pages."""

    def __init__(self, count: int, size: int, *, newest_first: bool = False) -> None:
        numbers = range(count, 0, -1) if newest_first else range(1, count + 1)
        self.rows = [row(number) for number in numbers]
        self.size = size
        self.calls: list[int] = []
        self.elsewhere: list[int] = []
        self.then: Callable[[int], None] = lambda _: None

    def fetch(self, page: int) -> list[Row]:
        self.calls.append(page)
        found = self.rows[(page - 1) * self.size : page * self.size]
        self.then(page)
        return found

    def delete(self, number: int) -> None:
        self.rows = [row for row in self.rows if row["number"] != number]


def row(number: int) -> Row:
    return {"id": 1000 + 7 * number, "number": number}


@pytest.fixture
def read() -> Iterator[Callable[..., list[int]]]:
    with ThreadPool(4) as pool:

        def read_all(
            source: List,
            *,
            concurrency: int = 4,
            number: str | None = "number",
            settles: bool = True,
        ) -> list[int]:
            client: Any = SimpleNamespace(
                pool=pool,
                concurrency=concurrency,
                logger=logging.getLogger("test"),
            )
            with (
                closing(SeenKeys()) as elsewhere,
                closing(
                    Pages(
                        source.fetch,
                        Listing("/jobs", "job", "xml", number=number),
                        elsewhere=elsewhere,
                        where="/jobs.xml",
                        client=client,
                    ),
                ) as pages,
            ):
                for known in source.elsewhere:
                    elsewhere.add(known)
                found = [row["number"] for rows in pages for row in rows]
                assert pages.settled is settles
                return found

        yield read_all


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 60, 601])
@pytest.mark.parametrize("concurrency", [1, 2, 4])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_list_at_rest_costs_its_pages_and_at_most_concurrency_more(
    read: Callable[..., list[int]],
    count: int,
    concurrency: int,
    newest_first: bool,
) -> None:
    source = List(count, 3, newest_first=newest_first)
    assert read(source, concurrency=concurrency) == [row["number"] for row in source.rows]
    assert len(source.calls) <= -(-count // 3) + max(concurrency, 2)


def test_a_list_without_numbers_stays_within_its_allowance(
    read: Callable[..., list[int]],
) -> None:
    source = List(600, 3)
    assert len(read(source, number=None)) == 600
    assert len(source.calls) <= 200 + 4


def test_long_lists_are_read_ahead(read: Callable[..., list[int]]) -> None:
    source = List(300, 3)
    begun = threading.Event()
    fetch = source.fetch

    def wait_for_the_next(page: int) -> list[Row]:
        if page == 51:
            begun.set()
        assert page != 50 or begun.wait(10)
        return fetch(page)

    source.fetch = wait_for_the_next  # type: ignore[method-assign]
    assert len(read(source)) == 300


def test_a_page_that_repeats_is_an_error(read: Callable[..., list[int]]) -> None:
    source = List(6, 3)
    first = source.rows[:3]
    source.fetch = lambda _: first  # type: ignore[method-assign]
    with pytest.raises(FatalAPIError, match="page 2 is the same as page 1"):
        read(source)


def test_pages_that_go_in_circles_are_an_error(read: Callable[..., list[int]]) -> None:
    source = List(9, 3)
    pages = [source.rows[0:3], source.rows[3:6], source.rows[6:9]]
    source.fetch = lambda page: pages[page % 3]  # type: ignore[method-assign]
    with pytest.raises(FatalAPIError, match="would never end"):
        read(source)


def test_rows_pushed_onto_the_next_page_come_once(read: Callable[..., list[int]]) -> None:
    source = List(9, 3, newest_first=True)

    def insert(page: int) -> None:
        if page == 2 and len(source.rows) == 9:
            source.rows.insert(0, row(10))

    source.then = insert
    found = read(source)
    assert sorted(found) == sorted({*range(1, 10)} | ({10} & set(found)))
    assert len(found) == len(set(found))


def test_a_page_that_moved_as_a_whole_is_no_repeat(read: Callable[..., list[int]]) -> None:
    source = List(4, 1, newest_first=True)

    def insert(page: int) -> None:
        if page == 2 and len(source.rows) == 4:
            source.rows.insert(0, row(5))

    source.then = insert
    assert {1, 2, 3, 4} <= set(read(source))


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("after_page", range(1, 7))
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_row_pulled_onto_a_page_already_read_is_found(
    read: Callable[..., list[int]],
    newest_first: bool,
    after_page: int,
    concurrency: int,
) -> None:
    for deleted in range(1, 22):
        source = List(21, 3, newest_first=newest_first)

        def delete(
            page: int,
            source: List = source,
            deleted: int = deleted,
        ) -> None:
            if page == after_page and len(source.calls) == after_page:
                source.delete(deleted)

        source.then = delete
        survivors = {row["number"] for row in source.rows} - {deleted}
        assert survivors <= set(read(source, concurrency=concurrency))


def test_holes_whose_numbers_stand_in_another_list_need_no_second_look(
    read: Callable[..., list[int]],
) -> None:
    source = List(90, 3)
    source.elsewhere = list(range(1, 91, 2))
    source.rows = [row for row in source.rows if row["number"] not in source.elsewhere]
    read(source)
    assert len(source.calls) == 15 + 2  # the empty page, and the last one again, for it was full

    def delete(page: int) -> None:
        if page == 7 and len(source.rows) == 45:
            source.delete(20)

    source.then = delete
    assert {*range(2, 91, 2)} - {20} <= set(read(source))


def test_a_row_is_found_on_a_short_list_without_numbers(read: Callable[..., list[int]]) -> None:
    source = List(12, 3)

    def delete(page: int) -> None:
        if page == 2 and len(source.rows) == 12:
            source.delete(4)

    source.then = delete
    assert {*range(1, 13)} - {4} <= set(read(source, number=None))


def test_random_deletions_in_a_dense_list_lose_nothing(read: Callable[..., list[int]]) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    for _ in range(30):
        source = List(60, chance.choice([1, 2, 5]), newest_first=chance.random() < 0.5)
        deleted = chance.randint(1, 60)
        after = chance.randint(1, 60 // source.size)

        def delete(
            page: int,
            source: List = source,
            deleted: int = deleted,
            after: int = after,
        ) -> None:
            if page == after:
                source.delete(deleted)

        source.then = delete
        assert {*range(1, 61)} - {deleted} <= set(read(source))


def test_a_list_that_never_rests_is_not_called_whole(read: Callable[..., list[int]]) -> None:
    source = List(9, 3)
    number = iter(range(100, 1000))

    def shuffle(_: int) -> None:
        source.rows = [row(next(number)) for _ in range(9)]

    source.then = shuffle
    read(source, number=None, settles=False)
