"""The odd values that real accounts hold, each planted in at least three records.

Left out because a Kickserv record cannot hold them: lone surrogates and broken UTF-8 (the replies
are UTF-8), records of thousands of fields (see the switch ``extra_fields``), invalid XML or JSON
(see the faults) and the literal hour 24:00 in a timestamp (Rails never writes it).
"""

from __future__ import annotations

import enum
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import decimals
from tests.sandbox.kickserv.children import MAKERS, tax_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.kickserv.dataset import Dataset

TIMES = 3
CANDIDATES = 5_000


class Outcome(enum.Enum):
    """What a correct migration does with the value."""

    EXACT = "arrives exactly"
    NORMALISED = "arrives normalised as the rule says"
    REJECTED = "is rejected, with its children, for the reason that the rule gives"


@dataclass(frozen=True, slots=True)
class Oddity:
    """One kind of odd value.

    Attributes:
        kind: its name.
        stream: where it is planted.
        field: the field that is odd; for ``with_children`` the stream of the children.
        values: used in turn; a dict sets several fields.
        outcome: what a correct migration does with it.
        rule: how it is normalised, why it is rejected, or what makes it hard.
        children: instead of a value, this many records of the stream ``field`` under one parent.
        heavy: many megabytes, planted on request only.
    """

    kind: str
    stream: str
    field: str
    values: tuple[Any, ...]
    outcome: Outcome
    rule: str
    children: int = 0
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Planted:
    """An oddity and the ids of the records of its stream that hold it."""

    oddity: Oddity
    ids: tuple[int, ...]


