"""Forms of values that consist of parts: addresses, e-mails, prices, HTML, files."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import nh3

from target_pipedrive.forms import Breach, Form, Number, Reference, plain

if TYPE_CHECKING:
    from collections.abc import Mapping


NOTE_BYTES = 100_000
"""https://developers.pipedrive.com/docs/api/v1/Notes: about 100,000 characters or 100 KB a note."""

NOTE_TAGS: Mapping[str, set[str]] = {
    "a": {"href", "target"},
    "img": {"src", "alt", "width", "height"},
    **{
        tag: set()
        for tag in (
            "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6",
            "hr", "i", "li", "ol", "p", "pre", "s", "span", "strike", "strong", "sub", "sup",
            "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
        )
    },
}  # fmt: skip
"""Tags and attributes that survive in a note: a guess. The spec says only that content is
sanitised; one's own notes are therefore recognised by their text alone."""

ADDRESS_PARTS = (
    "value",
    "subpremise",
    "street_number",
    "route",
    "sublocality",
    "locality",
    "admin_area_level_2",
    "admin_area_level_1",
    "country",
    "postal_code",
)
"""https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide; ``value`` is required."""

CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Html(Form):
    neutral: ClassVar[str] = "html"

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, str):
            return "type", f"HTML wanted, not {type(value).__name__}"
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            return "encoding", "a lone surrogate cannot be sent as UTF-8"
        if size > NOTE_BYTES:
            return "length", f"{size} bytes, a note holds about {NOTE_BYTES}"
        return None

    def canonical(self, value: Any) -> Any:
        if value is None:
            return None
        clean = nh3.clean(
            str(value),
            tags=set(NOTE_TAGS),
            attributes={tag: set(names) for tag, names in NOTE_TAGS.items()},
            link_rel=None,
        )
        return clean.strip() or None

    def sent(self, value: Any) -> Any:
        return value  # what to strip is Pipedrive's decision; ours is only a guess at it

    def likeness(self, value: Any) -> Any:
        text = re.sub(r"<[^>]*>", " ", str(self.canonical(value) or ""))
        return " ".join(html.unescape(text).split())


@dataclass(frozen=True)
class Address(Form):
    neutral: ClassVar[str] = "address"

    def complaint(self, value: Any) -> Breach | None:
        if isinstance(value, str):
            return None
        if not isinstance(value, dict):
            return "type", f"an address wanted, not {type(value).__name__}"
        strange = [part for part in value if part not in ADDRESS_PARTS]
        if strange:
            return "part", f"an address has no {', '.join(strange)}"
        if self.canonical(value) and not value.get("value"):
            return "part", "an address needs its 'value', the whole of it in one line"
        return None

    def canonical(self, value: Any) -> Any:
        parts = {"value": value} if isinstance(value, str) else value
        if not isinstance(parts, dict):
            return value
        kept = {part: str(parts.get(part) or "").strip() for part in ADDRESS_PARTS}
        return {part: text for part, text in kept.items() if text} or None


@dataclass(frozen=True)
class Contacts(Form):
    """A person's e-mail addresses or phone numbers: a list of value, label and primary."""

    neutral: ClassVar[str] = "list"
    kind: str = "email"

    @property
    def cleared(self) -> Any:
        return []

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, list):
            return "type", f"a list wanted, not {type(value).__name__}"
        for entry in value:
            if not isinstance(entry, dict):
                return "type", f"entries are objects of value, label and primary, not {entry!r}"
            if not isinstance(entry.get("value"), str | None):
                return "type", f"the {self.kind} must be text, not {entry['value']!r}"
            if len(str(entry.get("value") or "")) > 255:
                return "length", f"a {self.kind} has at most 255 characters"
        return None

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        entries: list[dict[str, Any]] = []
        for entry in value:
            text = str(entry.get("value") or "").strip() if isinstance(entry, dict) else ""
            if isinstance(entry, dict) and text:
                entries.append(
                    {
                        "value": text,
                        "label": entry.get("label") or "work",
                        "primary": bool(entry.get("primary")),
                    }
                )
        primary = next((index for index, entry in enumerate(entries) if entry["primary"]), 0)
        for index, entry in enumerate(entries):
            entry["primary"] = index == primary
        return entries or None


@dataclass(frozen=True)
class Prices(Form):
    """A product's prices, one per currency. A cost that is left out counts as 0."""

    neutral: ClassVar[str] = "list"

    @property
    def cleared(self) -> Any:
        return []

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            return "type", f"a list of currency, price and cost wanted, not {value!r}"
        seen = set()
        for entry in value:
            currency = entry.get("currency")
            if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
                return "currency", f"{currency!r} is no three-letter currency"
            if currency in seen:
                return "currency", f"there can be one price per currency, {currency} comes twice"
            seen.add(currency)
            for name in ("price", "cost", "direct_cost"):
                number = entry.get(name)
                complaint = Number().complaint(number) if number is not None else None
                if complaint:
                    return complaint[0], f"{name}: {complaint[1]}"
        return None

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        prices: list[dict[str, Any]] = []
        for entry in value:
            if isinstance(entry, dict):
                price: dict[str, Any] = {"currency": entry.get("currency")}
                for name in ("price", "cost", "direct_cost"):
                    number = entry.get(name)
                    if isinstance(number, int | Decimal) and (number or name != "direct_cost"):
                        price[name] = plain(number)
                price.setdefault("price", Decimal(0))
                price.setdefault("cost", Decimal(0))
                prices.append(price)
        return sorted(prices, key=lambda price: str(price["currency"])) or None


@dataclass(frozen=True)
class Participants(Form):
    """The people of an activity, by person id."""

    neutral: ClassVar[str] = "list"

    @property
    def cleared(self) -> Any:
        return []

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, list):
            return "type", f"a list wanted, not {type(value).__name__}"
        for entry in value:
            person = entry.get("person_id") if isinstance(entry, dict) else None
            if person is None:
                return "type", f"entries are objects of person_id and primary, not {entry!r}"
            complaint = Reference(to="persons").complaint(person)
            if complaint:
                return complaint
        return None

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [
            {"person_id": str(entry.get("person_id")), "primary": bool(entry.get("primary"))}
            for entry in value
        ] or None

    def outgoing(self, value: Any) -> Any:
        return [
            {"person_id": int(str(entry["person_id"])), "primary": entry["primary"]}
            for entry in value or ()
        ]


@dataclass(frozen=True)
class Money(Form):
    """An amount with its currency, as a custom field."""

    neutral: ClassVar[str] = "money"

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, dict) or set(value) - {"value", "currency"}:
            return "type", f"an object of value and currency wanted, not {value!r}"
        if not isinstance(value.get("currency"), str) or not CURRENCY.fullmatch(
            str(value["currency"])
        ):
            return "currency", f"{value.get('currency')!r} is no three-letter currency"
        return Number().complaint(value.get("value"))

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, dict) or value.get("value") is None:
            return None
        number = Number().canonical(value["value"])
        return {"value": number, "currency": value.get("currency")}


@dataclass(frozen=True)
class Attachment(Form):
    """A file: where it lies, and what it must be. Read back, only name and size are known."""

    neutral: ClassVar[str] = "file"

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, dict) or not isinstance(value.get("path"), str):
            return "type", "an object with at least a path wanted"
        size = value.get("size")
        if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
            return "type", f"size in bytes wanted, not {size!r}"
        return None

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {"name": value.get("name"), "size": value.get("size")}
