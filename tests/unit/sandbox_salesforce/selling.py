"""A product with its prices, an opportunity and an order for tests to sell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.salesforce import Org


class Shop:
    """Makes what must be made, in the one order in which it can be."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.standard = org.standard_book
        org.human.edit("Pricebook2", self.standard, IsActive=True)
        self.account = self.make("Account", Name="Acme")
        self.product = self.make("Product2", Name="Drain", ProductCode="D-1", IsActive=True)
        self.entry = self.price(self.standard, 100)

    def make(self, sobject: str, **told: Any) -> str:
        saved = self.org.insert(sobject, told)
        assert saved.success, saved.problems
        return str(saved.id)

    def price(self, book: str, amount: float, product: str = "") -> str:
        return self.make(
            "PricebookEntry",
            Pricebook2Id=book,
            Product2Id=product or self.product,
            UnitPrice=amount,
            IsActive=True,
        )

    def opportunity(self, **told: Any) -> str:
        told = {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-01-01", **told}
        return self.make("Opportunity", **told)

    def order(self, **told: Any) -> str:
        told = {"Pricebook2Id": self.standard, **told}
        return self.make(
            "Order", AccountId=self.account, EffectiveDate="2026-01-01", Status="Draft", **told
        )

    def item(self, order: str, **told: Any) -> str:
        told = {"Quantity": 2, "UnitPrice": 30, **told}
        return self.make("OrderItem", OrderId=order, PricebookEntryId=self.entry, **told)

    def code(self, sobject: str, **told: Any) -> str:
        """Why a record is refused."""
        return str(self.org.insert(sobject, told).problems[0].code)

    def row(self, record_id: str) -> dict[str, Any]:
        return self.org.rows[self.org.sobject_of(record_id) or ""][record_id]


@pytest.fixture
def shop(org: Org) -> Shop:
    return Shop(org)
