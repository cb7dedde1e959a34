"""Choices: labels for people, values for the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_salesforce.forms import Breach, Form

if TYPE_CHECKING:
    from collections.abc import Mapping

SEPARATOR = ";"


@dataclass(frozen=True)
class Choice(Form):
    """One of some options, or several.

    Attributes:
        options: active ones, API values by label, in order.
        known: labels by API value, of inactive options as well.
        many: several may be chosen.
        restricted: the API takes no others.
        open: options may be added on the way.
        length: most characters of a value, ``None`` where nothing is told.
        shown_as: the neutral type.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    many: bool = False
    restricted: bool = True
    open: bool = False
    length: int | None = None
    shown_as: str = "choice"

    @property
    def type(self) -> str:
        return "choices" if self.many else self.shown_as

    def labels(self, value: Any) -> list[str]:
        """The labels that a value is made of."""
        given = value if self.many and isinstance(value, list) else [value]
        return [self.label(str(one)) for one in given if one not in (None, "")]

    def label(self, said: str) -> str:
        """The label of what may be a label or an API value; anything else is its own."""
        said = said.strip()
        return said if said in self.options else self.known.get(said, said)

    def complaint(self, value: Any) -> Breach | None:
        if self.many and not isinstance(value, list):
            return "type", f"a list of labels wanted, not {value!r}"
        for one in value if self.many else [value]:
            if not isinstance(one, str):
                return "type", f"a label wanted, not {one!r}"
        for label in self.labels(value):
            if self.many and SEPARATOR in label:
                return "option", f"{label!r} holds a semicolon, which separates options"
            if self.length and len(label) > self.length:
                return "length", f"{len(label)} characters, at most {self.length} are taken"
            if label not in self.options and self.restricted and not self.open:
                some = ", ".join(list(self.options)[:10])
                return "option", f"{label!r} is not among the options ({some})"
        return None

    def missing(self, value: Any) -> list[str]:
        """Labels of an open choice that no option has yet."""
        if not self.open or self.complaint(value):
            return []
        return [label for label in self.labels(value) if label not in self.options]

    def canonical(self, value: Any) -> Any:
        labels = list(dict.fromkeys(self.labels(value)))
        if not self.many:
            return labels[0] if labels else None
        order = {label: place for place, label in enumerate(self.options)}
        return sorted(labels, key=lambda label: (order.get(label, len(order)), label)) or None

    def outgoing(self, value: Any) -> Any:
        values = [self.options.get(label, label) for label in self.labels(value)]
        return SEPARATOR.join(values) if self.many else values[0]

    def incoming(self, raw: Any) -> Any:
        values = str(raw).split(SEPARATOR) if self.many else [str(raw)]
        labels = [self.known.get(value, value) for value in values]
        return self.canonical(labels if self.many else labels[0])
