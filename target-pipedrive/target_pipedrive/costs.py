"""What Pipedrive charges and allows: tokens per request, and the limits that come with a plan.

Token costs are the ``x-token-cost`` values of the published OpenAPI files; a cost is per request,
whatever the page size. Plans: https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting and
the usage limits page of support.pipedrive.com.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crm_transforms.destination import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKENS: Mapping[str, int] = {
    "GET /v1/users": 20,
    "GET /v1/users/me": 2,
    "GET /api/v2/organizations": 10,
    "POST /api/v2/organizations": 5,
    "PATCH /api/v2/organizations/{id}": 5,
    "DELETE /api/v2/organizations/{id}": 3,
    "GET /api/v2/persons": 10,
    "POST /api/v2/persons": 5,
    "PATCH /api/v2/persons/{id}": 5,
    "DELETE /api/v2/persons/{id}": 3,
    "GET /api/v2/products": 10,
    "POST /api/v2/products": 5,
    "PATCH /api/v2/products/{id}": 5,
    "DELETE /api/v2/products/{id}": 3,
    "GET /api/v2/deals": 10,
    "GET /api/v2/deals/archived": 20,
    "POST /api/v2/deals": 5,
    "PATCH /api/v2/deals/{id}": 5,
    "DELETE /api/v2/deals/{id}": 3,
    "GET /api/v2/activities": 10,
    "POST /api/v2/activities": 5,
    "PATCH /api/v2/activities/{id}": 5,
    "DELETE /api/v2/activities/{id}": 3,
    "GET /api/v2/deals/products": 10,
    "POST /api/v2/deals/{deal}/products": 5,
    "POST /api/v2/deals/{deal}/products/bulk": 25,
    "PATCH /api/v2/deals/{deal}/products/{id}": 5,
    "DELETE /api/v2/deals/{deal}/products": 15,
    "DELETE /api/v2/deals/{deal}/products/{id}": 3,
    "GET /v1/notes": 20,
    "GET /v1/notes/{id}": 2,
    "POST /v1/notes": 10,
    "PUT /v1/notes/{id}": 10,
    "DELETE /v1/notes/{id}": 6,
    "GET /v1/files": 20,
    "GET /v1/files/{id}": 2,
    "POST /v1/files": 10,
    "PUT /v1/files/{id}": 10,
    "DELETE /v1/files/{id}": 6,
    "GET /v1/leads": 20,
    "GET /v1/leads/archived": 40,
    "GET /api/v2/organizationFields": 10,
    "POST /api/v2/organizationFields": 5,
    "DELETE /api/v2/organizationFields/{code}": 3,
    "POST /api/v2/organizationFields/{code}/options": 5,
    "DELETE /api/v2/organizationFields/{code}/options": 3,
    "GET /api/v2/personFields": 10,
    "POST /api/v2/personFields": 5,
    "DELETE /api/v2/personFields/{code}": 3,
    "POST /api/v2/personFields/{code}/options": 5,
    "DELETE /api/v2/personFields/{code}/options": 3,
    "GET /api/v2/productFields": 10,
    "POST /api/v2/productFields": 5,
    "DELETE /api/v2/productFields/{code}": 3,
    "POST /api/v2/productFields/{code}/options": 5,
    "DELETE /api/v2/productFields/{code}/options": 3,
    "GET /api/v2/dealFields": 10,
    "POST /api/v2/dealFields": 5,
    "DELETE /api/v2/dealFields/{code}": 3,
    "POST /api/v2/dealFields/{code}/options": 5,
    "DELETE /api/v2/dealFields/{code}/options": 3,
    "GET /api/v2/activityFields": 10,
}
"""Tokens by endpoint, for every request this target makes."""


class Plan(NamedTuple):
    """A plan as far as an API client can tell it: by its burst limit (requests per 2 s)."""

    name: str
    burst_token: int
    burst_oauth: int
    custom_fields: int


PLANS = (
    Plan("Lite", burst_token=20, burst_oauth=80, custom_fields=30),
    Plan("Growth", burst_token=40, burst_oauth=160, custom_fields=100),
    Plan("Premium", burst_token=100, burst_oauth=400, custom_fields=300),
    Plan("Ultimate", burst_token=120, burst_oauth=480, custom_fields=500),
)

BURST_WINDOW = 2.0
"""Seconds over which the burst limit rolls."""


BASE_BUDGET = 30_000
"""Tokens a day, times the plan's multiplier, times its seats."""

SMALLEST = Limits(budget_total=BASE_BUDGET, requests_per_second=PLANS[0].burst_token / BURST_WINDOW)
"""One seat of the smallest plan, with an API token."""


def plan_of(burst_limit: int | None) -> Plan | None:
    """The plan whose burst limit this is, or ``None``: no endpoint names the plan itself."""
    for plan in PLANS:
        if burst_limit in (plan.burst_token, plan.burst_oauth):
            return plan
    return None
