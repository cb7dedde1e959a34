"""All records of an org that a migration writes, each under the key that it is known by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.salesforce.reader import KEY, Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.oracle.salesforce.reader import Reader, Row
    from tests.oracle.salesforce.ways import Ways

KEYED = (
    "Account",
    "Contact",
    "Product2",
    "Opportunity",
    "OpportunityLineItem",
    "Payment__c",
    "Task",
    "Event",
)
"""Objects that are always written, and whose records carry their key."""
LINES = {"Order": "OrderItem", "Invoice__c": "Invoice_Line__c"}
NOTE = "SNOTE"
"""The type of file that a note is."""


@dataclass(frozen=True)
class Holdings:
    """What an org holds.

    Attributes:
        records: by sObject.
        known: by id the sObject and key of a record.
        audited: sObjects whose date of creation may be set.
    """

    records: Mapping[str, list[Found]]
    known: Mapping[str, tuple[str, str]]
    audited: frozenset[str]

    @classmethod
    def of(cls, reader: Reader, ways: Ways) -> Holdings:
        """Read everything that may have been written, this way or that."""
        names = [*KEYED, ways.jobs, ways.invoices, LINES[ways.invoices]]
        if ways.locations:
            names.append("Service_Location__c")
        there = reader.names()
        records = {name: [_keyed(name, row) for row in reader.rows(name)] for name in names}
        known = {one.id: (one.object, str(one.key)) for name in names for one in records[name]}
        books = reader.rows("Pricebook2", "IsStandard = true")
        known |= {book["Id"]: ("Pricebook2", "standard") for book in books}
        records["PricebookEntry"] = [
            Found("PricebookEntry", row["Id"], known.get(row["Product2Id"], ("", ""))[1], row)
            for row in reader.rows("PricebookEntry")
        ]
        known |= {one.id: (one.object, str(one.key)) for one in records["PricebookEntry"]}
        records["ContentVersion"] = list(_files(reader))
        if ways.notes in there:
            notes = _modern if ways.notes == "ContentNote" else _classic
            records[ways.notes] = list(notes(reader))
        audited = {name for name in records if _may_be_dated(reader.describe(name))}
        return cls(records, known, frozenset(audited))


def _may_be_dated(described: Row) -> bool:
    fields = {one["name"]: one for one in described["fields"]}
    return bool(fields.get("CreatedDate", {}).get("createable"))


def _keyed(name: str, row: Row) -> Found:
    return Found(name, row["Id"], row.get(KEY), row)


def _files(reader: Reader) -> Iterator[Found]:
    rows = [row for row in reader.rows("ContentVersion") if row["FileType"] != NOTE]
    places = _places(reader, [row["ContentDocumentId"] for row in rows])
    for row in rows:
        told = {
            **row,
            "FirstPublishLocationId": places.get(row["ContentDocumentId"]),
            "sha256": reader.digest(row["Id"]),
        }
        yield Found("ContentVersion", row["Id"], row.get(KEY), told)


def _modern(reader: Reader) -> Iterator[Found]:
    rows = reader.query("SELECT Id, Title, OwnerId, CreatedDate FROM ContentNote")
    places = _places(reader, [row["Id"] for row in rows])
    for row in rows:
        text = reader.bytes_of("ContentNote", row["Id"], "Content").decode()
        told = {**row, "Content": text, "LinkedEntityId": places.get(row["Id"])}
        yield Found("ContentNote", row["Id"], _number(row["Title"]), told)


def _classic(reader: Reader) -> Iterator[Found]:
    for row in reader.rows("Note"):
        yield Found("Note", row["Id"], _number(row["Title"]), row)


def _places(reader: Reader, documents: list[str]) -> dict[str, str]:
    """By document the record that it hangs on, its owner's library aside."""
    return {
        link["ContentDocumentId"]: link["LinkedEntityId"]
        for link in reader.links(documents)
        if not link["LinkedEntityId"].startswith("005")
    }


def _number(title: str) -> str | None:
    """The note's number in Kickserv, from its title."""
    words = [word for word in title.split() if word.isdigit()]
    return words[0] if words else None
