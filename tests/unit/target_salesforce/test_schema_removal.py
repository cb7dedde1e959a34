"""The way back of the schema, and who may see it meanwhile."""

from __future__ import annotations

import pytest
from tests.unit.target_salesforce.test_schema import JOB, KEY, made, wanted

from crm_transforms.destination import SCHEMA, Kind, Status, Verdict

SET = "Migration_Access"


@pytest.fixture
def write(destination):
    destination.use({"Account": KEY}, {})
    destination.identity()

    def written(*operations):
        return [a for a in destination.write(operations) if isinstance(a, Verdict)]

    return written


def gone(number, record):
    name = f"{record['object']}.{record['name']}" if record["name"] else record["object"]
    return made(number, record, Kind.DELETE, name)


def permission_sets(org):
    return [row for row in org.rows["PermissionSet"].values() if row["Name"] == SET]


def rights(org, child, column):
    (row,) = permission_sets(org)
    return {one[column] for one in org.children(child, "ParentId", row["Id"])}


def test_fields_are_seen_through_one_permission_set_that_this_user_has(write, sandbox):
    write(made(1, JOB), made(2, wanted("Account", KEY)), made(3, wanted("Task", "F__c")))
    write(made(4, wanted("Case", "G__c")))
    assert rights(sandbox.org, "FieldPermissions", "Field") == {
        f"Account.{KEY}",
        "Task.F__c",
        "Event.F__c",
        "Case.G__c",
    }
    assert rights(sandbox.org, "ObjectPermissions", "SobjectType") == {"Service_Job__c"}
    (row,) = permission_sets(sandbox.org)
    assigned = sandbox.org.children("PermissionSetAssignment", "PermissionSetId", row["Id"])
    assert len(assigned) == 1


def test_a_permission_set_is_always_sent_whole(write, sent_file):
    write(made(1, wanted("Account", KEY)))
    write(made(2, wanted("Case", "G__c")))
    text = sent_file(f"permissionsets/{SET}.permissionset")
    assert f"<field>Account.{KEY}</field>" in text
    assert "<field>Case.G__c</field>" in text


def test_fields_and_objects_are_removed_by_one_deploy(write, destination, asked):
    lookup = wanted("Case", "Job__c", "reference", reference="Service_Job__c")
    records = [JOB, wanted("Service_Job__c", "F__c"), lookup, wanted("Account", KEY)]
    write(*(made(number, record) for number, record in enumerate(records)))
    before = len([line for line in asked("POST") if "deployRequest" in line])
    verdicts = write(*(gone(number, record) for number, record in enumerate(records)))
    assert [verdict.status for verdict in verdicts] == [Status.LANDED] * 4, verdicts
    assert len([line for line in asked("POST") if "deployRequest" in line]) == before + 1
    assert KEY not in destination.describe("Account").fields
    assert "Job__c" not in destination.describe("Case").fields
    with pytest.raises(KeyError):
        destination.describe("Service_Job__c")
    assert destination.read(SCHEMA, ["Account.F__c", "Service_Job__c"], []) == {}


def test_the_permission_set_goes_with_the_last_field(write, sandbox):
    one, two = wanted("Account", KEY), wanted("Account", "F__c")
    write(made(1, one), made(2, two))
    write(gone(3, one))
    assert permission_sets(sandbox.org)
    write(gone(4, two))
    assert permission_sets(sandbox.org) == []
    assert not sandbox.org.rows["PermissionSetAssignment"]


def test_a_permission_set_that_others_were_given_stays(write, sandbox):
    record = wanted("Account", KEY)
    write(made(1, record))
    (row,) = permission_sets(sandbox.org)
    mine = {one["AssigneeId"] for one in sandbox.org.rows["PermissionSetAssignment"].values()}
    other = next(user for user in sandbox.org.rows["User"] if user not in mine)
    fields = {"AssigneeId": other, "PermissionSetId": row["Id"]}
    assert sandbox.org.insert("PermissionSetAssignment", fields).success
    write(gone(2, record))
    assert permission_sets(sandbox.org)


def test_removing_what_is_gone_is_no_failure(write):
    first, second = write(gone(1, wanted("Account", "F__c")), gone(2, JOB))
    assert (first.status, first.code) == (Status.LANDED, "ALREADY_GONE")
    assert (second.status, second.code) == (Status.LANDED, "ALREADY_GONE")


def test_salesforces_own_fields_stay(write):
    (verdict,) = write(gone(1, wanted("Account", "Phone")))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "SYSTEM_FIELD")


def test_silent_removals_are_resolved_by_looking(write, hand):
    record = wanted("Account", "F__c")
    write(made(1, record))
    there, absent = hand.resolve([gone(2, record), gone(3, wanted("Account", "G__c"))])
    assert (there.status, absent.status) == (Status.ABSENT, Status.LANDED)


def test_acts_on_the_schema_are_refused(hand):
    (verdict,) = hand.write(hand.act(SCHEMA, "Account.F__c", "polish"))
    assert verdict.code == "NO_SUCH_ACTION"
