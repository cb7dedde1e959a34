"""People who work in the org by its pages: they see every field and ask nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.problem import Saved


class Human:
    """An administrator of the org, not the app's run-as user."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def edit(self, sobject: str, record_id: str, **fields: Any) -> Saved:
        """Change a record.

        Raises:
            ValueError: the org refuses it.
        """
        return self._done(self._org.update(sobject, record_id, fields, user=self._org.admin))

    def add(self, sobject: str, **fields: Any) -> str:
        """Make a record; its id."""
        saved = self._done(self._org.insert(sobject, fields, user=self._org.admin))
        return saved.id or ""

    def delete(self, sobject: str, record_id: str) -> Saved:
        """Put a record into the recycle bin."""
        return self._done(self._org.delete(sobject, record_id, user=self._org.admin))

    @staticmethod
    def _done(saved: Saved) -> Saved:
        if saved.problems:
            raise ValueError("; ".join(one.message for one in saved.problems))
        return saved
