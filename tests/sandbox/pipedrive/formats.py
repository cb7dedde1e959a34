"""Text formats: each takes a string, gives it back as stored, or raises `ValueError`."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from tests.sandbox.pipedrive.tables.sales import NOTE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

V1_TIME = "%Y-%m-%d %H:%M:%S"
V2_TIME = "%Y-%m-%dT%H:%M:%SZ"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})Z", re.ASCII)
_V1_DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_DURATION = re.compile(r"\d{2}:[0-5]\d(:[0-5]\d)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_COLOR = re.compile(r"[0-9A-Fa-f]{6}")


def a_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError("This value is not a valid date.")
    date.fromisoformat(text)
    return text


def a_datetime(text: str) -> str:
    # Milliseconds are known to be refused; that offsets other than Z are is a guess.
    match = _DATETIME.fullmatch(text)
    if not match:
        raise ValueError("This value is not a valid datetime.")
    datetime.fromisoformat(f"{match[1]} {match[2]}")
    return text


def a_v1_datetime(text: str) -> str:
    match = _V1_DATETIME.fullmatch(text)
    if not match:
        raise ValueError("This value is not a valid datetime.")
    datetime.fromisoformat(text)
    return text


def an_archive_time(text: str) -> str:
    # The published description keeps v1's format, the published answers have v2's.
    return a_datetime(text.replace(" ", "T") + "Z" if _V1_DATETIME.fullmatch(text) else text)


def a_time(text: str) -> str:
    # "9:5" is refused, "15:30" is not: pipedrive/client-nodejs#661.
    if not _TIME.fullmatch(text):
        raise ValueError("This value is not a valid datetime.")
    return time.fromisoformat(text).strftime("%H:%M:%S")


def a_duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError("This value is not a valid datetime.")
    return text if len(text) == len("00:00:00") else f"{text}:00"


def a_uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise ValueError("This value is not a valid UUID.")
    return text


def a_color(text: str) -> str:
    if not _COLOR.fullmatch(text):
        raise ValueError("This value is not a valid color.")
    return text


def a_note(text: str) -> str:
    if len(text.encode("utf-8", "surrogatepass")) > NOTE_BYTES:
        raise ValueError(f"This value is too long. It should have {NOTE_BYTES} bytes or less.")
    return text


FORMATS: dict[str, Callable[[str], str]] = {
    "date": a_date,
    "datetime": a_datetime,
    "v1_datetime": a_v1_datetime,
    "archive_time": an_archive_time,
    "time": a_time,
    "duration": a_duration,
    "uuid": a_uuid,
    "color": a_color,
    "note": a_note,
}
