"""Record ids: 15 characters that tell capitals from small letters, and three that check them."""

from __future__ import annotations

import re
import string

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")
CAPITALS = str.maketrans({
    letter: "1" if letter in string.ascii_uppercase else "0" for letter in DIGITS
})  # fmt: skip
CHECKS = {f"{number:05b}"[::-1]: CHECK[number] for number in range(32)}
"""The check character by which of five characters are capitals."""


def checksum(short: str) -> str:
    """The last three characters of an id of 18: which of the first 15 are capitals."""
    bits = short.translate(CAPITALS)
    return CHECKS[bits[:5]] + CHECKS[bits[5:10]] + CHECKS[bits[10:]]


def make_id(prefix: str, number: int) -> str:
    """The id of the so-manieth record of an object with this prefix."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = DIGITS[rest] + digits
    short = f"{prefix}5g00000{digits:0>5}"[:15] if len(digits) <= 5 else f"{prefix}{digits:0>12}"
    return short + checksum(short)


def whole_id(text: object) -> str | None:
    """An id of 15 or 18 characters as one of 18; None if it is no id, or not by its checksum."""
    if not isinstance(text, str) or not SHAPE.fullmatch(text):
        return None
    whole = text[:15] + checksum(text[:15])
    return whole if text in {whole, whole[:15]} else None
