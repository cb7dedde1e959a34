"""Work done several at a time, results taken in order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.pool import AsyncResult, ThreadPool

Item = TypeVar("Item")
Result = TypeVar("Result")

WAIT_SECONDS = 0.5


def result_of(work: AsyncResult[Result]) -> Result:
    """Wait for work in another thread, and stay open to signals meanwhile."""
    # A signal that arrives just before an endless wait would only be handled at its end.
    while not work.ready():
        work.wait(WAIT_SECONDS)
    return work.get()


def in_order(
    pool: ThreadPool,
    work: Callable[[Item], Result],
    items: Iterable[Item],
    window: Callable[[int], int],
) -> Iterator[Result]:
    """Yield `work(item)` for each item, in the order of the items.

    Args:
        pool: The threads that do the work.
        work: Called in a thread; what it raises is raised here, in its turn.
        items: May be endless; the caller stops by leaving the loop.
        window: How many items may be under way once the n-th, counted from 1, is.
    """
    under_way: deque[AsyncResult[Result]] = deque()
    for count, item in enumerate(items, start=1):
        under_way.append(pool.apply_async(work, (item,)))
        while len(under_way) >= window(count):
            yield result_of(under_way.popleft())
    while under_way:
        yield result_of(under_way.popleft())
