"""Users, and the small lists beside them: roles, currencies, fields of notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.pages import offset_page
from tests.sandbox.pipedrive.refusal import RefusalError, not_found
from tests.sandbox.pipedrive.tables.fields import NOTE_FIELDS
from tests.sandbox.pipedrive.tables.starting import CURRENCIES

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]


def list_users(call: Call) -> Answer:
    """Not paged (published)."""
    return Answer(call.account.users)


def get_user(call: Call) -> Answer:
    number = call.id_at()
    if not call.account.exists("users", number):
        raise RefusalError(404, "User not found or not accessible.")
    return Answer(call.account.user(number))


def get_me(call: Call) -> Answer:
    account = call.account
    company = 9_000_000 + account.seed
    return Answer(
        {
            **account.me,
            "company_id": company,
            "company_name": "Acme Service",
            "company_domain": f"acme-service-{account.seed}",
            "company_country": "US",
            "company_industry": "Services",
            "language": {"language_code": "en", "country_code": "US"},
        }
    )


def find_users(call: Call) -> Answer:
    term = call.query["term"].lower()
    columns = ("email",) if call.query.get("search_by_email") else ("email", "name")
    return Answer(
        [u for u in call.account.users if any(term in u[column].lower() for column in columns)]
    )


def list_roles(call: Call) -> Answer:
    page, additional = offset_page(list(call.account.tables["roles"]), call.query)
    return Answer(page, additional)


def get_role(call: Call) -> Answer:
    role = call.account.live("roles", call.id_at())
    if role is None:
        raise not_found(f"Role {call.path[0]}")
    shown = {key: value for key, value in role.items() if key != "level"}
    settings = {
        f"{kind}_default_visibility": 3 for kind in ("deal", "lead", "org", "person", "product")
    }
    return Answer(shown, {"settings": settings})


def list_currencies(call: Call) -> Answer:
    term = call.query.get("term", "").lower()
    return Answer(
        [
            {
                "id": number,
                "code": code,
                "name": name,
                "decimal_points": points,
                "symbol": symbol,
                "active_flag": True,
                "is_custom_flag": False,
            }
            for number, (code, (name, points, symbol)) in enumerate(CURRENCIES.items(), 1)
            if term in code.lower() or term in name.lower()
        ]
    )


def list_note_fields(_call: Call) -> Answer:
    fields: list[Row] = []
    for number, (key, name, kind) in enumerate(NOTE_FIELDS, 1):
        field: Row = {
            "id": number,
            "key": key,
            "name": name,
            "field_type": kind,
            "active_flag": True,
            "edit_flag": False,
            "bulk_edit_allowed": True,
            "mandatory_flag": key == "content",
        }
        if kind == "enum":
            field["options"] = [{"id": 1, "label": "Yes"}, {"id": 0, "label": "No"}]
        fields.append(field)
    page, additional = offset_page(fields, {})
    return Answer(page, additional)
