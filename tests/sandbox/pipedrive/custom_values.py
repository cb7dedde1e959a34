"""Values of custom fields, as v2 takes them under `custom_fields`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.pipedrive.formats import FORMATS
from tests.sandbox.pipedrive.tables.fields import FIELD_LISTS, FIELD_TYPES, NUMBERS_END

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.refusal import Faults
    from tests.sandbox.pipedrive.tables.fields import FieldType


def accept_custom_fields(account: Account, owner: str, sent: Any, faults: Faults) -> dict[str, Any]:
    """The values as stored, by field code; null stays, it clears.

    Since 2026-05-21 a refusal names the field's code (changelog).
    """
    if not isinstance(sent, dict):
        faults.add("custom_fields", "Invalid collection")
        return {}
    accepted = {}
    for code, value in sent.items():
        field = account.fields.custom(owner, code)
        if field is None:
            faults.add("custom_fields", f"Unknown key '{code}'")
        elif value is None:
            accepted[code] = None
        else:
            kind = FIELD_TYPES[field["field_type"]]
            try:
                accepted[code] = _CHECKS[kind.value](_Place(account, kind, field), value)
            except ValueError as error:
                entity = FIELD_LISTS[owner][1]
                faults.add("custom_fields", f"{error} for {entity} custom field '{code}'")
    return accepted


class _Place(NamedTuple):
    """The field a value is for."""

    account: Account
    kind: FieldType
    field: dict[str, Any]


def _expected(what: str) -> ValueError:
    return ValueError(f"Expected '{what}' as value")


def _string(place: _Place, value: Any) -> str:
    if not isinstance(value, str):
        raise _expected("string")
    if place.kind.max_length is not None and len(value) > place.kind.max_length:
        raise ValueError(f"Expected {place.kind.max_length} characters or less")
    return FORMATS[place.kind.format](value) if place.kind.format else value


def _number(_place: _Place, value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _expected("number")
    if abs(value) >= NUMBERS_END:
        raise ValueError("Expected 14 digits or less")
    return value


def _option(place: _Place, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected("number")
    if not any(option["id"] == value for option in place.field["options"]):
        raise ValueError(f"Option {value} does not exist")
    return value


def _options(place: _Place, value: Any) -> list[int]:
    if not isinstance(value, list):
        raise _expected("array")
    if not value:  # the published text: null clears, an empty array is refused
        raise ValueError("Expected at least one option, or null,")
    return [_option(place, item) for item in value]


def _id(place: _Place, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected("number")
    if not place.account.exists(place.kind.refers_to, value):
        raise ValueError(f"There is no such {place.kind.refers_to.removesuffix('s')} {value}")
    return value


def _object(place: _Place, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected("object")
    for key in value:
        if key not in place.kind.members:
            raise ValueError(f"Unknown key '{key}'")
    for key in place.kind.needed:
        if value.get(key) is None:
            raise ValueError(f"Missing key '{key}'")
    accepted = dict.fromkeys(place.kind.members)
    for key, part in value.items():
        accepted[key] = None if part is None else _part(place, key, part)
    return accepted


def _part(place: _Place, key: str, part: Any) -> Any:
    if (place.kind.name == "monetary" and key == "value") or key == "timezone_id":
        return _number(place, part)
    if not isinstance(part, str):
        raise _expected("string")
    if key in ("value", "until") and place.kind.format:
        return FORMATS[place.kind.format](part)
    if key == "currency" and not place.account.exists("currencies", part):
        raise ValueError(f"There is no such currency {part}")
    return part


_CHECKS = {
    "string": _string,
    "number": _number,
    "option": _option,
    "options": _options,
    "id": _id,
    "object": _object,
}
