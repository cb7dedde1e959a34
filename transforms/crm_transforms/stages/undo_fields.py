"""The way back of the schema: custom fields go if no record holds a value in them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crm_transforms.destination import SCHEMA
from crm_transforms.stages.undo_remove import Removal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Record
    from crm_transforms.journal import Link
    from crm_transforms.stages.undo_log import Fault


class FieldRemoval(Removal):
    """Removes the custom fields that we made; ``--force`` takes none away from its users."""

    def read(self, ids: Sequence[str]) -> Mapping[str, Record]:
        return self._work.destination.read(SCHEMA, ids, ["name"]) if ids else {}

    def faults(
        self, links: Mapping[str, Link], there: Mapping[str, Record]
    ) -> Mapping[str, list[Fault]]:
        faults: dict[str, list[Fault]] = {}
        by_target: dict[str, dict[str, str]] = defaultdict(dict)
        for key, link in links.items():
            target, _, name = key.partition(".")
            called = there[link.destination_id].get("name")
            if called == name:
                by_target[target][name] = key
            else:
                faults[key] = [("name", f"somebody renamed it to {called!r}")]
        for target, keys in by_target.items():
            for name, count in self._work.destination.in_use(target, list(keys)).items():
                left = count - self._undoing.imagined.held(target, name)
                if left > 0:
                    faults[keys[name]] = [("", f"still holds a value in records: {left}")]
        return faults
