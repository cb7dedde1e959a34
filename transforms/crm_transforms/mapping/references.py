"""References: which records of other objects a record points to."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, TypeAlias

from crm_transforms.mapping.coercion import reference_keys
from crm_transforms.mapping.functions import FUNCTIONS

RefKeys: TypeAlias = "tuple[tuple[str, str], ...] | None"
"""(object, external key) pairs; ``None`` when nothing is meant."""


@dataclass(frozen=True, slots=True)
class RefField:
    """One reference of a mapping object.

    Attributes:
        field: destination field, dotted inside lists and records (``lines.0.product_id``).
        objects: mapping objects that may be meant, in order of preference.
        required: without it the record cannot be made.
        many: the field holds a list of references.
        optional: the record does not wait for one that has not landed.
    """

    field: str
    objects: tuple[str, ...]
    required: bool
    many: bool
    optional: bool = False


def reference_pairs(name: str, value: Any, many: bool) -> RefKeys:
    """The records of one object that a value names.

    Raises:
        ValueError: no key, or several keys for a reference to one record.
    """
    if value.__class__ is int:
        return ((name, str(value)),)
    keys = reference_keys(value)
    if keys is None:
        return None
    if isinstance(keys, str):
        return ((name, keys),)
    if len(keys) > 1 and not many:
        message = f"{len(keys)} keys for a reference to one record; pick one or say many: true"
        raise ValueError(message)
    return tuple((name, key) for key in keys)


def gives_list(tree: ast.expr) -> bool:
    """Whether an expression gives a list whatever the row holds."""
    if isinstance(tree, ast.Call):
        return isinstance(tree.func, ast.Name) and FUNCTIONS[tree.func.id].gives_list
    if isinstance(tree, ast.IfExp):
        return gives_list(tree.body) or gives_list(tree.orelse)
    if isinstance(tree, ast.BoolOp):
        return any(map(gives_list, tree.values))
    return isinstance(tree, ast.ListComp | ast.List | ast.Tuple)
