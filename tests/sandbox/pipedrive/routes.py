"""Every endpoint that is served, with what it costs, reads and takes.

Costs are the published `x-token-cost` of each operation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.resources import FIELDS, RESOURCES, people, searches
from tests.sandbox.pipedrive.tables import contacts, deals, fields, leads, sales, v1
from tests.sandbox.pipedrive.tables import searches as search_tables
from tests.sandbox.pipedrive.tables.common import IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.sandbox.pipedrive.call import Answer, Call
    from tests.sandbox.pipedrive.tables.attribute import Body, Param


@dataclass(frozen=True)
class Route:
    """One operation, with its price in tokens."""

    version: str
    method: str
    path: str
    cost: int
    handler: Callable[[Call], Answer]
    params: dict[str, Param] = field(default_factory=dict)
    body: Body | None = None
    search: bool = False


def _route(
    operation: str,
    cost: int,
    handler: Callable[[Call], Answer],
    params: Iterable[Param] = (),
    body: Body | None = None,
    *,
    search: bool = False,
) -> Route:
    method, _, url = operation.partition(" /")
    version, _, path = url.partition("/")
    named = {param.name: param for param in params}
    return Route(version, method, f"/{path}", cost, handler, named, body, search)


def _v2(name: str, listed: Any, got: Any = (), *, list_cost: int = 10) -> Iterator[Route]:
    """The five operations of a v2 object."""
    it, path, one = RESOURCES[name], f"/{name}", f"/{name}/{{id}}"
    yield _route(f"GET /v2{path}", list_cost, it.list, listed)
    yield _route(f"POST /v2{path}", 5, it.create, body=it.create_body)
    yield _route(f"GET /v2{one}", 1, it.get, got)
    yield _route(f"PATCH /v2{one}", 5, it.update, body=it.update_body)
    yield _route(f"DELETE /v2{one}", 3, it.delete)


def _fields(name: str, listed: Any, got: Any) -> Iterator[Route]:
    """The operations of a v2 list of fields, with those of the options."""
    it = FIELDS[name]
    path = f"/{it.listed}"
    one, options = f"{path}/{{field_code}}", f"{path}/{{field_code}}/options"
    yield _route(f"GET /v2{path}", 10, it.list, listed)
    yield _route(f"GET /v2{one}", 1, it.get, got)
    if not it.create_body.attributes:
        return
    yield _route(f"POST /v2{path}", 5, it.create, body=it.create_body)
    yield _route(f"PATCH /v2{one}", 5, it.update, body=it.update_body)
    yield _route(f"DELETE /v2{one}", 3, it.delete)
    yield _route(f"POST /v2{options}", 5, it.add_options, body=fields.ADD_OPTIONS)
    yield _route(f"PATCH /v2{options}", 5, it.update_options, body=fields.UPDATE_OPTIONS)
    yield _route(f"DELETE /v2{options}", 3, it.delete_options, body=fields.DELETE_OPTIONS)


def _deals() -> Iterator[Route]:
    it, lines = RESOURCES["deals"], RESOURCES["deal_products"]
    of_deal, line = "/deals/{id}/products", "/deals/{id}/products/{product_attachment_id}"
    yield from _v2("deals", deals.DEAL_LIST, deals.DEAL_GET)
    yield _route("GET /v2/deals/archived", 20, it.archived, deals.ARCHIVED_LIST)
    yield _route("GET /v2/deals/products", 10, lines.list_of_deals, deals.LINES_OF_DEALS)
    yield _route(f"GET /v2{of_deal}", 10, lines.list, deals.LINE_LIST)
    yield _route(f"POST /v2{of_deal}", 5, lines.create, body=lines.create_body)
    yield _route(f"DELETE /v2{of_deal}", 15, lines.delete_many, (IDS,))
    yield _route(f"POST /v2{of_deal}/bulk", 25, lines.create_many, body=lines.bulk_body)
    yield _route(f"PATCH /v2{line}", 5, lines.update, body=lines.update_body)
    yield _route(f"DELETE /v2{line}", 3, lines.delete)


def _searches() -> Iterator[Route]:
    for path, handler, params in (
        ("/itemSearch", searches.search_all, search_tables.ALL),
        ("/itemSearch/field", searches.search_field, search_tables.ONE_FIELD),
        ("/deals/search", searches.search_deals, search_tables.DEALS),
        ("/persons/search", searches.search_persons, search_tables.PERSONS),
        ("/organizations/search", searches.search_organizations, search_tables.ORGANIZATIONS),
        ("/products/search", searches.search_products, search_tables.PRODUCTS),
    ):
        yield _route(f"GET /v2{path}", 20, handler, params, search=True)


def _v1(
    path: str, name: str, listed: Any, got: Any = (), *, readable: bool = True
) -> Iterator[Route]:
    """The operations of a v1 object."""
    it, one = RESOURCES[name], f"{path}/{{id}}"
    yield _route(f"GET /v1{path}", 20, it.list, listed)
    yield _route(f"POST /v1{path}", 10, it.create, body=it.create_body)
    yield _route(f"PUT /v1{one}", 10, it.update, body=it.update_body)
    yield _route(f"DELETE /v1{one}", 6, it.delete)
    if readable:
        yield _route(f"GET /v1{one}", 2, it.get, got)


def _files() -> Iterator[Route]:
    it = RESOURCES["files"]
    yield from _v1("/files", "files", v1.FILE_LIST)
    yield _route("GET /v1/files/{id}/download", 20, it.download)
    yield _route("POST /v1/files/remote", 10, it.remote, body=it.remote_body)
    yield _route("POST /v1/files/remoteLink", 10, it.remote, body=it.link_body)
    yield _route("GET /v1/deals/{id}/files", 20, it.of_deal, v1.FILE_LIST)
    yield _route("GET /v1/persons/{id}/files", 20, it.of_person, v1.FILE_LIST)
    yield _route("GET /v1/organizations/{id}/files", 20, it.of_organization, v1.FILE_LIST)


def _leads() -> Iterator[Route]:
    it = RESOURCES["leads"]
    yield _route("GET /v1/leads", 20, it.list, leads.LEAD_LIST)
    yield _route("GET /v1/leads/archived", 40, it.archived, leads.ARCHIVED_LIST)
    yield _route("POST /v1/leads", 10, it.create, body=it.create_body)


def _people() -> Iterator[Route]:
    yield _route("GET /v1/users", 20, people.list_users)
    yield _route("GET /v1/users/find", 40, people.find_users, v1.USERS_FIND)
    yield _route("GET /v1/users/me", 2, people.get_me)
    yield _route("GET /v1/users/{id}", 2, people.get_user)
    yield _route("GET /v1/roles", 20, people.list_roles, v1.ROLE_LIST)
    yield _route("GET /v1/roles/{id}", 2, people.get_role)
    yield _route("GET /v1/currencies", 20, people.list_currencies, v1.CURRENCY_LIST)
    yield _route("GET /v1/noteFields", 20, people.list_note_fields)


ROUTES: tuple[Route, ...] = (
    *_v2("organizations", contacts.ORGANIZATION_LIST, contacts.ORGANIZATION_GET),
    *_v2("persons", contacts.PERSON_LIST, contacts.PERSON_GET),
    *_deals(),
    *_v2("products", sales.PRODUCT_LIST),
    *_v2("activities", sales.ACTIVITY_LIST, sales.ACTIVITY_GET),
    *_v2("pipelines", sales.PIPELINE_LIST, list_cost=5),
    *_v2("stages", sales.STAGE_LIST, list_cost=5),
    *_fields("deals", fields.FIELD_LIST, fields.FIELD_GET),
    *_fields("persons", fields.FIELD_LIST, fields.FIELD_GET),
    *_fields("organizations", fields.FIELD_LIST, fields.FIELD_GET),
    *_fields("products", fields.PLAIN_FIELD_LIST, fields.PLAIN_FIELD_GET),
    *_fields("activities", fields.PLAIN_FIELD_LIST, fields.PLAIN_FIELD_GET),
    *_searches(),
    *_v1("/notes", "notes", v1.NOTE_LIST),
    *_files(),
    *_leads(),
    *_v1(
        "/organizationRelationships",
        "relationships",
        v1.RELATIONSHIP_LIST,
        v1.RELATIONSHIP_GET,
    ),
    *_v1("/activityTypes", "activity_types", (), readable=False),
    *_people(),
)

# Gone from v1's published file; "out of support" since 2026-08-01:
# https://developers.pipedrive.com/changelog/post/deprecated-apiv1-endpoints-become-out-of-support
RETIRED = (
    "/deals",
    "/deals/{id}",
    "/deals/search",
    "/deals/{id}/products",
    "/deals/{id}/products/{product_attachment_id}",
    "/persons",
    "/persons/{id}",
    "/persons/search",
    "/organizations",
    "/organizations/{id}",
    "/organizations/search",
    "/activities",
    "/activities/{id}",
    "/products",
    "/products/{id}",
    "/products/search",
    "/pipelines",
    "/pipelines/{id}",
    "/stages",
    "/stages/{id}",
    "/itemSearch",
    "/itemSearch/field",
)
