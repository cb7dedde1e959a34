"""The unofficial JSON: https://veildg.com/kickservapi/v2."""

from __future__ import annotations

from typing import ClassVar

from tap_kickserv.doors.base import Door
from tap_kickserv.doors.records import CUSTOMER_RECORDS, CUSTOMER_VIEWS, JOB_RECORDS, JOB_VIEWS
from tap_kickserv.doors.source import Listing, Source

# Jobs and opportunities are one table shown as two lists; a won opportunity changes lists.
OPPORTUNITIES = Listing(
    "/opportunities",
    "opportunity",
    "json",
    number="job_number",
    marks={"is_opportunity": True},
    optional=True,
)
# The calendar is the only reply that holds all of an account's services, used or not.
JOB_TYPES = Source(
    "job_types",
    Listing("/calendar", "job_type", "json", page_params=(), optional=True),
)


class JsonDoor(Door):
    """JSON lists, and one request for each row whose children they do not hold."""

    name: ClassVar[str] = "json"
    sources: ClassVar[tuple[Source, ...]] = (
        Source(
            "employees",
            Listing(
                "/employees",
                "employee",
                "json",
                page_params=(),
                leaves_out="inactive employees",
            ),
        ),
        Source(
            "items",
            Listing("/items", "item", "json", params={"which": "all"}, optional=True),
        ),
        JOB_TYPES,
        Source(
            "customers",
            # The documented example pages customers with `customers_page`; other lists use `page`.
            Listing(
                "/customers",
                "customer",
                "json",
                page_params=("page", "customers_page"),
                number="customer_number",
            ),
            views=CUSTOMER_VIEWS,
            children=CUSTOMER_RECORDS,
            nested="children",
        ),
        Source(
            "jobs",
            Listing("/jobs", "job", "json", number="job_number", marks={"is_opportunity": False}),
            apart=OPPORTUNITIES,
            views=JOB_VIEWS,
            children=JOB_RECORDS,
        ),
        Source("tasks", Listing("/tasks", "task", "json", optional=True)),
    )
