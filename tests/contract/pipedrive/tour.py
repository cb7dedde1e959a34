"""A walk through every operation the sandbox serves, once each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.sandbox.pipedrive import Account
from tests.sandbox.pipedrive.call import Answer, Call
from tests.sandbox.pipedrive.resources.files import Upload
from tests.sandbox.pipedrive.routes import ROUTES


class Ref(str):
    """Stands for what an earlier step made: `org` for its id, `org.name` for another key."""

    __slots__ = ()


class Step(NamedTuple):
    """One request; `keep` names what it makes for later steps."""

    operation: str
    path: tuple[Any, ...] = ()
    query: Mapping[str, Any] = MappingProxyType({})
    body: Any = None
    keep: str = ""


SHOWN = {"include_fields": ["ui_visibility"]}
ALL_SHOWN = {"include_fields": ["ui_visibility", "important_fields", "required_fields"]}


def _records() -> tuple[Step, ...]:
    line = {"product_id": Ref("product"), "item_price": 1, "quantity": 1}
    ends = {"rel_owner_org_id": Ref("parent"), "rel_linked_org_id": Ref("org")}
    picture = Upload("a.jpg", b"x")
    return (
        Step("POST /v2/organizations", body={"name": "Acme"}, keep="org"),
        Step("POST /v2/organizations", body={"name": "Parent"}, keep="parent"),
        Step("POST /v2/persons", body={"name": "Mary", "org_id": Ref("org")}, keep="person"),
        Step("POST /v2/deals", body={"title": "Boiler"}, keep="deal"),
        Step("POST /v2/products", body={"name": "Hour"}, keep="product"),
        Step("POST /v2/deals/{id}/products", (Ref("deal"),), body=line, keep="line"),
        Step("POST /v2/deals/{id}/products", (Ref("deal"),), body=line, keep="spare"),
        Step("POST /v2/deals/{id}/products/bulk", (Ref("deal"),), body={"data": [line]}),
        Step("POST /v2/activities", body={"subject": "Visit"}, keep="activity"),
        Step("POST /v2/pipelines", body={"name": "Repairs"}, keep="pipeline"),
        Step("POST /v2/stages", body={"name": "New", "pipeline_id": Ref("pipeline")}, keep="stage"),
        Step("POST /v1/notes", body={"content": "Hi", "deal_id": Ref("deal")}, keep="note"),
        Step("POST /v1/files", body={"file": picture, "deal_id": Ref("deal")}, keep="file"),
        Step("POST /v1/leads", body={"title": "Hm", "person_id": Ref("person")}),
        Step("POST /v1/activityTypes", body={"name": "Site", "icon_key": "truck"}, keep="type"),
        Step(
            "POST /v1/organizationRelationships", body={"type": "parent", **ends}, keep="relation"
        ),
    )


def _lists() -> tuple[Step, ...]:
    of_org = {"org_id": Ref("org")}
    return (
        Step("GET /v2/deals/products", query={"deal_ids": [Ref("deal")]}),
        Step("GET /v2/deals/{id}/products", (Ref("deal"),)),
        Step("GET /v1/deals/{id}/files", (Ref("deal"),)),
        Step("GET /v1/persons/{id}/files", (Ref("person"),)),
        Step("GET /v1/organizations/{id}/files", (Ref("org"),)),
        Step("GET /v1/organizationRelationships", query=of_org),
        Step("GET /v1/organizationRelationships/{id}", (Ref("relation"),), query=of_org),
        Step("PUT /v1/organizationRelationships/{id}", (Ref("relation"),), body={}),
        Step("GET /v1/leads"),
        Step("GET /v1/leads/archived"),
        Step("GET /v1/activityTypes"),
        Step("PUT /v1/activityTypes/{id}", (Ref("type"),), body={}),
        Step("GET /v1/users"),
        Step("GET /v1/users/me", keep="me"),
        Step("GET /v1/users/find", query={"term": "a"}),
        Step("GET /v1/users/{id}", (Ref("me"),)),
        Step("GET /v1/roles", keep="role"),
        Step("GET /v1/roles/{id}", (Ref("role"),)),
        Step("GET /v1/currencies"),
        Step("GET /v1/noteFields"),
        Step("GET /v2/activityFields", query=SHOWN),
        Step("GET /v2/activityFields/{field_code}", ("subject",), query=SHOWN),
        Step("GET /v2/deals/search", query={"term": "boiler"}),
        Step("GET /v2/persons/search", query={"term": "mary"}),
        Step("GET /v2/organizations/search", query={"term": "acme"}),
        Step("GET /v2/products/search", query={"term": "hour"}),
        Step("GET /v2/itemSearch", query={"term": "boiler"}),
        Step(
            "GET /v2/itemSearch/field",
            query={"entity_type": "deal", "field": "title", "term": "Boiler"},
        ),
    )


def _visits() -> tuple[Step, ...]:
    """Read, change and list what `_records` made."""
    steps = []
    for path, kept in (
        ("/v2/organizations", "org"),
        ("/v2/persons", "person"),
        ("/v2/deals", "deal"),
        ("/v2/products", "product"),
        ("/v2/activities", "activity"),
        ("/v2/pipelines", "pipeline"),
        ("/v2/stages", "stage"),
        ("/v1/notes", "note"),
        ("/v1/files", "file"),
    ):
        change = "PATCH" if "v2" in path else "PUT"
        query = {"include_fields": ["attendees"]} if kept == "activity" else {}
        steps += [
            Step(f"GET {path}", query=query),
            Step(f"GET {path}/{{id}}", (Ref(kept),), query=query),
            Step(f"{change} {path}/{{id}}", (Ref(kept),), query=query, body={}),
        ]
    return tuple(steps)


def _fields(entity: str) -> tuple[Step, ...]:
    path, code = f"/v2/{entity}Fields", Ref("field.field_code")
    one, options = f"{path}/{{field_code}}", f"{path}/{{field_code}}/options"
    body = {"field_name": "Color", "field_type": "enum", "options": [{"label": "Red"}]}
    changed = [{"id": Ref("option"), "label": "Blau"}]
    return (
        Step(f"POST {path}", body=body, keep="field"),
        Step(f"GET {path}", query=ALL_SHOWN),
        Step(f"GET {one}", (code,), query=ALL_SHOWN),
        Step(f"PATCH {one}", (code,), body={}),
        Step(f"POST {options}", (code,), body=[{"label": "Blue"}], keep="option"),
        Step(f"PATCH {options}", (code,), body=changed),
        Step(f"DELETE {options}", (code,), body=[{"id": Ref("option")}]),
        Step(f"DELETE {one}", (code,)),
    )


def _end() -> tuple[Step, ...]:
    line = "/v2/deals/{id}/products/{product_attachment_id}"
    return (
        Step(f"PATCH {line}", (Ref("deal"), Ref("line")), body={}),
        Step(f"DELETE {line}", (Ref("deal"), Ref("spare"))),
        Step("DELETE /v2/deals/{id}/products", (Ref("deal"),)),
        Step("PATCH /v2/deals/{id}", (Ref("deal"),), body={"is_archived": True}),
        Step("GET /v2/deals/archived"),
        *(
            Step(f"DELETE {path}/{{id}}", (Ref(kept),))
            for path, kept in (
                ("/v1/activityTypes", "type"),
                ("/v1/organizationRelationships", "relation"),
                ("/v1/files", "file"),
                ("/v1/notes", "note"),
                ("/v2/stages", "stage"),
                ("/v2/pipelines", "pipeline"),
                ("/v2/activities", "activity"),
                ("/v2/products", "product"),
                ("/v2/deals", "deal"),
                ("/v2/persons", "person"),
                ("/v2/organizations", "org"),
            )
        ),
    )


TOUR = (
    *_records(),
    *_lists(),
    *_visits(),
    *(step for name in ("deal", "person", "organization", "product") for step in _fields(name)),
    *_end(),
)

ROUTE_OF = {f"{route.method} /{route.version}{route.path}": route for route in ROUTES}


def walk() -> dict[str, Answer]:
    """The last answer of each operation."""
    account = Account()
    account.features = {"contact sync"}  # or persons lack the keys that come with it
    kept: dict[str, Any] = {}

    def resolved(value: Any) -> Any:
        if isinstance(value, Ref):
            name, _, key = value.partition(".")
            return kept[name][key or "id"]
        if isinstance(value, Mapping):
            return {key: resolved(part) for key, part in value.items()}
        return [resolved(part) for part in value] if isinstance(value, list) else value

    answers = {}
    for step in TOUR:
        account.requests += 1
        path = tuple(map(resolved, step.path))
        call = Call(account, path, resolved(step.query), resolved(step.body), account.me)
        answers[step.operation] = answer = ROUTE_OF[step.operation].handler(call)
        if step.keep:
            kept[step.keep] = answer.data[0] if isinstance(answer.data, list) else answer.data
    return answers
