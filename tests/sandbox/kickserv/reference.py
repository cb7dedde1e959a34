"""The small lists of an account, written out: employees, items, services, statuses, tags."""

from __future__ import annotations

from typing import Any

from tests.sandbox.kickserv.clock import DAY, NOW, OPENED, stamp

ACCOUNT_ID = 48213

EMPLOYEES = (
    # name, e-mail, active, admin, limited to own assignments
    ("Ruth Calloway", "ruth.calloway@example.com", True, True, False),
    ("Dana Ruiz", "dana.ruiz@example.com", True, False, False),
    ("Dana Ruiz (van 2)", "Dana.Ruiz@Example.com", True, False, True),
    ("Hector Ibarra", "hector.ibarra@example.com", True, False, False),
    ("Keiko Nakamura", "keiko.nakamura@example.com", True, False, False),
    ("Omar Haddad", " omar.haddad@example.com ", True, False, False),
    ("Pete Quimby", "pete.quimby@example.com", False, False, False),
    ("Leona Fontaine", "leona.fontaine@example.com", True, False, True),
    ("Subcontractor Crew", None, True, False, True),
    ("Front Desk", "", True, False, False),
    ("Wes Oakley", "wes.oakley@example.com", False, False, True),
    ("Tess Lindqvist", "tess.lindqvist@example.com", True, False, False),
    ("Samir Cho", "samir.cho@example.com", True, False, False),
    ("Former Office", "former.office@example.com", False, False, False),
)
ITEMS = (
    # full name, type, price, cost, quantity on hand, active
    ("Filters:Filter 16x20", "Inventory", "18.0", "6.4", "42.0", True),
    ("Filters:Filter 20x25", "Inventory", "24.0", "9.2", "17.0", True),
    ("Valves:Ball valve 1/2", "Inventory", "14.6", "7.0", "31.0", True),
    ("Valves:Ball valve 3/4", "Inventory", "19.2", "9.8", "0.0", True),
    ("Valves:Relief valve", "Inventory", "46.0", "21.4", "5.0", True),
    ("Pumps:Circulator pump", "Inventory", "212.0", "118.0", "4.0", True),
    ("Pumps:Sump pump 1/3 HP", "Inventory", "264.0", "151.2", "2.0", True),
    ("Pumps:Sump pump 1/2 HP", "Inventory", "318.0", "180.0", "-1.0", True),
    ("Aggregates:Asphalt Millings", "NonInventory", "45.0", None, None, True),
    ("Aggregates:Pea Stone", "NonInventory", "38.0", None, None, True),
    ("Pipe:Copper 1/2 (ft)", "NonInventory", "4.2", "1.6", None, True),
    ("Pipe:PEX 3/4 (ft)", "NonInventory", "2.4", "0.8", None, True),
    ("Labor", "Service", "96.0", "0.0", None, True),
    ("Labor:After hours", "Service", "144.0", "0.0", None, True),
    ("Labor:Apprentice", "Service", "60.0", "0.0", None, True),
    ("Trip charge", "Service", "48.0", "0.0", None, True),
    ("Diagnostic", "Service", "88.0", None, None, True),
    ("Disposal fee", "OtherCharge", "32.0", "32.0", None, True),
    ("Permit", "OtherCharge", "0.0", "0.0", None, True),
    ("Thermostat", "Inventory", "120.0", "64.0", "9.0", True),
    ("Thermostat", "Inventory", "184.0", "97.0", "3.0", True),
    ("Refrigerant R-22 (lb)", "NonInventory", "80.0", "52.0", None, False),
    ("Halogen lamp", "Inventory", "12.0", "3.0", "140.0", False),
    ("Warranty part", "NonInventory", "0.0", "0.0", None, True),
)
SERVICES = (
    # name, price, unit, active
    ("Service", "96.0", "hour", True),
    ("Installation", "640.0", "job", True),
    ("Maintenance", "148.0", "visit", True),
    ("Estimate", "0.0", "visit", True),
    ("Emergency call", "220.0", "visit", True),
    ("Diagnostic", "88.0", "visit", True),
    ("Excavation", None, "hour", True),
    ("Oil delivery", "3.2", "gallon", False),
)
JOB_STATUSES = ("Waiting for parts", "Call back", "Permit filed", "Ready to bill", "On contract")
TAX_ENTITIES = (("Maine sales tax", "5.5"), ("New Hampshire", "0.0"), ("Exempt", "0.0"))
TAGS = ("warranty", "VIP", "repeat", "oil", "heat pump", "no-show", "Q3, promo", "après-vente")
VENDORS = ("Casco Supply", "Foundry Pipe & Valve", "Old Mill Rentals")


