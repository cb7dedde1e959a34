"""Ids of records: 15 characters that tell cases apart, and 3 that say it without.

https://help.salesforce.com/s/articleView?id=000385585
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from target_salesforce.forms import Breach, Form

SHORT = re.compile(r"[A-Za-z0-9]{15}")
ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?")
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
LEAD = "00Q"
"""The prefix of leads."""


def checked(id_: str) -> str:
    """The id with its last three characters, which say which letters are capitals."""
    if not SHORT.fullmatch(id_):
        return id_
    blocks = (id_[start : start + 5] for start in (0, 5, 10))
    return id_ + "".join(
        CHECKS[sum(1 << place for place, letter in enumerate(block) if letter.isupper())]
        for block in blocks
    )


@dataclass(frozen=True)
class Reference(Form):
    """Another record, by its id.

    Attributes:
        to: the objects that it may be one of.
    """

    neutral: ClassVar[str] = "reference"
    to: tuple[str, ...] = ()

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, str) or not ID.fullmatch(value):
            wanted = " or ".join(self.to[:3]) or "record"
            return "id", f"the id of a {wanted} wanted, not {value!r}"
        if len(value) == 18 and checked(value[:15]).lower() != value.lower():
            return "id", f"{value!r} is no id: its last three characters do not fit"
        return None

    def canonical(self, value: Any) -> Any:
        return checked(str(value)) if value else None

    def incoming(self, raw: Any) -> Any:
        return checked(str(raw))
