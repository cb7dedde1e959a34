"""Reads query parameters by their table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.formats import FORMATS
from tests.sandbox.pipedrive.refusal import Faults, RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.sandbox.pipedrive.tables.attribute import Param

DEFAULT_LIMIT = 100


def accept_query(
    params: Mapping[str, Param], sent: Iterable[tuple[str, str]], *, strict: bool
) -> dict[str, Any]:
    """The parameters' values by name; lists for those that take many.

    Args:
        params: The endpoint's table.
        sent: Name and value pairs, as they stand in the URL.
        strict: Refuse names that the table lacks. That v2 does so for queries as it does for
            bodies is a guess; v1 is known to ignore them.

    Raises:
        RefusalError: 400, naming each parameter that is wrong.
    """
    faults = Faults()
    values: dict[str, Any] = {}
    for name, text in sent:
        param = params.get(name)
        if param is None:
            if strict:
                faults.add(name, f"Parameter '{name}' is not allowed for this request")
            continue
        try:
            value = _read(param, text)
        except ValueError as error:
            faults.add(name, str(error))
            continue
        values[name] = values[name] + value if isinstance(values.get(name), list) else value
    for name, param in params.items():
        if param.required and name not in values:
            faults.add(name, f"Parameter '{name}' is required")
        if param.most is not None and len(values.get(name, ())) > param.most:
            faults.add(name, f"This collection should contain {param.most} items or less.")
    faults.refuse()
    if "filter_id" in values:
        raise RefusalError(501, "This sandbox keeps no filters: filter_id is not served")
    return values


def _read(param: Param, text: str) -> Any:
    if param.type == "array" or param.name == "ids":
        return [_whole(item) for item in text.split(",")]
    return _READERS[param.type](param, text)


def _string(param: Param, text: str) -> Any:
    items = text.split(",") if param.many else [text]
    for item in items:
        if param.enum and item not in param.enum:
            raise ValueError(f"This value should be one of {', '.join(param.enum)}.")
    if param.many:
        return items
    return FORMATS[param.format](text) if param.format else text


def _boolean(_param: Param, text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("This value should be true or false.")
    return text == "true"


def _flag(param: Param, text: str) -> int:
    value = _whole(text)
    if value not in param.enum:
        raise ValueError("This value should be 0 or 1.")
    return value


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("This value should be of type integer.")
    return int(text)


def _integer(param: Param, text: str) -> int:
    value = _whole(text)
    if param.name == "limit" and not 1 <= value <= (param.maximum or math.inf):
        raise ValueError(f"This value should be between 1 and {param.maximum}.")
    return value


_READERS = {"string": _string, "boolean": _boolean, "number": _flag, "integer": _integer}
