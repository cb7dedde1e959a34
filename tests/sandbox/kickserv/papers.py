"""What is written about a customer or a job: contacts, notes, fields, files, tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import words
from tests.sandbox.kickserv.clock import DAY, NOW, stamp
from tests.sandbox.kickserv.outline import FIRST_CHILD_ID, FIRST_SIGNATURE_ID
from tests.sandbox.kickserv.reference import EMPLOYEE_IDS, REFERENCE

if TYPE_CHECKING:
    import random

    from tests.sandbox.kickserv.children import Children

Record = dict[str, Any]


def contacts(kin: Children, place: int, rng: random.Random) -> list[Record]:
    contacts = []
    for position in range(rng.choice((0, 1, 1, 1, 2, 3))):
        first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
        mail = f"{first}.{last}.{place}@{rng.choice(words.MAIL_DOMAINS)}".lower()
        contacts.append(
            {
                "id": kin.id(place, position, "customers"),
                "customer_id": kin.outline.id_of("customers", place),
                "first_name": first,
                "last_name": last,
                "title": rng.choice(words.TITLES),
                "phone1": words.phone(rng),
                "phone2": words.phone(rng) if rng.random() < 0.3 else None,
                "email1": mail if rng.random() < 0.8 else None,
                "is_primary": position == 0,
                "deleted_at": stamp(NOW - DAY) if position == 2 else None,
            }
        )
    return contacts


def customer_notes(kin: Children, place: int, rng: random.Random) -> list[Record]:
    created = kin.outline.created("customers", place)
    about = {
        "noteable_id": kin.outline.id_of("customers", place),
        "noteable_type": "Customer",
    }
    return [
        _note(
            kin.id(place, position, "customers"),
            about,
            rng.choice(words.SENTENCES),
            min(NOW, created + position * DAY),
        )
        for position in range(rng.choice((0, 0, 1, 2)))
    ]


def job_notes(kin: Children, place: int, rng: random.Random) -> list[Record]:
    notes = []
    photos = kin.of("attachments", "jobs", place)
    about = {"noteable_id": kin.outline.id_of("jobs", place), "noteable_type": "Job"}
    for position in range(rng.choice((0, 1, 1, 2, 3))):
        text = rng.choice(words.SENTENCES)
        if rng.random() < 0.25:
            text = f"<p>{text}</p><ul><li><b>{rng.choice(words.JOB_NAMES)}</b></li></ul>"
            if photos:
                text += f'<p><img src="{photos[0]["url"]}" alt="photo"></p>'
        notes.append(_note(kin.id(place, position), about, text, kin.after(place, rng)))
    return notes


def _note(key: int, about: Record, text: str, written: int) -> Record:
    return {
        "id": key,
        "note": text,
        "public": key % 4 == 0,
        **about,
        "created_by": EMPLOYEE_IDS[key % len(EMPLOYEE_IDS)],
        "created_at": stamp(written),
        "updated_at": stamp(written),
    }


def customer_fields(kin: Children, place: int, rng: random.Random) -> list[Record]:
    about = {
        "customizable_id": kin.outline.id_of("customers", place),
        "customizable_type": "Customer",
    }
    return _fields(kin.id(place, 0, "customers"), about, rng, 0.2)


def job_fields(kin: Children, place: int, rng: random.Random) -> list[Record]:
    about = {"customizable_id": kin.outline.id_of("jobs", place), "customizable_type": "Job"}
    return _fields(kin.id(place, 0), about, rng, 0.3)


def _fields(first_id: int, about: Record, rng: random.Random, share: float) -> list[Record]:
    return [
        {
            "id": first_id + position,
            "custom_field_id": field_id,
            "name": name,
            "value": rng.choice(values),
            **about,
        }
        for position, (field_id, name, owner, values) in enumerate(words.CUSTOM_FIELDS)
        if owner == about["customizable_type"] and rng.random() < share
    ]


def attachments(kin: Children, place: int, rng: random.Random) -> list[Record]:
    files = []
    for position in range(rng.choice((0, 0, 0, 1, 2))):
        stem, media_type, suffix = rng.choice(words.FILE_NAMES)
        name = f"{stem} {place + 1}.{suffix}"
        files.append(_file(kin, kin.id(place, position), place, rng))
        files[-1] |= {"file_name": name, "content_type": media_type}
    return files


def signatures(kin: Children, place: int, rng: random.Random) -> list[Record]:
    if kin.outline.status(place) != "complete" or rng.random() > 0.25:
        return []
    key = kin.id(place, 0) - FIRST_CHILD_ID["jobs"] + FIRST_SIGNATURE_ID
    file = _file(kin, key, place, rng)
    signed = {
        "file_name": f"signature {place + 1}.png",
        "content_type": "image/png",
        "signed_by": f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}",
        "signed_at": file["created_at"],
    }
    return [file | signed]


def _file(kin: Children, key: int, place: int, rng: random.Random) -> Record:
    made = stamp(kin.after(place, rng))
    return {
        "id": key,
        "job_id": kin.outline.id_of("jobs", place),
        "file_size": rng.randrange(300, 6000),
        "url": f"{kin.base_url}/attachments/{key}/download",
        "created_at": made,
        "updated_at": made,
    }


def tags(_kin: Children, _place: int, rng: random.Random) -> list[Record]:
    return rng.sample(REFERENCE["tags"], rng.choice((0, 0, 1, 1, 2, 3)))
