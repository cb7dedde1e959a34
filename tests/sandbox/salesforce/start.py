"""What a new org holds: its people, the standard price book, and nothing to do with business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.salesforce.ids import make_id

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

PEOPLE = (
    ("Integration", "Api", "integration@acme.example", True),
    ("Ada", "Admin", "ada.admin@example.com", True),
    ("Sales", "Desk", "sales.desk@example.com", True),
    ("Dana", "Ruiz", "dana.ruiz@example.com", True),
    ("Hector", "Ibarra", "hector.ibarra@example.com", True),
    ("Keiko", "Nakamura", "keiko.nakamura@example.com", True),
    ("Leona", "Fontaine", "leona.fontaine@example.com", False),
    ("Omar", "Haddad", "omar.haddad@example.com", True),
    ("Samir", "Cho", "samir.cho@example.com", True),
    ("Samir", "Cho", "samir.cho@example.com", True),
)
"""First name, last name, e-mail, active. The first is the app's run-as user, the second an
administrator."""


def furnish(org: Org) -> None:
    """Fill an empty org."""
    profile = make_id("00e", 1)
    org.rows["Profile"][profile] = {"Id": profile, "Name": "System Administrator"}
    for place, (first, last, email, active) in enumerate(PEOPLE):
        record_id = make_id("005", place + 1)
        name, _, host = email.partition("@")
        org.rows["User"][record_id] = {
            "Id": record_id,
            "Username": f"{name}{place or ''}@{host}",
            "FirstName": first,
            "LastName": last,
            "Name": f"{first} {last}",
            "Email": email,
            "Alias": name[:8],
            "IsActive": active,
            "UserType": "Standard",
            "ProfileId": profile,
            "TimeZoneSidKey": "America/New_York",
            "LocaleSidKey": "en_US",
            "EmailEncodingKey": "UTF-8",
            "LanguageLocaleKey": "en_US",
            "IsDeleted": False,
            "CreatedDate": "2026-01-05T09:00:00.000+0000",
            "SystemModstamp": "2026-01-05T09:00:00.000+0000",
        }
        org.index.add(org.objects["User"], org.rows["User"][record_id])
    org.run_as, org.admin = make_id("005", 1), make_id("005", 2)
    org.id = make_id("00D", 1)
    org.rows["Organization"][org.id] = {
        "Id": org.id,
        "Name": "Acme Service",
        "OrganizationType": org.edition,
        "IsSandbox": True,
        "InstanceName": "CS1",
    }
    book = make_id("01s", 1)
    org.rows["Pricebook2"][book] = {
        "Id": book,
        "Name": "Standard Price Book",
        "IsStandard": True,
        "IsActive": False,
        "IsArchived": False,
        "IsDeleted": False,
        "CreatedDate": "2026-01-05T09:00:00.000+0000",
        "LastModifiedDate": "2026-01-05T09:00:00.000+0000",
        "SystemModstamp": "2026-01-05T09:00:00.000+0000",
    }
    for place, name in enumerate(("Draft", "Activated"), start=1):
        record_id = make_id("0ow", place)
        org.rows["OrderStatus"][record_id] = {
            "Id": record_id, "MasterLabel": name, "ApiName": name, "StatusCode": name,
            "SortOrder": place, "IsDefault": place == 1,
        }  # fmt: skip
    org.standard_book = book
    org.store.counted("Pricebook2", 1)
