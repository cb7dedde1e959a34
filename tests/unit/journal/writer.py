"""A process to be killed: it stages, intends and decides, and says what was acknowledged.

Each line on standard output names a step and the number of the batch that has just become durable.
"""

from __future__ import annotations

import sys
from itertools import count

from tests.unit.journal.samples import ACCOUNT, create, row

from crm_transforms.destination import Status
from crm_transforms.journal import Decision, Journal

BATCH = 40


def keys(batch: int) -> list[str]:
    return [f"{batch}-{number}" for number in range(BATCH)]


def work(url: str) -> None:
    with (
        Journal.open(url, source="kickserv", target="pipedrive") as journal,
        journal.lease("work"),
    ):
        stream_id = journal.stream("jobs", {}, ["id"])
        run_id = journal.begin_run("load", "mapping", ACCOUNT)
        for batch in count(journal.counts(stream_id).records // BATCH):
            journal.stage({stream_id: [row(key, filler="x" * 500) for key in keys(batch)]}, {})
            acknowledge("staged", batch)
            intents = [create(key) for key in keys(batch)]
            numbers = journal.intend(run_id, ACCOUNT, intents, {"deals": str(batch)})
            acknowledge("intended", batch)
            journal.decide([Decision(number, Status.LANDED, str(number)) for number in numbers])
            acknowledge("decided", batch)


def acknowledge(step: str, batch: int) -> None:
    sys.stdout.write(f"{step} {batch}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    work(sys.argv[1])
