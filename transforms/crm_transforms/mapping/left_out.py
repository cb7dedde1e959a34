"""Objects that a document leaves out by its own parameters: ``when`` is false."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.mapping.code import Scope
from crm_transforms.mapping.part import Part
from crm_transforms.mapping.problem import RowError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.document import ObjectModel


def left_out(models: Mapping[str, ObjectModel], compilation: Compilation) -> frozenset[str]:
    """The names of the objects that are no part of the mapping; problems are noted."""
    scope = Scope(compilation.parameters, columns=frozenset())
    names: set[str] = set()
    for name, model in models.items():
        part = Part("when", model.when, scope, compilation, ("objects", name, "when"))
        if part.compiled is None:
            continue
        try:
            wanted = part.run({}, {})
        except RowError as error:
            compilation.complain(("objects", name, "when"), error.message)
        else:
            if not wanted:
                names.add(name)
    return frozenset(names)
