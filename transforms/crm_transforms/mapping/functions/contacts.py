"""Addresses of people: e-mail, phone, web."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from crm_transforms.mapping.coercion import shown, text_of

# One @, no blanks, a dotted domain: what every CRM accepts and no real address fails.
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
# "2025550123 evenings" holds a number and more; only what is nothing but a number is rewritten.
_PHONE = re.compile(r"[\d\s()+./-]+(?:(?:ext\.?|x|#)\s*\d{1,7}\s*)?", re.IGNORECASE)
_BLANK_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]")


def email(value: Any) -> str | None:
    """An e-mail address, trimmed.

    An error if it has not the shape of one.
    """
    text = text_of(value).strip()
    if text and not (_EMAIL.fullmatch(text) and len(text) <= 254):
        raise ValueError(f"{shown(text)} is no e-mail address")
    return text or None


def email_key(value: Any) -> str | None:
    """An e-mail address for comparison: trimmed and without capitals."""
    address = email(value)
    return address and address.casefold()


def phone(value: Any, region: str | None = None) -> str | None:
    """A valid phone number in E.164, its extension after an x; anything else as it is."""
    text = text_of(value)
    if region is not None:
        check_region(region)
    if not text.strip():
        return None
    return _international(text, region) if _PHONE.fullmatch(text) else text


@lru_cache(maxsize=65_536)
def _international(text: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_valid_number(number):
        return text
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain} x{number.extension}" if number.extension else plain


def check_region(region: Any) -> None:
    """Refuse what is no ISO 3166 country that phonenumbers knows."""
    if not isinstance(region, str) or region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{shown(region)} is no region such as 'US'")


def url(value: Any) -> str | None:
    """A web address, trimmed; an error unless it is http or https."""
    text = text_of(value).strip()
    if not text:
        return None
    problem = f"{shown(text)} is no http or https address"
    if _BLANK_OR_CONTROL.search(text):
        raise ValueError(problem)
    try:
        parts = urlsplit(text)
        valid = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError as error:
        raise ValueError(problem) from error
    if not valid:
        raise ValueError(problem)
    return text
