"""Names: which ones Salesforce takes, and those that nobody has given."""

from __future__ import annotations

import hashlib
import re

from target_salesforce.metadata.tables import LONGEST_NAME
from target_salesforce.tables import ACTIVITIES, ACTIVITY

API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
SUFFIX = "__c"


def fault_of(name: str) -> str:
    """Why a custom field or object cannot have this API name; empty if it can."""
    if not name.endswith(SUFFIX):
        return f"its name must end in {SUFFIX}"
    own = name.removesuffix(SUFFIX)
    if not API_NAME.fullmatch(own):
        return "a name has letters, digits and single underscores, and begins with a letter"
    if len(own) > LONGEST_NAME:
        return f"{len(own)} characters before {SUFFIX}, at most {LONGEST_NAME} are taken"
    return ""


def home_of(object_name: str) -> str:
    """The object that custom fields are made on: tasks and events have theirs in common."""
    return ACTIVITY if object_name in ACTIVITIES else object_name


def component_of(object_name: str, field: str) -> str:
    """The full name of a field, or of an object where no field is named."""
    return f"{home_of(object_name)}.{field}" if field else object_name


def place_of(key: str) -> tuple[str, str]:
    """The object and the field of a key ``object.field``; the field is empty for the object."""
    object_name, _, field = key.partition(".")
    return object_name, field


def label_of(name: str) -> str:
    """What people read where no label is given."""
    return name.removesuffix(SUFFIX).replace("_", " ").strip()


def relationship_of(object_name: str, field: str) -> str:
    """The name under which a parent lists its children: unique, since object and field are."""
    own = f"{home_of(object_name).removesuffix(SUFFIX)}_{field.removesuffix(SUFFIX)}"
    if len(own) <= LONGEST_NAME:
        return own
    digest = hashlib.blake2b(own.encode(), digest_size=4).hexdigest()
    return f"{own[: LONGEST_NAME - len(digest) - 1].rstrip('_')}_{digest}"
