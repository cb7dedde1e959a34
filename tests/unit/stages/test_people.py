"""Owners: matched by e-mail alone, never guessed, and everybody else falls to one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.shop import SCHEMAS, customer, record

from crm_transforms.destination import DestinationError, Person
from crm_transforms.exits import Exit
from crm_transforms.stages.people import PeopleIndex

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop

ANN = Person("1", "Ann", "ann@example.com", active=True)
BEN = Person("2", "Ben", "Ben@Example.com", active=True)
CAT = Person("3", "Cat", "cat@example.com", active=False)
TWIN = Person("4", "Ben again", "ben@example.com", active=True)
RETIRED = Person("5", "Ann, old seat", "ANN@example.com", active=False)
NOBODY = Person("6", "Robot", "", active=True)


def index(*people: Person, fallback: str = "1") -> PeopleIndex:
    return PeopleIndex((ANN, *people), fallback, own_id="9")


@pytest.mark.parametrize(
    ("email", "verdict", "owner"),
    [
        ("ann@example.com", "matched", "1"),
        ("  ANN@Example.COM ", "matched", "1"),
        ("cat@example.com", "inactive", "1"),
        ("zoe@example.com", "unmatched", "1"),
        ("ben@example.com", "ambiguous", "1"),
        ("ann@example", "unmatched", "1"),
        ("", "unmatched", "1"),
        (None, "unmatched", "1"),
    ],
)
def test_an_employee_is_matched_by_email_or_falls_to_the_fallback_owner(
    email: str | None, verdict: str, owner: str
) -> None:
    match = index(BEN, CAT, TWIN, RETIRED, NOBODY).match("e1", email)
    assert (match.key, match.verdict, match.person_id) == ("e1", verdict, owner)


def test_an_active_user_goes_before_an_old_seat_of_the_same_address() -> None:
    assert index(RETIRED).match("e1", "ann@example.com").person_id == "1"


def test_letters_of_another_case_are_one_address_in_every_alphabet() -> None:
    sharp = Person("7", "S", "STRASSE@example.com", active=True)
    assert index(sharp).match("e", "straße@example.com").verdict == "matched"


def test_two_that_match_are_named() -> None:
    assert index(BEN, TWIN).match("e1", "ben@example.com").candidates == ("2", "4")


@pytest.mark.parametrize("told", ["2", "ben@example.com", " BEN@example.com"])
def test_the_fallback_owner_is_told_by_id_or_email(told: str) -> None:
    assert index(BEN, fallback=told).fallback == BEN


def test_without_fallback_owner_it_is_the_user_of_the_credentials(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert index(fallback="").fallback.id == "9"
    assert "no fallback_owner is set" in caplog.text


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("zoe@example.com", "no such user"),
        ("77", "no such user"),
        ("cat@example.com", "is not active"),
        ("3", "is not active"),
        ("ben@example.com", "more than one active user"),
    ],
)
def test_a_fallback_owner_that_is_nobody_stops_the_run(told: str, why: str) -> None:
    with pytest.raises(DestinationError, match=why):
        index(BEN, CAT, TWIN, fallback=told)


def owners(shop: Shop) -> dict[str, str]:
    """Name of each organization to its owner's e-mail."""
    users = {user["id"]: user["email"] for user in shop.sandbox.crm.users}
    return {
        row["name"]: users[row["owner_id"]] for row in shop.sandbox.crm.snapshot()["organizations"]
    }


SELLERS = {
    "s1": "Dana.Ruiz@example.com",
    "s2": "hector.ibarra@example.com",
    "s3": "keiko.nakamura@example.com",
    "s4": "stranger@example.com",
}


def test_records_of_whoever_is_not_matched_get_the_fallback_owner_and_it_is_said(
    shop: Shop,
) -> None:
    sellers = [record("sellers", id=key, email=email) for key, email in SELLERS.items()]
    rows = [customer(id=key, name=key, seller_id=key) for key in (*SELLERS, "s404")]
    run = shop.load([*SCHEMAS, *sellers, *rows], fallback_owner="sales.desk@example.com")
    assert run.code == Exit.DONE
    assert owners(shop) == {
        "s1": "dana.ruiz@example.com",
        **dict.fromkeys(("s2", "s3", "s4", "s404"), "sales.desk@example.com"),
    }
    for verdict in ("ambiguous", "inactive", "unmatched"):
        assert f"owner: {verdict}: falls to the fallback owner (1)" in run.said


def test_an_employee_that_no_row_has_is_said(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, customer(seller_id="s404")])
    assert run.code == Exit.DONE
    assert "s404" in run.said or "fallback owner (1)" in run.said


def test_a_user_who_comes_later_takes_over_unchanged_records(shop: Shop) -> None:
    lines = [
        *SCHEMAS,
        record("sellers", id="s1", email="keiko.nakamura@example.com"),
        customer(name="Hers", seller_id="s1"),
    ]
    shop.load(lines, fallback_owner="sales.desk@example.com")
    assert owners(shop) == {"Hers": "sales.desk@example.com"}
    for user in shop.sandbox.crm.users:
        if user["email"] == "keiko.nakamura@example.com":
            user.update(active_flag=True, activated=True)
    assert shop.load(lines, fallback_owner="sales.desk@example.com").code == Exit.DONE
    assert owners(shop) == {"Hers": "keiko.nakamura@example.com"}
