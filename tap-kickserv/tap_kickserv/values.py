"""One value of a reply → the value that its column declares, or the text as it came.

Nothing here raises and nothing rounds: a value that does not have the declared form stays the
text that Kickserv sent. The schema then refuses exactly that row, by its key, in the target,
while its neighbours go on. Text that the schema allows (a year 0001 or 9999) passes as it is.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?([eE][+-]?\d{1,4})?", re.ASCII)
# Exports write "2013-04-10 10:26:01 -0400" where the API writes "2013-04-10T10:26:01-04:00".
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ]((?:[01]\d|2[0-3]):\d\d:\d\d)(\.\d+)?"
    r" ?(Z|UTC|[+-](?:0\d|1[0-5]):?[0-5]\d)",
    re.ASCII,
)
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
# Beyond a double's range some readers make infinity of a number; text is safe with all of them.
_LARGEST_EXPONENT = 308


def text(value: Any) -> Any:
    """Numbers become their own digits; JSON sometimes sends references as numbers."""
    if type(value) is str or isinstance(value, bool):
        return value
    return str(value) if isinstance(value, (int, Decimal)) else value


def integer(value: Any) -> Any:
    """`"42"` → 42."""
    if type(value) is not str:
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    return value or None


def integers(value: Any) -> Any:
    """A list of ids."""
    return [integer(item) for item in value] if isinstance(value, list) else value


def decimal(value: Any) -> Any:
    """`"1464.27"` → the exact decimal; `NaN`, `1e309` and `1,000.00` stay text."""
    if type(value) is str:
        match = _DECIMAL.fullmatch(value)
        if match is None:
            return value or None
        number = Decimal(value)
        if match[1] is None and len(value) <= _LARGEST_EXPONENT:
            return number
    elif isinstance(value, Decimal):
        number = value
    else:
        return value
    if number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT:
        return number
    return str(value)


def boolean(value: Any) -> Any:
    """`"true"` → True."""
    if type(value) is not str:
        return value
    return _BOOLEANS.get(value, value or None)


def date(value: Any) -> Any:
    """A plain calendar day keeps its text; it has no time zone to normalise."""
    return None if value == "" else value


@cache
def _ahead_of_utc(offset: str) -> timedelta:
    if offset in {"Z", "UTC"}:
        return timedelta()
    digits = offset[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if offset[0] == "-" else ahead


def instant(value: Any) -> Any:
    """`"2022-05-17T10:04:14-04:00"` → `"2022-05-17T14:04:14Z"`.

    Without an offset the account's time zone would have to be guessed, so such text stays. A
    fraction of a second is kept digit by digit.
    """
    if type(value) is not str:
        return value
    match = _INSTANT.fullmatch(value)
    if match is None:
        return value or None
    day, clock, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}") - _ahead_of_utc(offset)
    except (ValueError, OverflowError):
        return value
    return f"{moment.isoformat()}{fraction or ''}Z"


def whole(value: Any) -> Any:
    """A nested object or list is passed on as it came."""
    return value
