"""A batch: a verdict for each operation, whatever happens on the way."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal

import pytest
from tests.unit.target_pipedrive.conftest import KEY, Hand

from crm_transforms.destination import (
    AuthenticationError,
    BudgetExhaustedError,
    Destination,
    Kind,
    Operation,
    Status,
    UnavailableError,
    Verdict,
)
from target_pipedrive.writes import SILENCES, Writes


def test_the_port_is_implemented(destination):
    assert isinstance(destination, Destination)


def statuses(verdicts):
    return Counter(verdict.status for verdict in verdicts)


def test_every_record_is_written_once(sandbox, keyed):
    operations = [keyed.create("organizations", name=f"O {n}", **{KEY: str(n)}) for n in range(60)]
    assert statuses(keyed.write(*operations)) == {Status.LANDED: 60}
    assert len(sandbox.crm.tables["organizations"].rows) == 60
    assert len(sandbox.requests.of("pipedrive", "POST")) == 60


def test_an_update_sends_only_what_changes_and_clears_what_is_none(hand):
    hand.write(hand.field("deals", "ks_set", "choices", options=["a", "b"]))
    deal = hand.made("deals", title="Job", value=Decimal(7), ks_set=["a"], label_ids=["Hot"])
    change = hand.change("deals", deal, value=Decimal("8.10"), ks_set=None, label_ids=None)
    assert hand.write(change)[0].status is Status.LANDED
    names = ["title", "value", "ks_set", "label_ids"]
    assert hand.destination.read("deals", [deal], names)[deal] == {
        "title": "Job",
        "value": Decimal("8.1"),
        "ks_set": None,
        "label_ids": None,
    }


def test_a_refusal_speaks_of_the_mapping_s_fields(hand):
    hand.write(hand.field("deals", "ks_org", "reference", reference="organizations"))
    (verdict,) = hand.write(hand.create("deals", title="Job", ks_org="999999"))
    assert verdict.status is Status.REFUSED
    assert verdict.code.startswith("ERR_")
    assert "ks_org" in verdict.message
    assert verdict.fields == ("ks_org",)


def test_one_bad_record_does_not_hurt_its_neighbours(hand):
    operations = [
        hand.create("deals", title=f"J {n}", **({"stage_id": "99999"} if n == 1 else {}))
        for n in range(3)
    ]
    verdicts = hand.write(*operations)
    assert [v.status for v in verdicts] == [Status.LANDED, Status.REFUSED, Status.LANDED]
    assert verdicts[1].fields == ("stage_id",)


def test_a_capped_object_is_refused_without_asking_further(sandbox, hand, asked):
    sandbox.crm.open_deal_cap = 2
    operations = [hand.create("deals", title=f"J {n}") for n in range(40)]
    verdicts = hand.write(*operations)
    assert statuses(verdicts) == {Status.LANDED: 2, Status.REFUSED: 38}
    refused = [v for v in verdicts if v.status is Status.REFUSED]
    assert {v.code for v in refused} == {"feature_capping_deals_limit"}
    assert all("the plan holds no more deals" in v.message for v in refused)
    assert len(asked("POST")) <= 2 + 8
    assert hand.write(hand.create("organizations", name="Acme"))[0].status is Status.LANDED


def test_an_exhausted_budget_leaves_a_verdict_for_everything(sandbox, connect):
    destination = connect(daily_token_reserve=1_000)
    sandbox.crm.daily_budget = 2_000
    hand = Hand(destination)
    destination.describe("organizations")
    operations = [hand.create("organizations", name=f"O {n}") for n in range(400)]
    verdicts, error = hand.write_until_it_stops(operations)
    assert isinstance(error, BudgetExhaustedError)
    assert sorted(v.operation_id for v in verdicts) == [op.id for op in operations]
    landed = statuses(verdicts)[Status.LANDED]
    assert landed == len(sandbox.crm.tables["organizations"].rows)
    assert set(statuses(verdicts)) == {Status.LANDED, Status.ABSENT}
    assert sandbox.crm.budget.left >= 1_000
    assert destination.limits().budget_left < 60


def test_a_token_that_is_revoked_in_mid_run_stops_the_batch(sandbox, hand):
    hand.destination.describe("organizations")
    operations = [hand.create("organizations", name=f"O {n}") for n in range(100)]
    seen = []
    with pytest.raises(AuthenticationError):
        _revoked_after_the_tenth(sandbox, hand.destination.write(operations), seen)
    assert sorted(v.operation_id for v in seen) == [op.id for op in operations]
    assert statuses(seen)[Status.LANDED] == len(sandbox.crm.tables["organizations"].rows)
    assert set(statuses(seen)) == {Status.LANDED, Status.ABSENT}


def _revoked_after_the_tenth(sandbox, verdicts, seen):
    for verdict in verdicts:
        seen.append(verdict)
        if len(seen) == 10:
            sandbox.crm.revoke_token()


def test_a_service_that_went_silent_is_not_sent_everything(sandbox, hand):
    hand.destination.describe("organizations")
    sandbox.fault("server_error", "pipedrive", method="POST", status=503, times=None)
    operations = [hand.create("organizations", name=f"O {n}") for n in range(200)]
    verdicts, error = hand.write_until_it_stops(operations)
    assert isinstance(error, UnavailableError)
    assert len(verdicts) == 200
    assert SILENCES <= statuses(verdicts)[Status.UNKNOWN] <= SILENCES + 8


class Crowded:
    """Notes how many units are under way at once."""

    def __init__(self):
        self.busy = self.most = 0
        self._together = threading.Barrier(3, timeout=10)

    def prepare(self, operations):
        pass

    def units(self, operations):
        return ((operation,) for operation in operations)

    def carry_out(self, unit):
        self.busy += 1
        self._together.wait()
        self.most = max(self.most, self.busy)
        self._together.wait()
        self.busy -= 1
        yield Verdict(unit[0].id, Status.LANDED, "1")


def test_as_many_requests_are_under_way_as_allowed_and_no_more():
    crowded = Crowded()
    writes = Writes({"things": crowded}, 3)
    operations = [Operation(n, "things", Kind.CREATE, "", {}) for n in range(30)]
    assert statuses(writes.carry_out(operations)) == {Status.LANDED: 30}
    writes.close()
    assert crowded.most == 3


class Broken:
    """Writes some, and fails as nobody foresaw."""

    def prepare(self, operations):
        pass

    def units(self, operations):
        yield tuple(operations)

    def carry_out(self, unit):
        yield Verdict(unit[0].id, Status.LANDED, "1")
        raise ZeroDivisionError


def test_what_an_unforeseen_error_leaves_open_is_unknown():
    writes = Writes({"things": Broken()}, 2)
    operations = [Operation(n, "things", Kind.CREATE, "", {}) for n in (1, 2)]
    verdicts = writes.carry_out(operations)
    assert next(verdicts).status is Status.LANDED
    assert next(verdicts).status is Status.UNKNOWN
    with pytest.raises(ZeroDivisionError):
        next(verdicts)
    writes.close()


def test_an_object_that_does_not_exist_is_refused(hand):
    (verdict,) = hand.write(hand.create("leads", title="x"))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "NO_SUCH_OBJECT")


def test_an_action_that_does_not_exist_is_refused(destination):
    operation = Operation(1, "deals", Kind.ACT, "", {}, "7", "win")
    (verdict,) = destination.write([operation])
    assert (verdict.status, verdict.code) == (Status.REFUSED, "NO_SUCH_ACTION")


@pytest.mark.parametrize("object_name", ["organizations", "notes"])
def test_deleting_what_is_gone_counts_as_done(hand, object_name):
    org = hand.made("organizations", name="Acme")
    record = org if object_name == "organizations" else hand.made("notes", content="x", org_id=org)
    assert hand.write(hand.remove(object_name, record))[0].status is Status.LANDED
    (again,) = hand.write(hand.remove(object_name, record))
    assert (again.status, again.code) == (Status.LANDED, "ALREADY_GONE")


def test_a_write_adds_no_labels(hand, asked):
    """Neither to a choice that people may not extend nor to one that is open."""
    hand.write(*(hand.field("deals", n, "choice", options=["a"]) for n in ("ks_open", "ks_closed")))
    hand.destination.use({}, {"deals": ["ks_open"]})
    before = len(asked("POST"))
    verdicts = hand.write(
        hand.create("deals", title="J", ks_open="b"),
        hand.create("deals", title="J", ks_closed="b"),
        hand.create("deals", title="J", label_ids=["New"]),
        hand.create("deals", title="J", label_ids=["Hot"], ks_open="a"),
    )
    refused, landed = verdicts[:3], verdicts[3]
    assert {(v.status, v.code) for v in refused} == {(Status.REFUSED, "OPTION")}
    assert [v.fields for v in refused] == [("ks_open",), ("ks_closed",), ("label_ids",)]
    assert landed.status is Status.LANDED
    assert len(asked("POST")) - before == 1


def test_an_open_choice_is_described_as_such(hand):
    hand.write(*(hand.field("deals", n, "choice", options=["a"]) for n in ("ks_open", "ks_closed")))
    hand.destination.use({}, {"deals": ["ks_open"]})
    fields = hand.destination.describe("deals").fields
    is_open = {name for name, spec in fields.items() if spec.open_choice}
    assert is_open == {"ks_open", "label_ids"}
    assert fields["label_ids"].options == ("Hot", "Warm", "Cold")
    # Whether its options can be added shows only when they are: until then nothing is wrong.
    assert not hand.destination.check("deals", {"title": "J", "ks_open": "b"})
    assert hand.destination.check("deals", {"title": "J", "ks_closed": "b"})
    # Any word goes, but there is no list of them that could be added to.
    assert not hand.destination.describe("activities").fields["type"].open_choice


def test_a_label_that_may_not_be_added_refuses_its_records_only(sandbox, hand):
    hand.destination.describe("organizations")
    body = '{"success":false,"error":"only admins may do this","code":"ERR_FORBIDDEN"}'
    sandbox.fault("server_error", "pipedrive", path="options", status=403, body=body, times=None)
    (refusal,) = hand.write(hand.grow("organizations", "label_ids", "New", "Newer"))
    assert (refusal.status, refusal.code) == (Status.REFUSED, "ERR_FORBIDDEN")
    verdicts = hand.write(
        hand.create("organizations", name="A", label_ids=["New"]),
        hand.create("organizations", name="B"),
    )
    assert [v.status for v in verdicts] == [Status.REFUSED, Status.LANDED]
    assert "'New' could not be added: only admins may do this" in verdicts[0].message


def test_another_reply_on_the_connection_is_not_taken_for_ours(sandbox, keyed):
    field = keyed.destination._account.book.of("organizations").by_name[KEY].code
    body = f'{{"success":true,"data":{{"id":7,"custom_fields":{{"{field}":"another"}}}}}}'
    sandbox.fault("server_error", "pipedrive", method="POST", status=200, body=body)
    (verdict,) = keyed.write(keyed.create("organizations", name="Acme", **{KEY: "1"}))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")
