"""What an org still has, and what happens when it has no more."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.limits import RECORD_KB


def test_every_counted_answer_says_how_many_requests_were_used(client, org):
    org.daily_requests = 5_000
    for number in (1, 2, 3):
        answer = client.get("limits")
        assert answer.headers["Sforce-Limit-Info"] == f"api-usage={number}/5000"
    refused = client("POST", "sobjects/Account", {})
    assert refused.headers["Sforce-Limit-Info"] == "api-usage=4/5000"


def test_the_days_requests_are_used_up_at_some_time(client, org):
    org.daily_requests = 2
    client.make("Account", Name="A")
    client.make("Account", Name="B")
    answer = client("POST", "sobjects/Account", {"Name": "C"})
    assert answer.status_code == 403
    assert answer.json() == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    assert len(org.rows["Account"]) == 2


def test_limits_are_told_with_what_is_left(client, org):
    org.daily_requests, org.bulk_batches = 1_000, 14_990
    for number in range(1_024):
        org.insert("Account", {"Name": str(number)})
    told = client.get("limits").json()
    assert told["DailyApiRequests"] == {"Max": 1_000, "Remaining": 999}
    assert told["DailyBulkApiBatches"] == {"Max": 15_000, "Remaining": 14_990}
    assert told["DataStorageMB"] == {"Max": 5_120, "Remaining": 5_120 - 1_024 * RECORD_KB // 1_024}
    assert {"FileStorageMB", "DailyBulkV2QueryJobs", "DailyBulkV2QueryFileStorageMB"} <= set(told)


def test_storage_is_full_at_some_time(client, org):
    org.data_storage_mb = 1
    room = 1_024 // RECORD_KB
    saved = [org.insert("Account", {"Name": "A"}) for _ in range(room + 1)]
    assert [one.success for one in saved] == [True] * room + [False]
    assert client.refusal("POST", "sobjects/Account", {"Name": "B"}) == (
        400, "STORAGE_LIMIT_EXCEEDED",
    )  # fmt: skip
    org.data_storage_mb = 2
    assert org.insert("Account", {"Name": "B"}).success


@pytest.mark.usefixtures("org")
def test_records_are_counted_by_object(client):
    client.make("Account", Name="A")
    answer = client.get("limits/recordCount", sObjects="Account,Contact,Nope").json()
    assert answer == {
        "sObjects": [{"count": 1, "name": "Account"}, {"count": 0, "name": "Contact"}]
    }


@pytest.mark.parametrize("size", [50_000_001])
def test_a_body_of_json_has_a_size(client, size):
    head = {"Content-Type": "application/json"}
    answer = client("POST", "sobjects/Account", data=b" " * size, headers=head)
    assert answer.status_code == 413
