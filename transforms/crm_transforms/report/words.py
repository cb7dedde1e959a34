"""Values as people read them: numbers, sizes, times, instants, and whatever a record holds."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = "\u2013"
MOST_CHARACTERS = 400
"""Of a value in the report; the commands that it names print the rest."""
THOUSAND = 1_000
UNITS = ("bytes", "kB", "MB", "GB", "TB")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# HTML has no control characters; Unicode's Control Pictures stand for them.
PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}


def number(value: Any) -> str:
    """A count with its thousands grouped; a fraction to one place."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return NOTHING
    whole = isinstance(value, int) or value.is_integer()
    return f"{value:,.0f}" if whole else f"{value:,.1f}"


def plural(count: int, one: str, several: str = "") -> str:
    """A count with its noun."""
    return f"{number(count)} {one if count == 1 else several or one + 's'}"


def share(part: int, whole: int) -> str:
    """A percentage that says 0 and 100 only where nothing and all is meant."""
    if not whole:
        return NOTHING
    if 0 < part < whole:
        percent = 100 * part / whole
        if percent < 0.1:
            return "< 0.1 %"
        return "> 99.9 %" if percent > 99.9 else f"{percent:.1f} %"
    return f"{100 * part // whole} %"


def size(value: Any) -> str:
    """Bytes in decimal units."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return NOTHING
    amount, unit = float(value), 0
    while amount >= THOUSAND and unit < len(UNITS) - 1:
        amount, unit = amount / THOUSAND, unit + 1
    return f"{amount:,.0f} {UNITS[unit]}" if unit < 1 else f"{amount:,.1f} {UNITS[unit]}"


def duration(seconds: Any) -> str:
    """Seconds in the two largest units that matter."""
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        return NOTHING
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"
    return f"{seconds // DAY:,.0f} d {seconds % DAY // HOUR:.0f} h"


def moment(instant: Any, *, seconds: bool = False) -> str:
    """An instant in UTC; what is none stays as it is."""
    if not instant:
        return NOTHING
    parsed = parsed_instant(instant)
    if parsed is None:
        return str(instant)
    clock = f"{parsed:%H:%M:%S}" if seconds else f"{parsed:%H:%M}"
    return f"{parsed.day} {MONTHS[parsed.month - 1]} {parsed.year}, {clock} UTC"


def parsed_instant(instant: Any) -> datetime | None:
    """An instant as the journal or a destination writes it; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(str(instant).replace("Z", "+00:00"))
    except ValueError:
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=timezone.utc)
    return parsed.astimezone(timezone.utc)


def seconds_between(begin: str | None, end: str | None) -> float | None:
    """From one instant to the other."""
    first, last = parsed_instant(begin), parsed_instant(end)
    return None if first is None or last is None else (last - first).total_seconds()


def value_text(value: Any) -> str:
    """A record's value: text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def clip(text: Any, most: int = MOST_CHARACTERS) -> str:
    """Text up to so many characters, and how many more there are."""
    whole = str(text)
    if len(whole) <= most:
        return whole
    return f"{whole[:most]} … ({number(len(whole) - most)} more characters)"


def place_parts(place: str) -> tuple[str, str]:
    """Where a mapping says it: ``file:line`` without the folders, and the path inside."""
    where, _, path = place.partition(": ")
    return where.rpartition("/")[2], path


def account_name(account: Any) -> str:
    """An account by its name and id, or by the one that is known."""
    if isinstance(account, dict):
        name, key = str(account.get("name") or ""), str(account.get("id") or "")
        return f"{name} ({key})" if name and key and name != key else name or key
    return str(account or "")


def account_id(account: Any) -> str:
    """An account's id."""
    return str(account.get("id") or "") if isinstance(account, dict) else str(account or "")


def safe_url(url: Any) -> str:
    """A web address that may stand in a link; empty for any other scheme."""
    text = str(url or "")
    return text if text.lower().startswith(("https://", "http://")) else ""


def printable(value: Any) -> Any:
    """Text without characters that HTML cannot hold; anything else as it is."""
    if value is None:
        return ""
    return value.translate(PICTURES) if type(value) is str else value


def titled(name: str) -> str:
    """A system's name as people write it."""
    return name.replace("_", " ").capitalize()


def total(counts: Mapping[str, Any] | None) -> int:
    """The sum of counts by name."""
    return sum(count for count in (counts or {}).values() if isinstance(count, int))
