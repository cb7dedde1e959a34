"""Lines of deals: in bulk, by content, and without hurting each other."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest

from crm_transforms.destination import Kind, Status


@pytest.fixture
def deal(hand):
    return hand.made("deals", title="Job")


@pytest.fixture
def product(hand):
    return hand.made("products", name="Pipe")


def bulks(asked):
    return [line for line in asked("POST") if line.endswith("/products/bulk")]


@pytest.mark.parametrize("count", [2, 100, 101, 250])
def test_lines_of_a_deal_go_a_hundred_at_a_time(hand, deal, product, asked, count):
    before = len(asked("POST"))
    verdicts = hand.write(*hand.lines(deal, product, range(count)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert len({verdict.destination_id for verdict in verdicts}) == count
    assert len(asked("POST")) - before == -(-count // 100)


def test_lines_of_many_deals_are_sorted_out(hand, product, asked):
    deals = [hand.made("deals", title=f"J {n}") for n in range(5)]
    operations = [
        line for n in range(4) for deal in deals for line in hand.lines(deal, product, [n])
    ]
    verdicts = hand.write(*operations)
    assert [v.destination_id.split("/")[0] for v in verdicts] == deals * 4
    assert len(bulks(asked)) == 5


def test_a_single_line_does_not_pay_for_bulk(sandbox, hand, deal, product):
    spent = sandbox.crm.budget.spent
    hand.write(*hand.lines(deal, product, [1]))
    assert sandbox.crm.budget.spent - spent == 5


def test_a_verdict_goes_with_the_content_and_not_with_the_place(sandbox, hand, deal, product, rng):
    prices = rng.sample(range(1_000), 40)
    operations = hand.lines(deal, product, prices)
    first = sandbox.crm.tables["deal_products"]
    verdicts = hand.write(*operations)
    for verdict, price in zip(verdicts, prices, strict=True):
        row = first.rows[int(verdict.destination_id.split("/")[1])]
        assert Decimal(str(row["item_price"])) == price


def test_an_answer_in_another_order_is_matched(sandbox, hand, deal, product):
    hand.destination.describe("deal_products")
    rows = [
        {"id": 70 + n, "deal_id": int(deal), "product_id": int(product), "item_price": n,
         "quantity": 1}
        for n in (3, 1, 2)
    ]  # fmt: skip
    body = '{"success":true,"data":' + str(rows).replace("'", '"') + "}"
    sandbox.fault("server_error", "pipedrive", method="POST", status=201, body=body)
    verdicts = hand.write(*hand.lines(deal, product, [1, 2, 3]))
    assert [v.destination_id for v in verdicts] == [f"{deal}/{n}" for n in (71, 72, 73)]


def test_a_line_that_the_answer_does_not_show_is_unknown(sandbox, hand, deal, product):
    hand.destination.describe("deal_products")
    row = f'{{"id":71,"deal_id":{deal},"product_id":{product},"item_price":1,"quantity":1}}'
    body = f'{{"success":true,"data":[{row}]}}'
    sandbox.fault("server_error", "pipedrive", method="POST", status=201, body=body)
    verdicts = hand.write(*hand.lines(deal, product, [1, 2]))
    assert [v.status for v in verdicts] == [Status.LANDED, Status.UNKNOWN]


def test_equal_lines_each_get_their_own_id(hand, deal, product):
    verdicts = hand.write(*hand.lines(deal, product, [5, 5, 5]))
    assert len({verdict.destination_id for verdict in verdicts}) == 3


@pytest.mark.parametrize("bad", [{0}, {63}, {3, 50, 99}])
def test_a_refused_line_is_found_among_its_neighbours(hand, deal, product, asked, bad):
    operations = hand.lines(deal, product, range(100))
    for place in bad:
        operations[place].fields["product_id"] = "99999"
    before = len(asked())
    verdicts = hand.write(*operations)
    assert {n for n, v in enumerate(verdicts) if v.status is Status.REFUSED} == bad
    assert Counter(v.status for v in verdicts)[Status.LANDED] == 100 - len(bad)
    assert len(asked()) - before <= 3 + 2 * len(bad) * 7
    ids = [verdict.destination_id for verdict in verdicts if verdict.destination_id]
    assert len(hand.destination.read("deal_products", ids, [])) == 100 - len(bad)


def test_a_refusal_that_added_some_after_all_adds_none_twice(sandbox, hand, deal, product):
    hand.destination.describe("deal_products")
    operations = hand.lines(deal, product, [1, 2])
    armed = sandbox.fault("late_commit", "pipedrive", method="POST", path="bulk")
    hand.write(*operations)
    sandbox.release(armed)
    body = '{"success":false,"error":"the second line is bad","code":"ERR"}'
    sandbox.fault("server_error", "pipedrive", method="POST", status=400, body=body)
    verdicts = hand.write(*operations)
    assert [v.status for v in verdicts] == [Status.LANDED, Status.LANDED]
    assert len(sandbox.crm.tables["deal_products"].rows) == 2


def test_after_silence_no_further_line_of_the_deal_is_sent(sandbox, hand, deal, product, asked):
    hand.destination.describe("deal_products")
    sandbox.fault("reset_after", "pipedrive", method="POST", path="bulk")
    operations = hand.lines(deal, product, [7] * 250)
    verdicts = hand.write(*operations)
    assert Counter(v.status for v in verdicts) == {Status.UNKNOWN: 100, Status.ABSENT: 150}
    assert len(bulks(asked)) == 1
    resolved = hand.resolve(operations[:100], {"deal_products": "0"})
    assert Counter(v.status for v in resolved) == {Status.LANDED: 100}
    assert len({v.destination_id for v in resolved}) == 100


def test_one_silent_bulk_does_not_stop_the_other_deals(sandbox, hand, product):
    deals = [hand.made("deals", title=f"J {n}") for n in range(4)]
    sandbox.fault("reset_after", "pipedrive", method="POST", path="bulk")
    operations = [line for deal in deals for line in hand.lines(deal, product, range(100))]
    verdicts = hand.write(*operations)
    assert Counter(v.status for v in verdicts) == {Status.UNKNOWN: 100, Status.LANDED: 300}


@pytest.mark.parametrize("there", [9.994, 9.99, 10])
def test_a_line_is_recognised_though_its_price_was_rounded(sandbox, hand, deal, product, there):
    sandbox.crm.human.attach(int(deal), product_id=int(product), item_price=there, quantity=1)
    (operation,) = hand.lines(deal, product, ["9.994"])
    expected = Status.ABSENT if there == 10 else Status.LANDED
    assert hand.resolve([operation])[0].status is expected


def test_lines_that_were_there_before_are_nobody_s(sandbox, hand, deal, product):
    sandbox.crm.human.attach(int(deal), product_id=int(product), item_price=9, quantity=1)
    marks = hand.destination.mark(["deal_products"])
    (operation,) = hand.lines(deal, product, [9])
    assert hand.resolve([operation], marks)[0].status is Status.ABSENT


def test_lines_are_removed_a_hundred_at_a_time(sandbox, hand, deal, product, asked):
    ids = [v.destination_id for v in hand.write(*hand.lines(deal, product, range(150)))]
    verdicts = hand.write(*(hand.remove("deal_products", id_) for id_ in ids))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert not sandbox.crm.tables["deal_products"].rows
    assert len(asked("DELETE")) == 2


def test_removing_lines_that_are_partly_gone_is_done(hand, deal, product):
    ids = [v.destination_id for v in hand.write(*hand.lines(deal, product, range(3)))]
    hand.write(hand.remove("deal_products", ids[1]))
    verdicts = hand.write(*(hand.remove("deal_products", id_) for id_ in ids))
    assert [v.code for v in verdicts] == ["", "ALREADY_GONE", ""]


def test_a_line_does_not_move_to_another_deal(hand, deal, product):
    (made,) = hand.write(*hand.lines(deal, product, [1]))
    (verdict,) = hand.write(hand.change("deal_products", made.destination_id, deal_id="7"))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "FIXED_FIELD")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ((Kind.CREATE, 10, 10), (10, 50)),
        ((Kind.CREATE, 10, 2), (2, 50)),
        ((Kind.CREATE, 250, 1), (3, 75)),
        ((Kind.CREATE, 10, 0), (10, 50)),
        ((Kind.DELETE, 250, 1), (3, 45)),
        ((Kind.UPDATE, 10, 2), (10, 50)),
    ],
)
def test_lines_cost_by_deal(destination, count, expected):
    cost = destination.cost("deal_products", *count)
    assert (cost.calls, cost.tokens) == expected


def test_random_batches_of_lines_land_once_each(sandbox, hand, product, rng):
    deals = [hand.made("deals", title=f"J {n}") for n in range(6)]
    operations = [
        line
        for deal in deals
        for line in hand.lines(deal, product, rng.choices(range(5), k=rng.randrange(1, 130)))
    ]
    random.Random(1).shuffle(operations)
    verdicts = hand.write(*operations)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert len({verdict.destination_id for verdict in verdicts}) == len(operations)
    assert len(sandbox.crm.tables["deal_products"].rows) == len(operations)
