"""Whether what was promised and what was found are the same."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.oracle.crm import MORE
from tests.oracle.plain import InAnyOrder, Like, digits

if TYPE_CHECKING:
    from tests.oracle.crm import Found
    from tests.oracle.promises.wanted import Wanted

NOTHING = (None, "", [])
MOST_SHOWN = 120


def differences(wanted: Wanted, found: Found) -> list[tuple[str, Any]]:
    """The fields that do not hold what was promised, with what was."""
    return [
        (name, value)
        for name, value in wanted.fields.items()
        if not same(value, found.fields.get(name)) and not stands_in_more(name, value, found)
    ]


def same(wanted: Any, found: Any) -> bool:
    """Whether two values are equal as far as Pipedrive can tell: nothing is empty text there."""
    match wanted, found:
        case (None | "" | [], _) | (_, None | "" | []):
            equal = wanted in NOTHING and found in NOTHING
        case (InAnyOrder() | Like(), str()):
            equal = wanted.like(found)
        case dict(), dict():
            equal = all(same(value, found.get(name)) for name, value in wanted.items())
        case list(), list():
            equal = len(wanted) == len(found) and all(map(same, wanted, found))
        case Decimal(), str():
            equal = found in [digits(number) for number in _written(wanted)]
        case (bool(), _) | (_, bool()):
            equal = wanted is found
        case ((int() | Decimal()), (int() | float())):
            equal = Decimal(wanted) == Decimal(str(found))
        case _:
            equal = wanted == found
    return bool(equal)


def stands_in_more(name: str, value: Any, found: Found) -> bool:
    """Whether a field that the account had no room for stands in the field for the rest."""
    if not name.startswith("ks_") or name in found.names:
        return False
    more = (found.fields.get(MORE) or "").splitlines()
    if isinstance(value, Decimal):
        return any(
            line.endswith(f": {digits(number)}") for line in more for number in _written(value)
        )
    return value in NOTHING or all(
        any(it in line for line in more) for it in str(value).splitlines()
    )


def _written(value: Decimal) -> tuple[Decimal, Decimal]:
    """A number with the zeros at its end, and without."""
    return value, value.normalize() + 0


def shown(value: Any) -> str:
    text = repr(str(value) if isinstance(value, Decimal) else value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
