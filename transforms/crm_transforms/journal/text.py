"""Which texts both databases can store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

from crm_transforms.journal.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_storable(text: str) -> bool:
    """Whether ``text`` can be a key: no NUL (PostgreSQL) and no lone surrogate (UTF-8)."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return "\0" not in text


def require_storable(keys: Iterable[str], place: str) -> None:
    """Check a whole batch of keys.

    Raises:
        JournalError: names the first key that no database stores. Such a record belongs in the
            rejects, where the key is kept escaped.
    """
    keys = list(keys)
    if is_storable("".join(keys)):
        return
    bad = next(key for key in keys if not is_storable(key))
    raise JournalError(
        f"{place}: the key {bad!r} holds a NUL or half a surrogate pair, which no database stores; "
        "reject the record."
    )


def storable(text: str) -> str:
    """``text`` with the unstorable parts escaped."""
    if is_storable(text):
        return text
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")


class FreeText(TypeDecorator[str]):
    """Text of which nobody promises anything (an API's words)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else storable(value)
