"""The log of what took effect, snapshots of what there is, and a new start."""

from __future__ import annotations


def test_what_took_effect_is_logged_in_order(client, org):
    org.contacts_to_many_accounts = False
    account = client.make("Account", Name="A")
    client("PATCH", f"sobjects/Account/{account}", {"Name": "B"})
    client("POST", "sobjects/Account", {})
    contact = client.make("Contact", LastName="C", AccountId=account)
    client("DELETE", f"sobjects/Account/{account}")
    assert [(one.number, one.operation, one.sobject, one.id) for one in org.commits] == [
        (1, "insert", "Account", account),
        (2, "update", "Account", account),
        (3, "insert", "Contact", contact),
        (4, "delete", "Contact", contact),
        (5, "delete", "Account", account),
    ]
    assert org.commits[1].fields == {"Name": "B"}


def test_a_snapshot_is_a_copy(client, org):
    account = client.make("Account", Name="A")
    before = org.snapshot()
    client("PATCH", f"sobjects/Account/{account}", {"Name": "B"})
    assert before["Account"][0]["Name"] == "A"
    assert org.snapshot()["Account"][0]["Name"] == "B"


def test_two_orgs_that_are_told_the_same_are_the_same(org):
    def load():
        for number in range(3):
            account = org.insert("Account", {"Name": f"A{number}"}).id
            org.insert("Case", {"AccountId": account})
        return org.snapshot()

    first = load()
    org.reset()
    assert org.rows["Account"] == {}
    assert load() == first


def test_time_passes_with_every_write(client, org):
    for name in "ABC":
        client.make("Account", Name=name)
    stamps = [row["SystemModstamp"] for row in org.rows["Account"].values()]
    assert stamps == sorted(set(stamps))
