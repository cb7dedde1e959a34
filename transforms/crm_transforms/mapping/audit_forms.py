"""What a document says for the audit: checks of the data, gotchas, and what is left behind."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from crm_transforms.mapping.value_forms import Expr, Model, Name, Text

Severity: TypeAlias = Literal["error", "warning", "info"]
Side: TypeAlias = Literal["source", "destination", "pair"]
CheckKind: TypeAlias = Literal["when", "same", "over"]
Sentence: TypeAlias = Annotated[str, StringConstraints(min_length=1)]

KINDS: tuple[CheckKind, ...] = ("when", "same", "over")


def _left_form(value: Any) -> str | None:
    if isinstance(value, str):
        return "<text>"
    return "<long>" if isinstance(value, dict) else None


class CheckModel(Model):
    """``checks: {name: …}``: what the audit looks for among the rows of one stream."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [kind]} for kind in KINDS]},
    )

    stream: Text
    say: Sentence
    severity: Severity = "warning"
    when: Expr | None = None
    same: Expr | None = None
    over: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _look_for_one_thing(self) -> CheckModel:
        stated = [kind for kind in KINDS if self.gives(kind)]
        if len(stated) != 1 or getattr(self, stated[0]) is None:
            raise PydanticCustomError("check", 'needs one of "when", "same" and "over"')
        return self

    @property
    def kind(self) -> CheckKind:
        """Which of its three keys the check has."""
        return next(kind for kind in KINDS if self.gives(kind))


class GotchaModel(Model):
    """``gotchas: […]``: what people should know before they start."""

    of: Side
    text: Sentence
    check: Name | None = None
    stream: Text | None = None

    @model_validator(mode="after")
    def _depend_on_one_thing(self) -> GotchaModel:
        if self.check is not None and self.stream is not None:
            raise PydanticCustomError(
                "gotcha", 'depends on a "check" or on a "stream", not on both'
            )
        return self


class EvidenceModel(Model):
    """``evidence: {label: …}``: a value of the rows of a stream, to be counted."""

    stream: Text
    value: Expr


class LeftBehindModel(Model):
    """``left_behind: {name: {text: …}}``: what is not carried over, with what there is of it."""

    text: Sentence
    documented: bool = False
    evidence: dict[Text, EvidenceModel] = Field(default_factory=dict)


Left: TypeAlias = Annotated[
    Annotated[Sentence, Tag("<text>")] | Annotated[LeftBehindModel, Tag("<long>")],
    Discriminator(
        _left_form,
        custom_error_type="left_behind",
        custom_error_message='what is left behind is a text, or {text: …} with "evidence"',
    ),
]
