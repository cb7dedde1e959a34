"""Checks a request body against its table, as strictly as v2 does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.custom_values import accept_custom_fields
from tests.sandbox.pipedrive.formats import FORMATS
from tests.sandbox.pipedrive.refusal import Faults, forbidden, invalid
from tests.sandbox.pipedrive.tables.fields import NUMBERS_END

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.tables.attribute import Attribute, Body

NOT_ALLOWED = "Parameter '{}' is not allowed for this request"


class _FaultError(Exception):
    """One value's fault, with the path below the value."""

    def __init__(self, message: str, below: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.below = below


def accept_body(account: Account, body: Body, sent: Any, owner: str, faults: Faults) -> Any:
    """What `sent` means to the sandbox: the accepted values, or a list of them.

    Args:
        account: Whose objects the references name.
        body: The endpoint's table.
        sent: The decoded body.
        owner: The object, for its custom fields.
        faults: Receives what is wrong.

    Raises:
        RefusalError: 400 when the body is of the wrong kind altogether.
    """
    if not body.bare_array:
        if not isinstance(sent, dict):
            raise invalid("body", "This value should be of type object.")
        return accept(account, body.attributes, sent, owner, faults, creating=body.creating)
    if not isinstance(sent, list) or not sent:
        raise invalid("body", "This value should be an array with at least one item.")
    accepted = []
    for number, item in enumerate(sent):
        if not isinstance(item, dict):
            raise invalid(f"[{number}]", "This value should be of type object.")
        accepted.append(accept(account, body.attributes, item, owner, faults, path=f"[{number}]."))
    return accepted


def accept(
    account: Account,
    attributes: Mapping[str, Attribute],
    sent: dict[str, Any],
    owner: str,
    faults: Faults,
    *,
    creating: bool = True,
    path: str = "",
) -> dict[str, Any]:
    """The values of `sent` as stored; whatever is wrong goes to `faults`."""
    values = {}
    for key, value in sent.items():
        attribute = attributes.get(key)
        if attribute is None:
            faults.add(path + key, NOT_ALLOWED.format(key))
            continue
        if key == "custom_fields":
            values[key] = accept_custom_fields(account, owner, value, faults)
            continue
        try:
            values[key] = _value(account, attribute, value)
        except _FaultError as wrong:
            faults.add(path + key + wrong.below, wrong.message)
    if creating:
        for key, attribute in attributes.items():
            if attribute.required and key not in sent:
                faults.add(path + key, f"Parameter '{key}' is required")
    return values


def _value(account: Account, attribute: Attribute, value: Any) -> Any:
    if attribute.refused:
        raise _FaultError(f"Parameter '{attribute.name}' {attribute.refused}")
    if attribute.feature and attribute.feature not in account.features:
        raise forbidden(f"{attribute.name} needs {attribute.feature}, which is not enabled")
    if value is None:
        if attribute.nullable or attribute.clears:
            return None
        raise _FaultError("This value should not be null.")
    value = _CHECKS[attribute.type](account, attribute, value)
    allowed = attribute.enum or attribute.one_of
    if allowed and value not in allowed:
        raise _FaultError(f"This value should be one of {', '.join(map(str, allowed))}.")
    if attribute.name == "visible_to" and value not in account.limits.visibility:
        # https://devcommunity.pipedrive.com/t/breaking-change-in-post-deals-and-put-deals-id/3309
        raise forbidden(f"visible_to {value} is not available to this user")
    return value


def _string(account: Account, attribute: Attribute, value: Any) -> str:
    if not isinstance(value, str):
        raise _FaultError("This value should be of type string.")
    if len(value.strip()) < attribute.min_length:
        raise _FaultError("This value should not be blank.")
    if attribute.max_length is not None and len(value) > attribute.max_length:
        raise _FaultError(
            f"This value is too long. It should have {attribute.max_length} characters or less."
        )
    if attribute.format:
        try:
            value = FORMATS[attribute.format](value)
        except ValueError as error:
            raise _FaultError(str(error)) from error
    if attribute.refers_to and not account.exists(attribute.refers_to, value):
        raise _FaultError(f"There is no such {attribute.refers_to.removesuffix('s')}: {value}")
    return value


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(account: Account, attribute: Attribute, value: Any) -> float:
    if not is_number(value):
        raise _FaultError("This value should be of type number.")
    if abs(value) >= NUMBERS_END:
        raise _FaultError("This value should have 14 digits or less.")
    if attribute.minimum is not None and value < attribute.minimum:
        raise _FaultError(f"This value should be {attribute.minimum} or more.")
    if attribute.maximum is not None and value > attribute.maximum:
        raise _FaultError(f"This value should be {attribute.maximum} or less.")
    if attribute.chooses_from:
        _option(account, attribute, value)
    return value


def _integer(account: Account, attribute: Attribute, value: Any) -> int:
    # JavaScript cannot tell 5.0 from 5.
    if not is_number(value) or value != int(value):
        raise _FaultError("This value should be of type integer.")
    value = int(_number(account, attribute, value))
    if attribute.refers_to:
        _reference(account, attribute.refers_to, value)
    return value


def _reference(account: Account, name: str, value: int) -> None:
    if not account.exists(name, value):
        raise _FaultError(f"There is no such {name.removesuffix('s')}: {value}")
    if name == "users" and not account.user(value)["active_flag"]:
        raise _FaultError(f"The user {value} is not active")


def _option(account: Account, attribute: Attribute, value: Any) -> None:
    if value not in account.fields.options(attribute.chooses_from, attribute.name):
        raise _FaultError(f"There is no such option: {value}")


def _boolean(_account: Account, _attribute: Attribute, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _FaultError("This value should be of type boolean.")
    return value


def _array(account: Account, attribute: Attribute, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _FaultError("This value should be of type array.")
    if len(value) < attribute.min_items:
        raise _FaultError(f"This collection should contain {attribute.min_items} item or more.")
    if attribute.max_items is not None and len(value) > attribute.max_items:
        raise _FaultError(f"This collection should contain {attribute.max_items} items or less.")
    accepted: list[Any] = []
    for number, item in enumerate(value):
        if attribute.of:
            accepted.append(_members(account, attribute, item, f"[{number}]"))
            continue
        if not is_number(item) or item != int(item):
            raise _FaultError("This value should be of type integer.", f"[{number}]")
        if attribute.chooses_from:
            _option(account, attribute, item)
        if attribute.refers_to:
            _reference(account, attribute.refers_to, item)
        accepted.append(int(item))
    return accepted


def _object(account: Account, attribute: Attribute, value: Any) -> dict[str, Any]:
    if not attribute.of:
        if not isinstance(value, dict):
            raise _FaultError("This value should be of type object.")
        return value
    return _members(account, attribute, value, "")


def _members(account: Account, attribute: Attribute, sent: Any, at: str) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise _FaultError("This value should be of type object.", at)
    known = {member.name: member for member in attribute.of}
    accepted = {}
    for key, value in sent.items():
        if key not in known:
            raise _FaultError(NOT_ALLOWED.format(key), f"{at}.{key}")
        try:
            accepted[key] = _value(account, known[key], value)
        except _FaultError as wrong:
            raise _FaultError(wrong.message, f"{at}.{key}{wrong.below}") from wrong
    for key, member in known.items():
        if (member.required or member.required_by_docs) and key not in sent:
            raise _FaultError(f"Parameter '{key}' is required", f"{at}.{key}")
    return accepted


_CHECKS = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}
