"""Small state: one JSON value per name."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, select

from crm_transforms.journal import tables
from crm_transforms.journal.store import Store


class Values(Store):
    """The journal's small state."""

    def get(self, name: str) -> Any:
        """The value of ``name``, or ``None``."""
        table = tables.value
        with self._reading() as connection:
            found = connection.execute(select(table.c.json).where(table.c.name == name)).scalar()
        return None if found is None else json.loads(found)

    def put(self, name: str, value: Any) -> None:
        """Keep a value that JSON can hold under ``name``, in place of the one before."""
        table = tables.value
        statement = self._database.insert(table).values(name=name, json=json.dumps(value))
        with self._writing() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[table.c.name], set_={"json": statement.excluded.json}
                )
            )

    def forget(self, prefix: str) -> None:
        """Drop every value whose name begins so."""
        table = tables.value
        with self._writing() as connection:
            connection.execute(
                delete(table).where(table.c.name.startswith(prefix, autoescape=True))
            )
