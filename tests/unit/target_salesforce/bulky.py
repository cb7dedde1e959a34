"""What tests of jobs have in common."""

from __future__ import annotations

from crm_transforms.destination import Verdict

KEY = "Kickserv_Id__c"
KEYS = "SELECT Id, Name, Kickserv_Id__c FROM Account"
BATCHES = "jobs/ingest/[A-Za-z0-9]+/batches$"
STATE = "jobs/ingest/[A-Za-z0-9]+$"


def accounts(hand, count, **more):
    return [hand.create("Account", Name=f"A {n}", **{KEY: f"k{n}"}, **more) for n in range(count)]


def answers_of(destination, operations):
    answers = list(destination.write(operations))
    verdicts = {a.operation_id: a for a in answers if isinstance(a, Verdict)}
    assert set(verdicts) == {operation.id for operation in operations}
    return [verdicts[operation.id] for operation in operations], answers


def written(destination, operations):
    return answers_of(destination, operations)[0]
