"""A business whose migration the report's tests tell: its streams, objects and people."""

from __future__ import annotations

from typing import NamedTuple

ACCOUNT = {
    "id": "9000007",
    "name": "Harbor & Pine Services",
    "url": "https://harborpine.pipedrive.com",
}
TRIAL = {
    "id": "9000031",
    "name": "Harbor & Pine (trial)",
    "url": "https://harborpine-trial.pipedrive.com",
}
MAPPING, SCHEMA = "5e0f" * 16, "a71c" * 16
FILE = "crm_transforms/mappings/kickserv_to_pipedrive.yml"


class Stream(NamedTuple):
    """A stream with its rows, and whether the mapping uses it."""

    name: str
    records: int


class Object(NamedTuple):
    """An object of the mapping.

    Attributes:
        share: thousandths of its records that are rejected, waiting, and changed by people.
    """

    name: str
    target: str
    stream: str
    records: int
    share: tuple[int, int, int] = (0, 0, 0)


STREAMS = (
    Stream("employees", 18),
    Stream("customers", 1_240),
    Stream("contacts", 1_876),
    Stream("job_types", 42),
    Stream("items", 310),
    Stream("jobs", 3_410),
    Stream("job_charges", 9_120),
    Stream("time_entries", 2_205),
    Stream("payments", 1_644),
    Stream("tags", 2_950),
    Stream("tasks", 1_530),
    Stream("notes", 4_880),
    Stream("attachments", 1_022),
    Stream("signatures", 388),
    Stream("estimates", 905),
)
OBJECTS = (
    Object("organization", "organizations", "customers", 1_240, (2, 0, 6)),
    Object("person", "persons", "contacts", 1_876, (4, 3, 2)),
    Object("service", "products", "job_types", 42),
    Object("item", "products", "items", 310, (7, 0, 0)),
    Object("deal", "deals", "jobs", 3_410, (6, 2, 1)),
    Object("line", "deal_products", "jobs", 9_120, (1, 5, 0)),
    Object("activity", "activities", "tasks", 1_530, (0, 4, 0)),
    Object("note", "notes", "notes", 4_880, (9, 3, 0)),
    Object("note_image", "files", "notes", 260, (60, 8, 0)),
    Object("attachment", "files", "attachments", 1_022, (12, 6, 0)),
    Object("signature", "files", "signatures", 388),
)
PEOPLE = (
    ("51013", "ruth.calloway@example.com", "matched"),
    ("51026", "dana.ruiz@example.com", "ambiguous"),
    ("51039", "noor.haddad@example.com", "matched"),
    ("51052", "שירה.לוי@example.com", "unmatched"),
    ("51065", "tom.becker@example.com", "inactive"),
    ("51078", "lena.fischer@example.com", "matched"),
    ("51091", "jo.o'neil@example.com", "matched"),
    ("51104", "", "unmatched"),
)
NAMES = (
    "Harbor Point Marina",
    "مخبز الأندلس",
    "Bäckerei Größl & Söhne",
    "Pine Street Dental 🦷",
    "<b>Bold & Sons</b>",
    '=HYPERLINK("http://evil.example","Click")',
    "</script><script>alert(1)</script>",
    "Ольга и партнёры",
    "שירותי חימום כהן",
    "北海水道工業",
)


class Reason(NamedTuple):
    """Why a record is in the rejects."""

    stage: str
    rule: str
    code: str
    field: str
    message: str


PARENT = "parent has not landed"
REASONS = {
    "rejected": (
        Reason("map", "expression", "", "close_date", "9999-12-31 is outside the calendar"),
        Reason("check", "length", "", "content", "400000 bytes, a note holds about 100000"),
        Reason("load", "refused", "ERR_VALIDATION", "emails", "Invalid email address provided."),
        Reason("verify", "read back", "", "ks_total", "wanted 385.00, found 378.44"),
        Reason("map", "option", "", "ks_job_status", "'Martian' is none of the options"),
    ),
    "waiting": (Reason("map", PARENT, "PARENT_MISSING", "deal_id", "waits for deal 9400211"),),
    "conflict": (
        Reason("conflict", "changed by a person", "", "name", "somebody set 'Harbor Pt. (VIP) ⭐'"),
    ),
}
