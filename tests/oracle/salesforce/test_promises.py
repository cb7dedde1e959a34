"""What the shipped document makes of every row is what the judge says it owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.oracle.salesforce import Ways, judge

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oracle.salesforce.conftest import Business

EVERY_WAY = [Ways(), Ways("Service_Job__c", "Invoice__c", "Note", locations=False)]


@pytest.mark.parametrize("ways", EVERY_WAY)
def test_every_row_becomes_what_was_promised(
    odd_business: Business, tmp_path: Path, ways: Ways
) -> None:
    org, held, rejects = odd_business.mapped(tmp_path, ways)

    findings = judge(odd_business.truth, org, rejects, ways=ways, held=held)

    assert [str(one) for one in findings] == []
    assert len(rejects) > 10
    assert sum(map(len, held.records.values())) > 500
