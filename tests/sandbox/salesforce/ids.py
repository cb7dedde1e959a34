"""Record ids: 15 characters that tell capitals from small letters, and three that check them."""

from __future__ import annotations

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")


def checksum(short: str) -> str:
    """The last three characters of an id of 18: which of the first 15 are capitals."""
    return "".join(
        CHECK[
            sum(
                1 << place
                for place, letter in enumerate(short[start : start + 5])
                if letter.isupper()
            )
        ]
        for start in (0, 5, 10)
    )


def make_id(prefix: str, number: int) -> str:
    """The id of the so-manieth record of an object with this prefix."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = DIGITS[rest] + digits
    short = f"{prefix}5g00000{digits:0>5}"[:15] if len(digits) <= 5 else f"{prefix}{digits:0>12}"
    return short + checksum(short)


def whole_id(text: object) -> str | None:
    """An id of 15 or 18 characters as one of 18; None if it is no id."""
    if not isinstance(text, str) or not SHAPE.fullmatch(text):
        return None
    short = text[:15]
    return short + checksum(short)
