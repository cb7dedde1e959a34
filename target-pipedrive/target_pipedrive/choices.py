"""Forms of values that are picked from a list: labels to people, option ids on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from target_pipedrive.forms import Breach, Form, scalar_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Choice(Form):
    """One of a list. Neutral is the label; the wire has the option's id, or a fixed word.

    Attributes:
        options: id by label; empty with ``free`` where no list is known.
        open: unknown labels are added on the way.
        free: any word goes (the list is not described by the API).
    """

    neutral: ClassVar[str] = "choice"
    options: Mapping[str, int | str] = field(default_factory=dict)
    open: bool = False
    free: bool = False

    @classmethod
    def of(cls, *words: str) -> Choice:
        """A list that the vendor fixed: labels are sent as they are."""
        return cls(options={word: word for word in words})

    def bound(self, options: Mapping[str, int | str], *, open_: bool) -> Choice:
        """The same field with an account's options."""
        return replace(self, options=options, open=open_)

    def labels(self, value: Any) -> list[str]:
        """The labels that a value asks for."""
        canonical = self.canonical(value)
        return [] if canonical is None else [str(canonical)]

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, str | bool):
            return "type", f"a label wanted, not {value!r}"
        return self._unknown(self.labels(value))

    def _unknown(self, labels: list[str]) -> Breach | None:
        for label in labels:
            if len(label) > 255:
                return "length", f"the label {label[:40]!r}… has more than 255 characters"
            if label not in self.options and not self.open and not self.free:
                known = ", ".join(self.options) or "none"
                return "option", f"{label!r} is not among the options ({known})"
        return None

    def canonical(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "yes" if value else "no"  # a neutral boolean is an enum of yes and no here
        return str(value).strip() or None if value is not None else None

    def outgoing(self, value: Any) -> Any:
        return value if value is None or self.free else self.options[str(value)]

    def incoming(self, raw: Any) -> Any:
        bare = scalar_of(raw)
        if bare in (None, ""):
            return None
        return next((label for label, id_ in self.options.items() if id_ == bare), str(bare))


@dataclass(frozen=True)
class Choices(Choice):
    """Several of a list, in no order. An empty custom list is null: v2 refuses ``[]`` there."""

    neutral: ClassVar[str] = "choices"
    custom: bool = True

    @property
    def cleared(self) -> Any:
        return None if self.custom else []

    def labels(self, value: Any) -> list[str]:
        return [str(label) for label in self.canonical(value) or ()]

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
            return "type", f"a list of labels wanted, not {value!r}"
        return self._unknown(self.labels(value))

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return sorted({str(label).strip() for label in value if label}) or None

    def outgoing(self, value: Any) -> Any:
        return [self.options[label] for label in self.labels(value)] or self.cleared

    def incoming(self, raw: Any) -> Any:
        labels = [super(Choices, self).incoming(item) for item in raw or ()]
        return self.canonical([label for label in labels if label is not None])
