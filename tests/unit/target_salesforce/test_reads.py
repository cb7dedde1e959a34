"""Reading: what is there, as neutral records, however many there are."""

from __future__ import annotations

from decimal import Decimal

from crm_transforms.destination import FieldSpec

KEY = "Kickserv_Id__c"


def test_records_come_back_as_they_were_written(hand):
    fields = {
        "Name": "Acme",
        "Phone": "+1 555 0100",
        "AnnualRevenue": Decimal("1234567.89"),
        "NumberOfEmployees": 12,
        "Description": "two\nlines",
        "ShippingCity": "Graz",
    }
    id_ = hand.made("Account", **fields)
    read = hand.destination.read("Account", [id_], list(fields))[id_]
    normalise = hand.destination.normalise
    assert normalise("Account", read) == normalise("Account", fields)


def test_ids_that_are_gone_are_left_out(hand):
    kept, removed = hand.made("Account", Name="A"), hand.made("Account", Name="B")
    hand.write(hand.remove("Account", removed))
    read = hand.destination.read("Account", [removed, kept, "001000000000009AAA"], ["Name"])
    assert read == {kept: {"Name": "A"}}


def test_two_thousand_records_take_one_request(hand, asked):
    verdicts = hand.write(*(hand.create("Account", Name=f"A {n}") for n in range(1_999)))
    before = len(asked())
    ids = [str(verdict.destination_id) for verdict in verdicts]
    assert len(hand.destination.read("Account", ids, ["Name"])) == 1_999
    assert asked()[before:] == ["POST /composite/sobjects/Account"]


def test_fields_that_are_not_there_are_empty(hand):
    id_ = hand.made("Account", Name="A")
    assert hand.destination.read("Account", [id_], ["Nope__c"]) == {id_: {"Nope__c": None}}


def test_fields_that_are_only_expected_are_not_asked_for(hand):
    id_ = hand.made("Account", Name="A")
    hand.destination.expect("Account", [FieldSpec("Later__c", "text")])
    assert hand.destination.read("Account", [id_], ["Name", "Later__c"]) == {
        id_: {"Name": "A", "Later__c": None}
    }


def test_all_fields_are_read_where_none_is_named(hand):
    id_ = hand.made("Account", Name="A")
    assert hand.destination.read("Account", [id_], [])[id_]["Name"] == "A"


def test_find_compares_exactly_where_soql_does_not(hand):
    upper, lower = hand.made("Account", Name="ACME"), hand.made("Account", Name="acme")
    wanted = [{"Name": "ACME"}, {"Name": "acme"}, {"Name": "Acme"}]
    assert hand.destination.find("Account", wanted) == [[upper], [lower], []]


def test_find_is_not_misled_by_quotes(hand):
    name = 'O\'Hara \\ "Sons" %_'
    id_ = hand.made("Account", Name=name)
    hand.made("Account", Name="Other")
    assert hand.destination.find("Account", [{"Name": name}, {"Name": "' OR Name != '"}]) == [
        [id_],
        [],
    ]


def test_find_wants_all_fields_to_be_equal(hand):
    one = hand.made("Account", Name="Acme", Phone="1")
    two = hand.made("Account", Name="Acme", Phone=None)
    wanted = [{"Name": "Acme", "Phone": "1"}, {"Name": "Acme", "Phone": None}, {"Name": "Acme"}]
    assert hand.destination.find("Account", wanted) == [[one], [two], sorted([one, two])]


def test_find_cuts_long_lists_into_several_queries(hand, asked):
    hand.write(*(hand.create("Account", Name=f"A rather long name {n}") for n in range(900)))
    before = len(asked())
    wanted = [{"Name": f"A rather long name {n}"} for n in range(900)]
    found = hand.destination.find("Account", wanted)
    assert all(len(ids) == 1 for ids in found)
    assert 1 < len(asked()[before:]) < 9


def test_users_are_found_by_their_address_without_case(destination):
    person = next(one for one in destination.people() if one.email)
    assert destination.find("User", [{"Email": person.email.upper()}]) == [[person.id]]


def test_all_users_are_listed_and_say_whether_they_can_own(destination):
    people = destination.people()
    assert len({person.id for person in people}) == len(people)
    assert destination.identity().details["user_id"] in {person.id for person in people}
    assert any(person.active for person in people)


def test_identity_tells_org_user_and_kind(destination):
    identity = destination.identity()
    assert identity.id.startswith("00D")
    assert identity.name
    assert identity.details["sandbox"] in {"yes", "no"}
    assert identity.details["user_id"].startswith("005")
