"""Rows and intents for the journal's tests."""

from __future__ import annotations

import hashlib
import json
import random
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Kind
from crm_transforms.journal import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_transforms.journal import Journal, Row

ACCOUNT = "pipedrive:4711"
WORDS = ("boiler", "valve", "roof", "panel", "gate", "warranty", "filter", "pump", "drain", "deck")


def body(key: str, **fields: Any) -> bytes:
    return json.dumps({"id": key, **fields}).encode()


def row(key: str, **fields: Any) -> tuple[str, bytes, bytes]:
    record = body(key, **fields)
    return key, hashlib.blake2b(record, digest_size=16).digest(), record


def jobs(count: int, seed: int = 7) -> list[tuple[str, bytes, bytes]]:
    """Records of about 650 bytes and 20 fields, alike in shape and unlike in content."""
    chance = random.Random(seed)

    def words(number: int) -> str:
        return " ".join(chance.choices(WORDS, k=number))

    return [
        row(
            str(number),
            job_number=f"J-{number:06d}",
            name=words(4),
            description=words(16),
            status=chance.choice(["complete", "lost", "scheduled"]),
            customer_id=str(chance.randrange(count)),
            customer_name=words(2).title(),
            email_address=f"{chance.randrange(10**9)}@example.com",
            phone_number=f"+1555{chance.randrange(10**7):07d}",
            billing_address=f"{chance.randrange(9999)} {words(1)} street",
            billing_city=chance.choice(["Springfield", "Portland", "Austin"]),
            billing_state="TX",
            billing_zip_code=f"{chance.randrange(99999):05d}",
            total=f"{chance.randrange(10**6) / 100:.2f}",
            tax=f"{chance.randrange(10**4) / 100:.2f}",
            balance=None,
            created_at=f"2024-0{chance.randrange(1, 9)}-11T12:{chance.randrange(60):02d}:00Z",
            updated_at=f"2026-0{chance.randrange(1, 9)}-12T12:{chance.randrange(60):02d}:00Z",
            created_by=chance.randrange(20),
            recurring=False,
        )
        for number in range(count)
    ]


def create(key: str, **more: Any) -> Intent:
    given = {"fields": body(key), "input_fp": b"i" * 16, "desired_fp": b"d" * 16}
    return Intent("deal", "deals", Kind.CREATE, key, **(given | more))


def intend(journal: Journal, intents: Iterable[Intent], identity: str = ACCOUNT) -> list[int]:
    run_id = journal.begin_run("load", "mapping", identity)
    return journal.intend(run_id, identity, list(intents), {"deals": "100"})


def keys_of(journal: Journal, stream_id: int, *, include_gone: bool = False) -> list[str]:
    return [each.key for each in rows_of(journal, stream_id, include_gone=include_gone)]


def rows_of(journal: Journal, stream_id: int, *, include_gone: bool = False) -> list[Row]:
    found = journal.scan(stream_id, limit=1_000_000)
    if include_gone:
        found += journal.scan(stream_id, limit=1_000_000, gone=True)
    return sorted(found, key=lambda row: row.key.encode())