def _employee(number: int, row: tuple[Any, ...]) -> dict[str, Any]:
    name, email, active, admin, limited = row
    return {
        "id": 51_000 + number * 13,
        "account_id": ACCOUNT_ID,
        "employee_number": number,
        "hired_date": stamp(OPENED + number * 200 * DAY),
        "created_at": stamp(OPENED + number * 200 * DAY + 3600),
        "name": name,
        "username": name.split(" (", maxsplit=1)[0].lower().replace(" ", ".") + str(number),
        "password_salt": f"secret-salt-{number:02}",
        "encrypted_password": f"secret-hash-{number:02}",
        "email_address": email,
        "is_account_owner": number == 1,
        "active": active,
        "can_login": active,
        "cell_phone": f"207-555-01{number:02}",
        "notify_via_email": bool(email),
        "notify_via_mobile": False,
        "remember_token": f"secret-remember-{number:02}",
        "remember_me_token_expires_at": stamp(NOW + 14 * DAY),
        "admin": admin,
        "limit_access_to_assignments": limited,
    }


def _item(number: int, row: tuple[Any, ...]) -> dict[str, Any]:
    full_name, kind, price, cost, on_hand, active = row
    return {
        "id": 70_100 + number * 3,
        "account_id": ACCOUNT_ID,
        "created_on": stamp(OPENED + number * DAY),
        "updated_on": stamp(OPENED + number * 90 * DAY),
        "list_id": str(number),
        "edit_sequence": "2",
        "name": full_name.rpartition(":")[2],
        "sublevel": full_name.count(":"),
        "item_type": kind,
        "price": price,
        "active": active,
        "full_name": full_name,
        "description": "" if number % 3 else f"{full_name.replace(':', ', ')}, stocked",
        "sales_tax_code_ref_list_id": "",
        "cost": cost,
        "quantity_on_hand": on_hand,
    }


def _vendor(number: int, name: str) -> dict[str, Any]:
    return {
        "id": 900 + number,
        "account_id": ACCOUNT_ID,
        "name": name,
        "active": True,
        "created_at": stamp(OPENED),
        "updated_at": stamp(OPENED + number * DAY),
    }


def _named(first_id: int, names: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    return tuple({"id": first_id + number, "name": name} for number, name in enumerate(names))


def _service(number: int, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"id": 600 + number, **dict(zip(("name", "price", "unit", "active"), row, strict=True))}


REFERENCE: dict[str, tuple[dict[str, Any], ...]] = {
    "employees": tuple(_employee(n, row) for n, row in enumerate(EMPLOYEES, start=1)),
    "items": tuple(_item(n, row) for n, row in enumerate(ITEMS, start=1)),
    "job_types": tuple(_service(n, row) for n, row in enumerate(SERVICES)),
    "job_statuses": _named(810, JOB_STATUSES),
    "tax_entities": _named(40, tuple(name for name, _ in TAX_ENTITIES)),
    "tags": _named(2_001, TAGS),
    "vendors": tuple(_vendor(n, name) for n, name in enumerate(VENDORS)),
}
"""The records of every stream that does not grow with the number of customers."""

EMPLOYEE_IDS = tuple(employee["id"] for employee in REFERENCE["employees"])
