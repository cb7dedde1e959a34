"""The vendor's own API: XML, http://www.kickserv.com/help/api."""

from __future__ import annotations

from typing import ClassVar

from tap_kickserv.doors.base import Door
from tap_kickserv.doors.json import JOB_TYPES, OPPORTUNITIES
from tap_kickserv.doors.records import (
    CUSTOMER_RECORDS,
    CUSTOMER_TASKS,
    CUSTOMER_VIEWS,
    JOB_RECORDS,
    JOB_VIEWS,
)
from tap_kickserv.doors.source import Detail, Listing, Source

CUSTOMERS = Listing(
    "/customers",
    "customer",
    "xml",
    number="customer_number",
    takes_include=True,
)


class XmlDoor(Door):
    """XML lists with their children included; what only the JSON has is taken from there.

    `only=` would be quicker, but it would also hide every field that nobody has told us of.
    """

    name: ClassVar[str] = "xml"
    sources: ClassVar[tuple[Source, ...]] = (
        Source("employees", Listing("/employees", "employee", "xml", page_params=())),
        Source("items", Listing("/items", "item", "xml", params={"which": "all"})),
        JOB_TYPES,
        Source(
            "customers",
            CUSTOMERS,
            views=CUSTOMER_VIEWS,
            children=(*CUSTOMER_RECORDS, CUSTOMER_TASKS),
            single=Detail("/customers/{customer_number}", "customer", "xml"),
            nested="children",
        ),
        Source(
            "jobs",
            Listing(
                "/jobs",
                "job",
                "xml",
                number="job_number",
                takes_include=True,
                own_includes=("employees",),
                marks={"is_opportunity": False},
            ),
            apart=OPPORTUNITIES,
            views=JOB_VIEWS,
            children=JOB_RECORDS,
            single=Detail("/jobs/{job_number}", "job", "xml"),
        ),
    )
