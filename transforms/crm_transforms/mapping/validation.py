"""Whether a document has the shape that the models say, and what is wrong with it if not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from crm_transforms.mapping import audit_forms, document, value_forms
from crm_transforms.mapping.coercion import shown
from crm_transforms.mapping.document import Document
from crm_transforms.mapping.expression import closest

if TYPE_CHECKING:
    from crm_transforms.mapping.marked_yaml import MarkedDocument, Where
    from crm_transforms.mapping.problem import Problem

_PLACEHOLDERS = {"source": "source", "destination": "destination", "version": 1}
_SHAPES = {
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
    "list_type": "must be a list",
    "too_short": "must not be empty",
}
_KEYS = {
    field.alias or name
    for module in (audit_forms, document, value_forms)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, value_forms.Model)
    for name, field in model.model_fields.items()
}


def validate(document: MarkedDocument) -> tuple[Document | None, list[Problem]]:
    """The document as models, and what is wrong with its shape.

    Entries that are wrong are left out of the result, so that the rest can be looked at further;
    ``None`` when nothing can be made of the rest.
    """
    try:
        return Document.model_validate(document.data), []
    except ValidationError as failure:
        errors: list[Any] = failure.errors(include_url=False)
    problems = [_problem(document, each) for each in errors]
    if not isinstance(document.data, dict):
        return None, problems
    rest = {**document.data, **_PLACEHOLDERS}
    for error in errors:
        section = error["loc"][0]
        part = rest.get(section)
        if isinstance(part, dict) and len(error["loc"]) > 1:
            wrong = error["loc"][1]
            rest[section] = {name: entry for name, entry in part.items() if str(name) != wrong}
        elif section not in _PLACEHOLDERS:
            rest.pop(section, None)
    try:
        return Document.model_validate(rest), problems
    except ValidationError:
        return None, problems


def _problem(document: MarkedDocument, error: dict[str, Any]) -> Problem:
    kind, message = error["type"], error["msg"]
    where: Where = tuple(step for step in error["loc"] if not str(step).startswith("<"))
    if where[-1:] == ("[key]",):
        message = f"{shown(error['input'])} is no name of small letters, digits and _"
        return document.problem((*where[:-2], error["input"]), message)
    if kind == "extra_forbidden":
        return document.problem(where, f"this key is unknown{closest(str(where[-1]), _KEYS)}")
    if kind == "missing":
        return document.problem(where[:-1], f'the key "{where[-1]}" is missing')
    if kind in _SHAPES:
        return document.problem(where, _SHAPES[kind])
    if message.startswith("Input should be"):
        message = (
            message.replace("Input should be", "must be", 1) + f", not {shown(error['input'])}"
        )
    return document.problem(where, message)
