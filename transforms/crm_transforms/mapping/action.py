"""Actions: what is done to a record once it is there (confirm, post, register a payment)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.fields import Fields
from crm_transforms.mapping.part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.mapping import document
    from crm_transforms.mapping.code import Scope
    from crm_transforms.mapping.coercion import Row
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.leaves import Place
    from crm_transforms.mapping.marked_yaml import Where


class Action:
    """Something done to a record once it is there.

    Attributes:
        name: the destination's name of it.
        fields: what it is given; see :class:`Fields`.
    """

    def __init__(
        self, model: document.ActionModel, scope: Scope, compilation: Compilation, where: Where
    ) -> None:
        self.name = model.action
        values: dict[str, Place] = {
            name: ((*where, "fields", name), value) for name, value in model.fields.items()
        }
        self.fields = Fields(values, scope, compilation, where)
        self._when = Part("when", model.when, scope, compilation, (*where, "when"))
        self.expressions = (*self.fields.expressions, *self._when.expressions)

    def wants(self, row: Row, joined: Mapping[str, Any], item: Any = None, index: int = 0) -> bool:
        """Whether it is to be done.

        Raises:
            RowError: the condition cannot be evaluated.
        """
        return self._when.compiled is None or bool(self._when.run(row, joined, item, index))
