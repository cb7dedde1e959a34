"""simple-salesforce on our way of asking: our session, retries, timeouts and errors."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import requests
from simple_salesforce.api import Salesforce

if TYPE_CHECKING:
    from collections.abc import Callable

NO_TOKEN = "-"  # noqa: S105 - the wire puts the real one on each request
"""What the library is told for a session id."""


class Passage(requests.Session):
    """What simple-salesforce takes for its HTTP session.

    Args:
        ask: reads a path from the root with its query.
    """

    def __init__(self, ask: Callable[[str, Any], requests.Response]) -> None:
        super().__init__()
        self._ask = ask

    def request(  # type: ignore[override]  # of its arguments the library's reads use these
        self, method: str, url: str, *, params: Any = None, **_: Any
    ) -> requests.Response:
        if method != "GET":
            raise NotImplementedError(method)
        return self._ask("/" + url.removeprefix("https://").partition("/")[2], params)


def library_of(base: str, version: str, ask: Callable[[str, Any], requests.Response]) -> Salesforce:
    """The library for one org's reads.

    Args:
        base: the org's address.
        version: of the API, as ``62.0``.
        ask: reads a path from the root with its query.
    """
    return Salesforce(
        session_id=NO_TOKEN,
        instance_url=base,
        version=version,
        session=Passage(ask),
        parse_float=Decimal,
        object_pairs_hook=dict,
    )
