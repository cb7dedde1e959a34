"""Values on their way into a field: what is taken, in which form, and what is refused how."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.ids import whole_id
from tests.sandbox.salesforce.problem import MistypedProblem, Problem, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.salesforce.sobject import Field

LARGEST_BASE64 = 37_500_000
"""Characters of bytes within JSON: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/
api_rest/dome_sobject_insert_update_blob.htm"""
Checked = tuple[Any, "Problem | None"]
Check = "Callable[[Any], Checked]"

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:?\d\d)?"
)
EARLIEST, LATEST = 1700, 4000
"""Years of dates: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm"""


def _mistyped(field: Field, kind: str, token: str, value: Any) -> Problem:
    return MistypedProblem(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {kind} from {token} value {value} or request may be "
        "missing a required field at [line:1, column:1]",
        field=field.name,
        text=f"{field.label}: value not of required type: {value}",
    )


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    if isinstance(value, int):
        return "VALUE_NUMBER_INT"
    if isinstance(value, float | Decimal):
        return "VALUE_NUMBER_FLOAT"
    if isinstance(value, dict):
        return "START_OBJECT"
    return "START_ARRAY" if isinstance(value, list) else "VALUE_STRING"


def text(field: Field) -> Callable[[Any], Checked]:
    most, label, name = field.length, field.label, field.name

    def check(value: Any) -> Checked:
        if value.__class__ is not str:
            return None, _mistyped(field, "string", _token(value), value)
        value = value.strip()
        if len(value) > most > 0:
            message = f"{label}: data value too large: {value[:255]} (max length={most})"
            return None, Problem("STRING_TOO_LONG", message, (name,))
        return value or None, None

    return check


def email(field: Field) -> Callable[[Any], Checked]:
    plain = text(field)

    def check(value: Any) -> Checked:
        taken, problem = plain(value)
        if problem is None and taken and not EMAIL.fullmatch(taken):
            message = f"{field.label}: invalid email address: {taken}"
            return None, Problem("INVALID_EMAIL_ADDRESS", message, (field.name,))
        return taken, problem

    return check


def number(field: Field) -> Callable[[Any], Checked]:
    digits = field.precision - field.scale
    whole = field.type == "int"

    def check(value: Any) -> Checked:
        if value == "":
            return None, None
        exact = _decimal(value)
        if exact is None:
            return None, _mistyped(field, "double", _token(value), value)
        if digits > 0 and abs(exact) >= Decimal(10) ** digits:
            message = f"{field.label}: value outside of valid range on numeric field: {value}"
            return None, Problem("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))
        if not whole:
            # Digits behind the scale are kept:
            # https://help.salesforce.com/s/articleView?id=000387302
            return float(exact), None
        if exact != exact.to_integral_value():
            return None, _mistyped(field, "int", _token(value), value)
        return int(exact), None

    return check


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def boolean(field: Field) -> Callable[[Any], Checked]:
    def check(value: Any) -> Checked:
        if value.__class__ is bool:
            return value, None
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true", None
        return None, _mistyped(field, "boolean", _token(value), value)

    return check


def day(field: Field) -> Callable[[Any], Checked]:
    def check(value: Any) -> Checked:
        if value == "":
            return None, None
        try:
            match = DAY.fullmatch(value) if isinstance(value, str) else None
            found = date.fromisoformat(value) if match else None
        except ValueError:
            found = None
        if found is None:
            return None, _mistyped(field, "date", _token(value), value)
        if not EARLIEST <= found.year <= LATEST:
            message = f"{field.label}: invalid date: {value}"
            return None, Problem("FIELD_INTEGRITY_EXCEPTION", message, (field.name,))
        return found.isoformat(), None

    return check


def moment(field: Field) -> Callable[[Any], Checked]:
    known: dict[str, str] = {}

    def check(value: Any) -> Checked:
        if value == "":
            return None, None
        if isinstance(value, str) and value in known:
            return known[value], None
        found = parse_moment(value)
        if found is None:
            return None, _mistyped(field, "datetime", _token(value), value)
        if not EARLIEST <= found.year <= LATEST:
            message = f"{field.label}: invalid date: {value}"
            return None, Problem("FIELD_INTEGRITY_EXCEPTION", message, (field.name,))
        shown = show_moment(found)
        if len(known) < 4096:
            known[value] = shown
        return shown, None

    return check


def parse_moment(value: Any) -> datetime | None:
    """An instant with its offset; None if it is none."""
    match = MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    offset = match[4] or "Z"
    try:
        found = datetime.fromisoformat(f"{match[1]}T{match[2]}")
        if offset != "Z":
            sign = -1 if offset[0] == "-" else 1
            hours, minutes = int(offset[1:3]), int(offset[-2:])
            found -= sign * timedelta(hours=hours, minutes=minutes)
    except (ValueError, OverflowError):
        return None
    thousandths = int((match[3] or "0").ljust(3, "0"))
    return found.replace(microsecond=thousandths * 1000, tzinfo=timezone.utc)


def show_moment(found: datetime) -> str:
    """As the API writes instants."""
    return f"{found:%Y-%m-%dT%H:%M:%S}.{found.microsecond // 1000:03d}+0000"


def choice(field: Field) -> Callable[[Any], Checked]:
    if not field.has("s"):
        return text(field)
    values = {option.value for option in field.options if option.active}

    def check(value: Any) -> Checked:
        if not isinstance(value, str):
            return None, _mistyped(field, "string", _token(value), value)
        if value == "":
            return None, None
        if value not in values:
            message = f"{field.label}: bad value for restricted picklist field: {value}"
            code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            return None, Problem(code, message, (field.name,))
        return value, None

    return check


def choices(field: Field) -> Callable[[Any], Checked]:
    values = {option.value for option in field.options if option.active}
    order = [option.value for option in field.options]

    def check(value: Any) -> Checked:
        if not isinstance(value, str):
            return None, _mistyped(field, "string", _token(value), value)
        named = [one.strip() for one in value.split(";") if one.strip()]
        if field.has("s") and (bad := [one for one in named if one not in values]):
            message = f"{field.label}: bad value for restricted picklist field: {bad[0]}"
            code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            return None, Problem(code, message, (field.name,))
        rank = {name: place for place, name in enumerate(order)}
        named.sort(key=lambda one: rank.get(one, len(rank)))
        return ";".join(dict.fromkeys(named)) or None, None

    return check


def reference(field: Field) -> Callable[[Any], Checked]:
    def check(value: Any) -> Checked:
        if value == "":
            return None, None
        found = whole_id(value)
        if found is None:
            message = f"{field.label}: id value of incorrect type: {value}"
            return None, Problem("MALFORMED_ID", message, (field.name,))
        return found, None

    return check


def blob(field: Field) -> Callable[[Any], Checked]:
    def check(value: Any) -> Checked:
        if isinstance(value, bytes):
            return value, None
        if not isinstance(value, str):
            return None, _mistyped(field, "base64Binary", _token(value), value)
        if len(value) > LARGEST_BASE64:
            raise RefusalError(413, "REQUEST_ENTITY_TOO_LARGE", f"{field.label} is too large")
        try:
            return base64.b64decode(value, validate=True), None
        except binascii.Error:
            return None, _mistyped(field, "base64Binary", "VALUE_STRING", value[:20])

    return check


CHECKS: dict[str, Callable[[Field], Callable[[Any], Checked]]] = {
    "string": text,
    "combobox": text,
    "textarea": text,
    "phone": text,
    "url": text,
    "email": email,
    "double": number,
    "currency": number,
    "percent": number,
    "int": number,
    "boolean": boolean,
    "date": day,
    "datetime": moment,
    "picklist": choice,
    "multipicklist": choices,
    "reference": reference,
    "base64": blob,
}


def check_of(field: Field) -> Callable[[Any], Checked]:
    """The check of one field."""
    made = CHECKS.get(field.type, text)
    return made(field)
