"""Customers and jobs, made from their place in the outline."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import decimals, words
from tests.sandbox.kickserv.clock import DAY, NOW, OPENED, business_hour, stamp
from tests.sandbox.kickserv.reference import ACCOUNT_ID, EMPLOYEE_IDS, REFERENCE, TAX_ENTITIES

if TYPE_CHECKING:
    import random

    from tests.sandbox.kickserv.children import Children
    from tests.sandbox.kickserv.outline import Outline

Record = dict[str, Any]

KEPT = 4096
"""Generated records that stay at hand; a page is asked for by list, detail and child calls."""


class Roots:
    """Makes customers, and jobs without their children."""

    def __init__(self, outline: Outline, children: Children) -> None:
        self.outline = outline
        self.children = children
        self.customer = lru_cache(KEPT)(self._customer)
        self.job = lru_cache(KEPT)(self._job)

    def _customer(self, place: int) -> Record:
        outline = self.outline
        rng = outline.rng("customers", place)
        first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
        company = rng.random() < 0.45
        trading_name = f"{rng.choice((*words.COMPANY_WORDS, last))} {rng.choice(words.TRADES)}"
        name = trading_name if company else f"{first} {last}"
        city, state, zip_code, latitude, longitude, region = rng.choice(words.PLACES)
        street = f"{rng.randrange(1, 999)} {rng.choice(words.STREETS)}"
        mail = f"{first}.{last}{place}@{rng.choice(words.MAIL_DOMAINS)}".lower()
        number = words.phone(rng)
        parent = outline.parent(place)
        imported = outline.is_imported(place)
        created = OPENED if imported else outline.created("customers", place)
        touched = OPENED + 10 * DAY if imported else min(NOW, created + rng.randrange(400 * DAY))
        own_billing = parent is None and rng.random() < 0.3
        record: Record = {
            "id": outline.id_of("customers", place),
            "customer_number": place + 1,
            "origin": "import" if imported else rng.choice(("manual", "manual", "online")),
            "name": name,
            "phone_number": number,
            "service_address": street,
            "service_city": city,
            "service_state": state,
            "service_zip_code": zip_code,
            "service_country": "US",
            "created_at": stamp(created),
            "updated_at": stamp(touched),
            "email_address": mail if rng.random() < 0.85 else None,
            "full_name": name,
            "is_active": True,
            "sublevel": 0,
            # Filled for companies and private persons alike.
            "company_name": name,
            "company": company,
            "first_name": first,
            "last_name": last,
            "balance": "0.0",
            "total_balance": "0.0",
            "which_billing_address": "service",
            "custom_text1": region,
            "created_by": rng.choice(EMPLOYEE_IDS),
            "updated_by": rng.choice(EMPLOYEE_IDS),
            "latitude": round(latitude + rng.uniform(-0.05, 0.05), 6),
            "longitude": round(longitude + rng.uniform(-0.05, 0.05), 6),
            "tax_id": 40 + outline.tax_place(place),
            "send_reminders": True,
            "send_notifications": rng.random() < 0.5,
            "notify_via_email": True,
            "notify_via_sms": rng.random() < 0.3,
            "job_status": rng.choice(("None", "Closed")),
        }
        if imported:
            record["import_id"] = 1
        if parent is not None:
            record |= {
                "parent_id": outline.id_of("customers", parent),
                "sublevel": 1,
                "full_name": f"{self.customer(parent)['name']}:{name}",
                "which_billing_address": "parent",
            }
        if own_billing:
            record |= {
                "which_billing_address": "billing",
                "billing_address": f"PO Box {rng.randrange(10, 990)}",
                "billing_city": city,
                "billing_state": state,
                "billing_zip_code": zip_code,
            }
        if place % 3 == 0:  # known to QuickBooks, which has names of its own for the same things
            record |= {"list_id": str(place + 80), "edit_sequence": "1", "phone": number}
            record |= {"email": record["email_address"], "time_created": stamp(created)}
        if place % 4 == 0:  # has a login for the customer center
            record |= {
                "password_digest": f"secret-digest-{place}",
                "token": f"secret-token-{place}",
                "remember_me_token": f"secret-remember-me-{place}",
            }
        if rng.random() < 0.2:
            record["special_instructions"] = rng.choice(words.SENTENCES)
            record["custom_number1"] = decimals.text(rng.randrange(100, 9000))
            record["custom_datetime1"] = stamp(created + 365 * DAY)
        if outline.is_deleted("customers", place):
            record["deleted_at"] = stamp(touched)
        return record

    def _job(self, place: int) -> Record:
        outline = self.outline
        bill = self.children.bill(place)
        rng = outline.rng("jobs", place)
        status = outline.status(place)
        service = rng.choice(REFERENCE["job_types"])
        tax_place = outline.tax_place(outline.owner[place])
        created = outline.created("jobs", place)
        record: Record = {
            "id": outline.id_of("jobs", place),
            "customer_id": outline.id_of("customers", outline.owner[place]),
            "account_id": ACCOUNT_ID,
            "job_number": place + 1,
            "created_at": stamp(created),
            # The name follows the service unless someone typed another one.
            "name": service["name"] if rng.random() < 0.8 else rng.choice(words.JOB_NAMES),
            "ok_to_sync": True,
            "subtotal": decimals.text(bill.subtotal),
            "tax": decimals.text(bill.tax),
            "total": decimals.text(bill.total),
            "balance_remaining": decimals.text(bill.total - bill.paid),
            "self_service": False,
            "custom_text1": rng.choice(words.PRIORITIES),
            "sales_tax_percentage": TAX_ENTITIES[tax_place][1],
            "invoice_terms": "Due upon receipt",
            "description": rng.choice(words.SENTENCES) if rng.random() < 0.6 else None,
            "job_type_id": service["id"],
            "job_status_id": 810 + rng.randrange(5) if rng.random() < 0.15 else None,
            "created_by": rng.choice(EMPLOYEE_IDS),
            "updated_by": rng.choice(EMPLOYEE_IDS),
            "tax_id": 40 + tax_place,
            "detailed_invoice": True,
            "notification_sent": False,
            "tasks_count": outline.task_count(place),
            "total_expenses": decimals.text(self.children.spent(place)),
        }
        if rng.random() < 0.1:
            record["po_number"] = f"PO-{rng.randrange(1000, 9999)}"
        record |= self._moments(place, status, created, rng)
        if outline.is_deleted("jobs", place):
            record["deleted_at"] = record["updated_at"]
        return record

    def _moments(self, place: int, status: str, created: int, rng: random.Random) -> Record:
        """Return the dates that a job in this status has gone through."""
        wait = rng.randrange(1, 40) * DAY
        if status not in {"scheduled", "canceled"}:  # the visit has begun, so it is past
            wait = min(wait, max(0, NOW - 3 * DAY - created))
        visit = business_hour(created + wait, rng.choice((8, 9.5, 11, 13.25)))
        hours = rng.choice((100, 150, 200, 300, 450))
        done = visit + hours * 36
        later = done + rng.randrange(1, 20) * DAY
        estimate = {"estimate_scheduled_on": created + DAY, "estimate_sent_on": created + 2 * DAY}
        booked = {"scheduled_on": visit, "ends_at": done}
        begun = {**booked, "started_on": visit}
        moments = {
            "estimate_scheduled": {"estimate_scheduled_on": created + DAY},
            "estimate_sent": estimate,
            "won": {**estimate, "estimate_viewed_on": later, "won_date": later},
            "lost": {**estimate, "lost_date": later},
            "scheduled": booked,
            "in_progress": begun,
            "started": begun,
            "on_hold": {**booked, "on_hold": later},
            "complete": {
                **begun,
                "completed_on": done,
                "invoice_date": done,
                "invoice_sent_date": done + 3600,
            },
            "canceled": {**booked, "canceled_on": visit},
        }
        reached = moments.get(status, {})
        if self.outline.is_paid(place):
            reached |= {"invoice_viewed_on": done + 7200, "invoice_paid_on": later}
        record: Record = {name: stamp(instant) for name, instant in reached.items()}
        if "ends_at" in reached:
            record["duration"] = decimals.text(hours)
        if status == "lost":
            record["estimate_type"] = "lost"
        changed = max(created, min(NOW, done + 21 * DAY))
        return record | self.outline.sketch(place) | {"updated_at": stamp(changed)}
