"""Composite: requests that refer to each other's answers."""

from __future__ import annotations

import pytest

from .conftest import API


def step(name, method, path, told=None):
    asked = {"method": method, "url": f"{API}/{path}", "referenceId": name}
    return {**asked, "body": told} if told is not None else asked


@pytest.fixture
def ask(client):
    def ask(*steps, all_or_none=False):
        told = {"allOrNone": all_or_none, "compositeRequest": list(steps)}
        return client("POST", "composite", told)

    return ask


def test_answers_are_referred_to(ask, org):
    answer = ask(
        step("acc", "POST", "sobjects/Account", {"Name": "A"}),
        step("con", "POST", "sobjects/Contact", {"LastName": "C", "AccountId": "@{acc.id}"}),
        step("look", "GET", "query?q=SELECT Id FROM Contact WHERE AccountId = '@{acc.id}'"),
        step("edit", "PATCH", "sobjects/Contact/@{look.records[0].Id}", {"Title": "Boss"}),
    )
    assert answer.status_code == 200
    parts = answer.json()["compositeResponse"]
    assert [(one["referenceId"], one["httpStatusCode"]) for one in parts] == [
        ("acc", 201), ("con", 201), ("look", 200), ("edit", 204),
    ]  # fmt: skip
    account = parts[0]["body"]["id"]
    assert parts[0]["httpHeaders"] == {"Location": f"{API}/sobjects/Account/{account}"}
    (contact,) = org.rows["Contact"].values()
    assert (contact["AccountId"], contact["Title"]) == (account, "Boss")


def test_what_refers_to_a_failure_is_halted(ask, org):
    parts = ask(
        step("acc", "POST", "sobjects/Account", {}),
        step("con", "POST", "sobjects/Contact", {"LastName": "C", "AccountId": "@{acc.id}"}),
        step("one", "POST", "sobjects/Contact", {"LastName": "D"}),
    ).json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in parts] == [400, 400, 201]
    assert parts[0]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert parts[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert len(org.rows["Contact"]) == 1


def test_all_or_none_undoes_everything(ask, org):
    parts = ask(
        step("acc", "POST", "sobjects/Account", {"Name": "A"}),
        step("con", "POST", "sobjects/Contact", {}),
        step("one", "POST", "sobjects/Contact", {"LastName": "D"}),
        all_or_none=True,
    ).json()["compositeResponse"]
    assert [one["body"][0]["errorCode"] for one in parts] == [
        "PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED",
    ]  # fmt: skip
    assert org.rows["Account"] == org.rows["Contact"] == {}
    assert org.commits == []


def test_notes_are_undone_with_their_documents(ask, org):
    note = {"Title": "N", "Content": "PHA+SGVsbG88L3A+"}
    link = {
        "ContentDocumentId": "@{note.id}",
        "LinkedEntityId": "001RM000003oCprYAE",
        "ShareType": "V",
    }
    ask(
        step("note", "POST", "sobjects/ContentNote", note),
        step("link", "POST", "sobjects/ContentDocumentLink", link),
        all_or_none=True,
    )
    for name in ("ContentNote", "ContentDocument", "ContentVersion", "ContentDocumentLink"):
        assert org.rows[name] == {}, name


@pytest.mark.usefixtures("client")
def test_there_are_at_most_25_requests_and_5_queries(ask):
    one = [step(f"s{number}", "GET", "limits") for number in range(26)]
    assert ask(*one[:25]).status_code == 200
    assert ask(*one).json()[0]["errorCode"] == "INVALID_INPUT"
    heavy = [step(f"q{number}", "GET", "query?q=SELECT Id FROM Task") for number in range(4)]
    more = {"records": [{"attributes": {"type": "Account"}, "Name": "A"}]}
    heavy += [step(f"c{number}", "POST", "composite/sobjects", more) for number in range(2)]
    assert ask(*heavy[:5]).status_code == 200
    assert ask(*heavy).json()[0]["errorCode"] == "INVALID_INPUT"


def test_names_of_requests_are_told_once(ask):
    same = step("a", "GET", "limits")
    assert ask(same, same).status_code == 400
    assert ask({**same, "referenceId": "1-a"}).status_code == 400


def test_a_path_that_leads_nowhere_fails_alone(ask):
    parts = ask(step("a", "GET", "nope"), step("b", "GET", "limits")).json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in parts] == [404, 200]


def test_a_composite_is_one_request(ask, org):
    used = org.used_requests
    ask(*[step(f"s{number}", "GET", "limits") for number in range(20)])
    assert org.used_requests == used + 1
