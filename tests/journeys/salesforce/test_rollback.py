"""The way back: what was loaded goes, active orders too, and the org is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.salesforce import changes

if TYPE_CHECKING:
    from tests.journeys.salesforce.conftest import LoadedOrg
    from tests.journeys.salesforce.world import OrgWorld


def test_after_a_rollback_the_org_is_as_it_was_and_can_be_loaded_again(
    org: OrgWorld, loaded_org: LoadedOrg
) -> None:
    assert any(row["Status"] == "Activated" for row in org.rows("Order"))

    outcome = org.command("rollback", "--yes")

    assert outcome.code == 0, outcome.log + outcome.out
    assert changes(loaded_org.before, org.snapshot()) == []
    again = org.command("apply")
    assert again.code == 0, again.log
    assert org.findings() == []
