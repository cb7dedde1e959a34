"""Mapping: records a second through ``ref_keys`` and ``build`` on one core."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import simpleeval
from tests.benchmarks.figures import rate
from tests.benchmarks.yardsticks import LOOP, least, looping

from crm_transforms.mapping import Mapping
from crm_transforms.mapping.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.figures import Figures

pytestmark = pytest.mark.benchmark

RECORDS = 2_000
ROUNDS = 25
LEAST_TIMES_SIMPLEEVAL = 4.0
MOST_LOOPS = 1_500
"""Turns of an empty loop in the time of one record; 20 microseconds are about a thousand."""

DOCUMENT = """
source: shop
destination: crm
version: 1
parameters: {currency: USD}
values: {status: {complete: won, lost: lost, canceled: lost, "*": open}}
objects:
  company: {target: companies, from: customers}
  deal:
    target: deals
    from: jobs
    with:
      customer: {stream: customers, of: customer_id}
      time: {stream: time_entries, on: job_id}
    key: {source_id: id}
    fields:
      title: coalesce(name, join(" ", "Job", number))
      company_id: {ref: company, of: customer_id, required: true}
      owner_id: {ref: company, of: created_by}
      status: {map: status, value: status}
      value: total
      currency: currency
      note: description
      city: customer.city
      done: status in ["complete", "canceled"]
      scheduled_at: instant(scheduled_on)
      balance: total - paid
    custom:
      hours: {type: decimal, label: Hours, value: "total([t.hours for t in time])"}
      number: {type: integer, label: Number, value: number}
      order: {type: text, label: Order, value: upper(po_number)}
      created: {type: text, label: Created, value: created_at}
      billed: {type: boolean, label: Billed, value: "paid > 0"}
"""

SIMPLEEVAL = {
    "source_id": "text(id)",
    "title": 'coalesce(name, join(" ", "Job", number))',
    "status": "{'complete': 'won', 'lost': 'lost', 'canceled': 'lost'}.get(status, 'open')",
    "value": "total",
    "currency": "currency",
    "note": "description",
    "city": "customer.city",
    "done": 'status in ["complete", "canceled"]',
    "scheduled_at": "instant(scheduled_on)",
    "balance": "total - paid",
    "hours": "sum([t.hours for t in time])",
    "number": "number",
    "order": "upper(po_number)",
    "created": "created_at",
    "billed": "paid > 0",
}
"""The same record without references, each field an expression parsed beforehand."""


def rows() -> Iterator[tuple[dict, dict, dict]]:
    for number in range(RECORDS):
        row = {
            "id": number,
            "name": None if number % 3 else f"Roof {number}",
            "number": number,
            "customer_id": number % 100,
            "created_by": 7,
            "status": ("complete", "scheduled", "lost")[number % 3],
            "total": Decimal(number) / 4,
            "paid": Decimal(1),
            "description": "Two storeys, dog in the yard",
            "scheduled_on": "2024-05-17T14:04:14Z",
            "created_at": "2024-05-01T08:00:00Z",
            "po_number": "po-1",
        }
        joined = {
            "customer": {"id": number % 100, "city": "Springfield"},
            "time": [{"hours": Decimal("1.25")}, {"hours": Decimal("0.5")}],
        }
        yield row, joined, {"company_id": "11", "owner_id": "12"}


def test_compiled_expressions_take_a_fraction_of_interpreted_ones(figures: Figures):
    deal = Mapping.parse(DOCUMENT).objects["deal"]
    everything = list(rows())

    def compiled() -> None:
        for row, joined, refs in everything:
            for key, item, index in deal.records(row, joined):
                assert key
                deal.ref_keys(row, joined, item, index)
                deal.build(row, joined, item, index, refs)

    functions = {name: function.call for name, function in FUNCTIONS.items()}
    evaluator = simpleeval.EvalWithCompoundTypes(functions={**functions, "sum": sum})
    parsed = {name: (text, evaluator.parse(text)) for name, text in SIMPLEEVAL.items()}

    def interpreted() -> None:
        for row, joined, _refs in everything:
            evaluator.names = {"currency": "USD", **row, **joined}
            for text, tree in parsed.values():
                evaluator.eval(text, previously_parsed=tree)

    ours = least(compiled, ROUNDS) / RECORDS
    theirs = least(interpreted) / RECORDS
    loops = ours / (looping() / LOOP)
    figures.add(
        "Mapping",
        "records with references, a value map and a fold",
        rate(1, ours),
        goal="50,000/s",
        beside=f"{loops:,.0f} turns of an empty loop each; {theirs / ours:.0f} times simpleeval, "
        f"parsed before ({rate(1, theirs)})",
    )
    assert theirs / ours > LEAST_TIMES_SIMPLEEVAL
    assert loops < MOST_LOOPS
