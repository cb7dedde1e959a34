"""What a new account holds before anyone writes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.tables.starting import (
    ACTIVITY_TYPES,
    DEFAULT_CURRENCY,
    PIPELINES,
    ROLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.account import Account

_APPS = ("sales", "global", "account_settings")


def furnish(account: Account, users: Iterable[tuple[str, str, bool]]) -> None:
    _users(account, users)
    _pipelines(account)
    _activity_types(account)
    _roles(account)


def _users(account: Account, users: Iterable[tuple[str, str, bool]]) -> None:
    first = 20_000_000 + account.seed * 1_000
    for number, (name, email, active) in enumerate(users):
        admin = number == 0
        account.users.append(
            {
                "id": first + number,
                "name": name,
                "default_currency": DEFAULT_CURRENCY,
                "locale": "en_US",
                "lang": 1,
                "email": email,
                "phone": None,
                "activated": active,
                "last_login": "2024-01-02 08:00:00",
                "created": "2024-01-01 08:00:00",
                "modified": "2024-01-02 08:00:00",
                "has_created_company": admin,
                "access": [
                    {"app": app, "admin": admin, "permission_set_id": _permission_set(app, admin)}
                    for app in (_APPS if admin else _APPS[:2])
                ],
                "active_flag": active,
                "timezone_name": "America/New_York",
                "timezone_offset": "-05:00",
                "role_id": 1,
                "icon_url": None,
                "is_you": admin,
                "is_deleted": False,
            }
        )


def _permission_set(app: str, admin: bool) -> str:
    return f"00000000-0000-4000-8000-{_APPS.index(app):06d}{int(admin):06d}"


def _pipelines(account: Account) -> None:
    times = {"is_deleted": False, "add_time": account.now(), "update_time": account.now()}
    for number, (name, stages) in enumerate(PIPELINES.items(), 1):
        pipeline = account.tables["pipelines"].next_id()
        row = {
            "id": pipeline,
            "name": name,
            "order_nr": number,
            "is_deal_probability_enabled": False,
            **times,
        }
        account.put("pipelines", row, "create")
        for order, (stage, probability) in enumerate(stages, 1):
            row = {
                "id": account.tables["stages"].next_id(),
                "order_nr": order,
                "name": stage,
                "deal_probability": probability,
                "pipeline_id": pipeline,
                "is_deal_rot_enabled": False,
                "days_to_rotten": None,
                **times,
            }
            account.put("stages", row, "create")


def _activity_types(account: Account) -> None:
    for number, (key, (name, icon)) in enumerate(ACTIVITY_TYPES.items(), 1):
        row: dict[str, Any] = {
            "id": account.tables["activity_types"].next_id(),
            "order_nr": number,
            "name": name,
            "key_string": key,
            "icon_key": icon,
            "active_flag": True,
            "color": "FFFFFF",
            "is_custom_flag": False,
            "add_time": account.v1_now(),
            "update_time": account.v1_now(),
        }
        account.put("activity_types", row, "create")


def _roles(account: Account) -> None:
    for name in ROLES:
        row = {
            "id": account.tables["roles"].next_id(),
            "parent_role_id": None,
            "name": name,
            "active_flag": True,
            "assignment_count": str(len(account.users)) if name == ROLES[0] else "0",
            "sub_role_count": "0",
            "level": 1,
        }
        account.put("roles", row, "create")
