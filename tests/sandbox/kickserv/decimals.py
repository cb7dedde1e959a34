"""Money and quantities as Kickserv writes them: decimal text with at least one decimal place."""

from __future__ import annotations


def text(hundredths: int) -> str:
    """Write hundredths (cents) as ``45.0``, ``45.5`` or ``1464.27``."""
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    written = f"{sign}{whole}.{rest:02}"
    return written.removesuffix("0")


def hundredths(written: str) -> int:
    """Read text with at most two decimal places.

    Raises:
        ValueError: there are more.
    """
    whole, _, rest = written.removeprefix("-").partition(".")
    if len(rest) > 2:
        raise ValueError(f"{written}: more than two decimal places")
    amount = int(whole) * 100 + int(rest.ljust(2, "0"))
    return -amount if written.startswith("-") else amount
