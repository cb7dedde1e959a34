"""Products, price books, opportunities and their lines."""

from __future__ import annotations

import pytest

FAULT = "FIELD_INTEGRITY_EXCEPTION"
MISSING = "REQUIRED_FIELD_MISSING"


def test_the_standard_price_book_is_there_switched_off_and_stays(org):
    (book,) = org.rows["Pricebook2"].values()
    assert (book["IsStandard"], book["IsActive"]) == (True, False)
    assert org.update("Pricebook2", book["Id"], {"IsActive": True}).success
    assert not org.delete("Pricebook2", book["Id"]).success
    told = {"Name": "Mine", "IsStandard": True}
    assert org.insert("Pricebook2", told).problems[0].code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_the_standard_price_comes_first_and_once(shop):
    book = shop.make("Pricebook2", Name="Special", IsActive=True)
    other = shop.make("Product2", Name="Pipe")
    told = {"Product2Id": other, "UnitPrice": 5}
    assert shop.code("PricebookEntry", Pricebook2Id=book, **told) == "STANDARD_PRICE_NOT_DEFINED"
    shop.price(shop.standard, 7, other)
    shop.price(book, 5, other)
    assert shop.code("PricebookEntry", Pricebook2Id=book, **told) == "DUPLICATE_VALUE"
    assert shop.code("PricebookEntry", Pricebook2Id=shop.standard, **told) == "DUPLICATE_VALUE"


def test_a_price_is_told_or_the_standard_one(shop):
    book = shop.make("Pricebook2", Name="Special", IsActive=True)
    told = {"Pricebook2Id": book, "Product2Id": shop.product}
    assert shop.code("PricebookEntry", **told) == MISSING
    assert shop.code("PricebookEntry", UseStandardPrice=True, UnitPrice=3, **told) == FAULT
    entry = shop.make("PricebookEntry", UseStandardPrice=True, **told)
    assert shop.row(entry)["UnitPrice"] == 100
    assert shop.row(entry)["Name"] == "Drain"


def test_book_and_product_of_a_price_stay(shop):
    saved = shop.org.update("PricebookEntry", shop.entry, {"Product2Id": shop.product})
    assert saved.problems[0].code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_the_first_line_decides_the_price_book(shop):
    opportunity = shop.opportunity(Amount=5)
    told = {"OpportunityId": opportunity, "PricebookEntryId": shop.entry}
    line = shop.make("OpportunityLineItem", Quantity=2, UnitPrice=30, **told)
    made, lead = shop.row(line), shop.row(opportunity)
    assert (made["TotalPrice"], made["ListPrice"], made["ProductCode"]) == (60, 100, "D-1")
    assert made["Name"] == "O Drain"
    assert lead["Pricebook2Id"] == shop.standard
    assert (lead["Amount"], lead["HasOpportunityLineItem"]) == (60, True)


def test_amounts_follow_the_lines(shop):
    opportunity = shop.opportunity()
    told = {"OpportunityId": opportunity, "PricebookEntryId": shop.entry}
    line = shop.make("OpportunityLineItem", Quantity=3, TotalPrice=50, **told)
    assert shop.row(line)["UnitPrice"] == 16.67
    shop.make("OpportunityLineItem", Quantity=1, UnitPrice=-20, **told)
    assert shop.row(opportunity)["Amount"] == 30
    assert shop.org.update("Opportunity", opportunity, {"Amount": 1_000}).success
    assert shop.row(opportunity)["Amount"] == 30
    assert shop.org.update("OpportunityLineItem", line, {"Quantity": 2, "UnitPrice": 10}).success
    assert shop.row(opportunity)["Amount"] == 0
    assert shop.org.delete("OpportunityLineItem", line).success
    assert shop.row(opportunity)["Amount"] == -20


def test_discounts_lower_the_total(shop):
    told = {"OpportunityId": shop.opportunity(), "PricebookEntryId": shop.entry}
    line = shop.make("OpportunityLineItem", Quantity=2, UnitPrice=30, Discount=10, **told)
    assert shop.row(line)["TotalPrice"] == 54


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"UnitPrice": 1, "TotalPrice": 2, "Quantity": 2}, FAULT),
        ({"Quantity": 2}, MISSING),
        ({"UnitPrice": 1}, MISSING),
        ({"UnitPrice": 1, "Quantity": 0}, FAULT),
        ({"UnitPrice": 1, "Quantity": 1, "PricebookEntryId": None}, MISSING),
        ({"UnitPrice": 1, "Quantity": 1, "Description": "x" * 256}, "STRING_TOO_LONG"),
        ({"UnitPrice": 1, "Quantity": 1, "ListPrice": 1}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
def test_a_line_is_refused(shop, told, code):
    whole = {"OpportunityId": shop.opportunity(), "PricebookEntryId": shop.entry, **told}
    assert shop.code("OpportunityLineItem", **whole) == code


def test_lines_have_prices_of_the_book_of_their_opportunity(shop):
    book = shop.make("Pricebook2", Name="Special", IsActive=True)
    special = shop.price(book, 50)
    opportunity = shop.opportunity(Pricebook2Id=book)
    told = {"OpportunityId": opportunity, "Quantity": 1, "UnitPrice": 1}
    assert shop.code("OpportunityLineItem", PricebookEntryId=shop.entry, **told) == FAULT
    line = shop.make("OpportunityLineItem", PricebookEntryId=special, **told)
    assert shop.org.update("Opportunity", opportunity, {"Pricebook2Id": shop.standard}).success
    assert shop.org.find("OpportunityLineItem", line) is None


@pytest.mark.parametrize("name", ["Pricebook2", "PricebookEntry"])
def test_what_is_switched_off_is_not_sold(shop, name):
    record = shop.standard if name == "Pricebook2" else shop.entry
    shop.org.human.edit(name, record, IsActive=False)
    told = {"OpportunityId": shop.opportunity(), "PricebookEntryId": shop.entry}
    assert shop.code("OpportunityLineItem", Quantity=1, UnitPrice=1, **told) == FAULT
    told = {"OrderId": shop.order(), "PricebookEntryId": shop.entry}
    assert shop.code("OrderItem", Quantity=1, UnitPrice=1, **told) == FAULT


@pytest.mark.parametrize(
    ("stage", "closed", "won", "probability"),
    [
        ("Prospecting", False, False, 10),
        ("Closed Won", True, True, 100),
        ("Closed Lost", True, False, 0),
        ("Somebody else's stage", False, False, 0),
    ],
)
def test_stages_say_whether_an_opportunity_is_over(shop, stage, closed, won, probability):
    made = shop.row(shop.opportunity(StageName=stage))
    assert (made["IsClosed"], made["IsWon"], made["Probability"]) == (closed, won, probability)
