from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle import Reject

if TYPE_CHECKING:
    from tests.journeys.salesforce.world import OrgWorld

OUTSIDE_THE_CALENDAR = "9999-12-31T23:59:59-05:00"


def test_what_cannot_land_is_named_and_lands_with_its_children_once_it_is_mended(
    org: OrgWorld,
) -> None:
    source = org.sandbox.source
    customer = next(source.records("customers"))
    job = source.add(
        "jobs",
        customer_id=customer["id"],
        name="Dig",
        status="scheduled",
        total="10.0",
        scheduled_on=OUTSIDE_THE_CALENDAR,
    )
    source.add("notes", noteable_type="Job", noteable_id=job["id"], note="Mind the cable.")

    refused = org.run()

    assert refused.code == 3, refused.log
    listed = {row["object"]: row for row in org.listed()}
    assert listed.keys() == {"job", "note"}
    assert (listed["job"]["stream"], listed["job"]["key"]) == ("jobs", str(job["id"]))
    assert "kickserv_to_salesforce.yml:" in listed["job"]["place"]
    rejects = [Reject(name, row["key"], row["rule"]) for name, row in listed.items()]
    assert org.findings(rejects=rejects) == []

    source.edit("jobs", job["id"], scheduled_on="2026-11-20T09:00:00-05:00")
    mended = org.run()

    assert mended.code == 0, mended.log
    assert org.findings() == []


def test_a_text_that_the_org_has_no_room_for_is_refused_and_not_cut(org: OrgWorld) -> None:
    job = next(org.sandbox.source.records("jobs"))
    org.sandbox.source.edit("jobs", job["id"], description="x" * 32_001)

    outcome = org.run()

    assert outcome.code == 3, outcome.log
    told = {(row["object"], row["field"]): row["message"] for row in org.listed()}
    assert "32000" in told["job", "Description"]
    assert outcome.commits == ()