def _text(size: int) -> str:
    line = "Crew found the line frozen again; thawed it, wrapped it, left the cabinet open. "
    return (line * (size // len(line) + 1))[:size]


EXACT, NORMALISED, REJECTED = Outcome.EXACT, Outcome.NORMALISED, Outcome.REJECTED
LAST_INSTANT = "9999-12-31T23:59:59-05:00"
PIPEDRIVE_NOTE = "longer than Pipedrive's 100,000 characters for a note"
NO_IMAGE = "the note arrives, the image stays out and is reported"

ODDITIES = (
    # Characters
    Oddity("emoji", "customers", "name", ("Sunny \U0001f31e Pools", "\U0001f355 & Sons"), EXACT,
           "four bytes in UTF-8"),
    Oddity("joined_emoji", "notes", "note", ("\U0001f469‍\U0001f469‍\U0001f467 moved in",), EXACT,
           "zero-width joiners"),
    Oddity("right_to_left", "customers", "name",
           ("מים חמים בע״מ", "\u0645\u064a\u0627\u0647 \u200f\u0646\u0642\u064a\u0629"), EXACT,
           "right-to-left script and marks"),
    Oddity("nfc_and_nfd", "contacts", "last_name", ("Jos\u00e9", "Jose\u0301"), EXACT,
           "looks the same, is not: neither is folded into the other"),
    Oddity("lookalike", "customers", "name", ("Anchor Inn", "\u0410nchor Inn"), EXACT,
           "a Cyrillic letter: two customers, never merged by name"),
    Oddity("markup_characters", "customers", "name", ('Smith & "Sons" <HVAC>', "A ]]> B"), EXACT,
           "escaped in XML"),
    Oddity("control_character", "time_entries", "note", ("ok\x0bdone", "bell\x07", "nul\x00here"),
           NORMALISED, "XML cannot carry it: U+FFFD from the XML, the character from the JSON"),
    Oddity("line_ends", "jobs", "description", ("first\r\nsecond", "first\rsecond"), NORMALISED,
           "an XML parser reads CR and CRLF as LF"),
    Oddity("formula", "jobs", "name", ('=HYPERLINK("http://x.example","y")', "@SUM(1)", "-2+3"),
           EXACT, "neutralised in CSV reports, nowhere else"),
    Oddity("null_word", "contacts", "last_name", ("Null", "None", "NaN"), EXACT,
           "a name, not an absent value"),
    Oddity("not_available", "jobs", "description", ("#N/A", "N/A", "nil"), EXACT, "text"),
    Oddity("address_lines", "customers", "service_address", ("12 Mill St\nUnit 4",), EXACT,
           "addresses of the API hold line ends"),
    Oddity("city_with_state", "customers", "service_city", ("Portland, ME",), EXACT,
           "people type the state into the city"),
    # Values
    Oddity("empty_text", "customers", "phone_number", ("",), NORMALISED,
           "empty text in the stream; no value in a destination that cannot hold empty text"),
    Oddity("no_mail_address", "contacts", "email1", ("none", "ask office", "x@"), EXACT,
           "free text in a field meant for an address"),
    Oddity("phone_extension", "contacts", "phone1", ("207-555-0134 ext. 9",), EXACT, "free text"),
    Oddity("year_one", "tasks", "scheduled_at", ("0001-01-01T00:00:00-04:56",), EXACT,
           "a typing error in the year; local mean time before time zones"),
    Oddity("year_9999", "tasks", "ends_at", (LAST_INSTANT,), REJECTED,
           "ends_at: in UTC it is the year 10000"),
    Oddity("year_9999_parent", "jobs", "scheduled_on", (LAST_INSTANT,), REJECTED,
           "scheduled_on: in UTC it is the year 10000"),
    Oddity("daylight_gap", "time_entries", "started_on", ("2022-03-13T02:30:00-05:00",), EXACT,
           "an hour that no clock showed, an instant that was"),
    Oddity("daylight_overlap", "time_entries", "started_on",
           ({"started_on": "2022-11-06T01:30:00-04:00", "ended_on": "2022-11-06T01:30:00-05:00",
             "number_of_hours": "1.0"},), EXACT, "one hour long, equal on the clock"),
    Oddity("hour_24", "jobs", "schedule", ("20:00-24:00",), EXACT, "text"),
    Oddity("negative_zero", "job_charges", "discount", ("-0.0",), NORMALISED, "zero"),
    Oddity("huge_number", "jobs", "custom_number2", ("1" + "0" * 308 + ".0",), EXACT,
           "1e308, written out as Rails does"),
    Oddity("not_a_number", "time_entries", "mileage", (float("nan"),), REJECTED,
           "mileage: NaN from the XML is no number; the JSON shows null, which arrives as null"),
    Oddity("wrong_type", "time_entries", "number_of_hours", ("two",), REJECTED,
           "number_of_hours: no number"),
    Oddity("zero_date", "expenses", "date", ("0000-00-00",), REJECTED, "date: no such day"),
    Oddity("subtotal_differs", "jobs", "subtotal", ("1.0",), EXACT,
           "not the sum of the job's charges: arrives, and the audit lists it"),
    Oddity("quickbooks_error", "payments", "qb_error", ("Error 6240: duplicate name",), EXACT,
           "the audit lists it"),
    # Sizes
    Oddity("long_name", "jobs", "name", (("Gutters, " * 29)[:254] + "\U0001f342",), EXACT,
           "255 characters, more bytes"),
    Oddity("text_of_32k", "notes", "note", (_text(33_000),), EXACT, "33,000 characters"),
    Oddity("text_of_131k", "notes", "note", (_text(140_000),), REJECTED, PIPEDRIVE_NOTE),
    Oddity("text_of_400k", "notes", "note", (_text(400_000),), REJECTED, PIPEDRIVE_NOTE),
    Oddity("text_of_10mb", "notes", "note", (_text(10_485_760),), REJECTED, PIPEDRIVE_NOTE,
           heavy=True),
    Oddity("charges_300", "jobs", "job_charges", (), EXACT, "300 lines on one job", children=300),
    Oddity("children_10000", "jobs", "time_entries", (), EXACT, "10,000 entries on one job",
           children=10_000, heavy=True),
    # Images in notes
    Oddity("image_in_text", "notes", "note",
           ('<p>See <img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"></p>',),
           NORMALISED, "the image becomes a file, the note points to it"),
    Oddity("image_of_a_mail", "notes", "note", ('<p><img src="cid:part1.06@mail"></p>',),
           NORMALISED, NO_IMAGE),
    Oddity("image_is_gone", "notes", "note", ('<p><img src="{files}/attachments/1/download"></p>',),
           NORMALISED, NO_IMAGE),
    Oddity("image_redirects_for_ever", "notes", "note", ('<img src="{files}/attachments/loop">',),
           NORMALISED, NO_IMAGE),
    Oddity("image_of_the_host", "notes", "note",
           ('<img src="http://169.254.169.254/latest/meta-data/">',), NORMALISED,
           "a private address is never asked: " + NO_IMAGE),
)  # fmt: skip
"""Kinds T-17 (values), T-18 (sizes), T-19 (characters) and T-29 (images)."""


def plant(data: Dataset, *, heavy: bool) -> tuple[Planted, ...]:
    """Plant every oddity in three records, as far as the account has that many.

    No record holds two of them, and none sits below a record that is to be rejected.
    """
    rng = random.Random(data.seed)
    jobs, customers = (_some(data, rng, name) for name in ("jobs", "customers"))
    spoilt = {jobs.pop() for _ in range(TIMES)} if len(jobs) > TIMES else set()
    used: set[tuple[str, int]] = set()
    planted = []
    for oddity in ODDITIES:
        if oddity.heavy and not heavy:
            continue
        cascades = oddity.outcome is REJECTED and oddity.stream == "jobs"
        roots = customers if oddity.stream in {"customers", "contacts"} else jobs
        fresh = (
            record
            for record in _records(data, oddity, sorted(spoilt) if cascades else roots)
            if (oddity.stream, record["id"]) not in used
        )
        ids = []
        for turn, record in zip(range(max(TIMES, len(oddity.values))), fresh, strict=False):
            used.add((oddity.stream, record["id"]))
            ids.append(record["id"])
            if oddity.children:
                _fill(data, oddity, record)
                continue
            value = oddity.values[turn % len(oddity.values)]
            if isinstance(value, str):
                value = value.replace("{files}", data.base_url)
            changes = value if isinstance(value, dict) else {oddity.field: value}
            data.put(oddity.stream, {**record, **changes})
        planted.append(Planted(oddity, tuple(ids)))
    return tuple(planted)


def _some(data: Dataset, rng: random.Random, stream: str) -> list[int]:
    ids = data.ids(stream)
    return rng.sample(ids, min(len(ids), CANDIDATES))


def _records(data: Dataset, oddity: Oddity, roots: list[int]) -> Iterator[dict[str, Any]]:
    """Yield records that can hold the oddity, one below each root at most."""
    for root in roots:
        if oddity.stream in {"customers", "jobs"}:
            record = data.get(oddity.stream, root)
            # A job that gets its own charges must not have been paid by the sum of others.
            if record and not (oddity.children and record.get("invoice_status")):
                yield record
            continue
        parent = "customers" if (oddity.stream, "customers") in MAKERS else "jobs"
        if oddity.stream == "notes":
            parent = "jobs"
        yield from data.children(oddity.stream, parent, root)[:1]


def _fill(data: Dataset, oddity: Oddity, job: dict[str, Any]) -> None:
    """Give a job many children; charges keep the job's sums right."""
    if oddity.field == "job_charges":
        charges = [
            data.add(
                "job_charges", job_id=job["id"], description=f"Line {number + 1}", quantity="1.0",
                price_per_unit=decimals.text(number * 4), total=decimals.text(number * 4),
                discount="0.0", sort_order=number,
            )
            for number in range(oddity.children)
        ]  # fmt: skip
        before = decimals.hundredths(job["subtotal"])
        subtotal = before + sum(decimals.hundredths(charge["total"]) for charge in charges)
        tax = tax_of(subtotal, job["tax_id"] - 40)
        sums = {"subtotal": subtotal, "tax": tax, "total": subtotal + tax}
        sums["balance_remaining"] = subtotal + tax
        data.put("jobs", job | {name: decimals.text(cents) for name, cents in sums.items()})
        return
    for number in range(oddity.children):
        data.add(
            oddity.field, job_id=job["id"], employee_id=job["created_by"], number_of_hours="0.25",
            started_on=job["created_at"], ended_on=job["created_at"], note=f"entry {number + 1}",
        )  # fmt: skip
