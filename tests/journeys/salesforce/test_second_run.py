from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.salesforce.world import OrgWorld

MOST_READS = 40
"""A description of each object, the users, the limits; whatever the number of records."""


def test_an_unchanged_run_writes_nothing_and_reads_descriptions_only(org: OrgWorld) -> None:
    outcome = org.run()

    assert outcome.code == 0, outcome.log
    assert outcome.writes == []
    assert outcome.commits == ()
    assert len(outcome.reads) <= MOST_READS


def test_edits_arrivals_and_a_value_taken_away_are_all_that_a_delta_writes(org: OrgWorld) -> None:
    source = org.sandbox.source
    customer, contact = next(source.records("customers")), next(source.records("contacts"))
    job, note = next(source.records("jobs")), next(source.records("notes"))
    entry, task = next(source.records("time_entries")), next(source.records("tasks"))
    source.edit("customers", customer["id"], phone_number=None, phone=None)
    source.edit("contacts", contact["id"], title="Caretaker of the dam")
    source.edit("jobs", job["id"], description="Bring the long ladder.", status="on_hold")
    source.edit("time_entries", entry["id"], number_of_hours="7.75")
    source.edit("tasks", task["id"], name="Second visit")
    source.edit("notes", note["id"], note="Said differently.")
    late = source.add(
        "jobs",
        customer_id=customer["id"],
        name="Written down in a dead zone",
        status="scheduled",
        total="0.0",
    )
    source.add("notes", noteable_type="Job", noteable_id=late["id"], note="Came in late.")

    outcome = org.run()

    assert outcome.code == 0, outcome.log
    assert org.findings() == []
    row = org.row("Case", job["id"])
    assert (row["Job_Status__c"], row["IsClosed"]) == ("On Hold", False)
    made = {one.sobject for one in outcome.commits if one.operation == "insert"}
    assert {"Case", "ContentNote"} <= made
    assert made <= {"Case", "ContentNote", "ContentDocumentLink"}
    assert org.run().writes == []


def test_an_invoice_that_is_paid_later_becomes_an_active_order(org: OrgWorld) -> None:
    drafts = [row for row in org.rows("Order") if row["Status"] == "Draft"]
    lines = {row["OrderId"] for row in org.rows("OrderItem")}
    draft = next(row for row in drafts if row["Id"] in lines)
    org.sandbox.source.edit("jobs", int(draft["Kickserv_Id__c"]), invoice_status="paid")

    outcome = org.run()

    assert outcome.code == 0, outcome.log
    assert org.row("Order", draft["Kickserv_Id__c"])["Status"] == "Activated"
    assert org.findings() == []
