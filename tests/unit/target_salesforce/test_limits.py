"""What may be spent, and what this org does by itself."""

from __future__ import annotations

import pytest
from tests.unit.target_salesforce.conftest import Hand

from crm_transforms.destination import BudgetExhaustedError, Status
from target_salesforce.editions import SMALLEST


def test_limits_are_those_of_the_org_less_the_reserve(destination):
    limits = destination.limits()
    assert limits.reserve == round(limits.budget_total / 10)
    assert 0 < limits.budget_left < limits.budget_total - limits.reserve


def test_limits_are_learned_from_answers_where_nobody_may_ask(sandbox, destination):
    body = '[{"errorCode":"INSUFFICIENT_ACCESS","message":"no"}]'
    sandbox.fault("server_error", "salesforce", path="/limits", status=403, body=body, times=None)
    assert destination.limits().budget_left


def test_the_reserve_is_not_eaten(connect, destination):
    frugal = connect(daily_request_reserve=str(destination.limits().budget_total))
    frugal._client.read("sobjects/Account/describe")
    with pytest.raises(BudgetExhaustedError) as spent:
        frugal.people()
    assert spent.value.resumes_at


def test_a_batch_stops_before_the_reserve(connect, destination):
    limits = destination.limits()
    reserve = limits.budget_left + limits.reserve - 8
    frugal = Hand(connect(daily_request_reserve=str(reserve), concurrency=1))
    operations = [frugal.create("Account", Name=f"A {n}") for n in range(1_900)]
    verdicts, error = frugal.write_until_it_stops(operations)
    assert isinstance(error, BudgetExhaustedError)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED, Status.ABSENT}
    assert len(verdicts) == 1_900


def test_the_smallest_edition_is_known_without_asking():
    assert SMALLEST.budget_total == 15_000


def cautions(destination, **planned):
    return destination.cautions(planned, 0)


def test_storage_is_forecast_at_two_kilobytes_a_record(sandbox, destination):
    sandbox.org.data_storage_mb = 1
    severities = {
        caution.severity
        for caution in cautions(destination, Account=1_000)
        if "DataStorageMB" in caution.text
    }
    assert severities == {"error"}


def test_files_are_forecast_too(sandbox, destination):
    sandbox.org.file_storage_mb = 10
    told = destination.cautions({"ContentVersion": 1}, 9 * 1024 * 1024)
    (caution,) = (each for each in told if "FileStorageMB" in each.text)
    assert caution.severity in {"warning", "error"}


def test_contacts_of_several_accounts_are_a_matter_of_the_org(destination):
    told = {caution.object for caution in cautions(destination, Contact=1)}
    assert told & {"AccountContactRelation", "Contact"}


def test_an_org_without_automation_says_nothing_of_it(destination):
    told = " ".join(caution.text for caution in cautions(destination, Account=1))
    assert "triggers" not in told
