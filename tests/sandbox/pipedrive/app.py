"""The API over HTTP: finds the endpoint, checks the caller and the budget, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route as Endpoint

from tests.sandbox.pipedrive.auth import authenticate, is_oauth
from tests.sandbox.pipedrive.call import Answer, Call
from tests.sandbox.pipedrive.query import accept_query
from tests.sandbox.pipedrive.refusal import RefusalError
from tests.sandbox.pipedrive.resources.files import MULTIPART, URLENCODED, Upload
from tests.sandbox.pipedrive.routes import RETIRED, ROUTES, Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.sandbox.pipedrive.account import Account

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_PREFIXES = ((("api", "v2"), "v2"), (("api", "v1"), "v1"), (("v1",), "v1"))
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class _Place(NamedTuple):
    """Where paths lead: further places by segment, and the operations that end here."""

    places: dict[str, _Place]
    routes: dict[str, Route | None]


def _tree() -> dict[str, _Place]:
    roots = {version: _Place({}, {}) for version in ("v1", "v2")}

    def place(version: str, path: str) -> _Place:
        here = roots[version]
        for segment in path.strip("/").split("/"):
            key = "{}" if segment.startswith("{") else segment
            here = here.places.setdefault(key, _Place({}, {}))
        return here

    for path in RETIRED:
        place("v1", path).routes.update(dict.fromkeys(_METHODS))
    for route in ROUTES:
        place(route.version, route.path).routes[route.method] = route
    return roots


_ROOTS = _tree()


def _find(
    account: Account, version: str, method: str, segments: list[str]
) -> tuple[Route, tuple[str, ...]]:
    """The route and the path's values.

    Raises:
        RefusalError: 404 for an unknown path, 405 for a method it lacks, 410 for one retired.
    """
    here, values = _ROOTS[version], []
    for segment in segments:
        if segment in here.places:
            here = here.places[segment]
        elif "{}" in here.places and segment:
            here = here.places["{}"]
            values.append(segment)
        else:
            raise RefusalError(404, "Unknown method .", code="ERR_NOT_FOUND")
    if not here.routes:
        raise RefusalError(404, "Unknown method .", code="ERR_NOT_FOUND")
    if method not in here.routes:
        raise RefusalError(
            405, "Method not allowed", code="ERR_METHOD_NOT_ALLOWED", headers=_allow(here)
        )
    route = here.routes[method]
    if route is None:
        raise RefusalError(account.retired_status, "This endpoint has been retired, use API v2")
    return route, tuple(values)


def _allow(place: _Place) -> dict[str, str]:
    return {"allow": ", ".join(sorted(place.routes))}


async def _body(request: Request, route: Route) -> Any:
    """Raises: RefusalError: 400 for a body that is not of the endpoint's content type."""
    if route.body is None:
        return None
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != route.body.media:
        raise RefusalError(
            400,
            f"Expected a body of type {route.body.media}, got {media or 'none'}",
            code="ERR_INVALID_INPUT",
        )
    if media in (MULTIPART, URLENCODED):
        async with request.form() as form:
            return {
                key: Upload(part.filename or "", await part.read())
                if isinstance(part, UploadFile)
                else part
                for key, part in form.items()
            }
    try:
        return _decode(await request.body())
    except msgspec.DecodeError as error:
        raise RefusalError(
            400, f"The body is no valid JSON: {error}", code="ERR_INVALID_INPUT"
        ) from error


def _success(answer: Answer, version: str, headers: dict[str, str]) -> Response:
    if answer.content is not None:
        return Response(answer.content, answer.status, headers, answer.media)
    envelope: dict[str, Any] = {"success": True, "data": answer.data}
    if answer.additional is not None or version == "v1":
        envelope["additional_data"] = answer.additional
    return Response(_encode(envelope), answer.status, headers, answer.media)


def _failure(refusal: RefusalError, version: str, headers: dict[str, str]) -> Response:
    headers = headers | refusal.headers
    if refusal.html:
        return Response(refusal.html, refusal.status, headers, "text/html; charset=UTF-8")
    return Response(_encode(refusal.body(version)), refusal.status, headers, "application/json")


class _Api:
    """One account's endpoint: every path below where it is mounted."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def __call__(self, request: Request) -> Response:
        segments = request.path_params["path"].split("/")
        if segments[:2] == ["oauth", "token"]:
            return await self._token(request)
        for prefix, version in _PREFIXES:
            if tuple(segments[: len(prefix)]) == prefix:
                return await self._answer(request, version, segments[len(prefix) :])
        return _failure(RefusalError(404, "Unknown method ."), "v1", {})

    async def _answer(self, request: Request, version: str, segments: list[str]) -> Response:
        account, headers = self._account, request.headers
        account.requests += 1
        oauth = is_oauth(headers)
        limits: dict[str, str] = {}
        try:
            authenticate(account, headers, request.query_params, version)
            route, path = _find(account, version, request.method, segments)
            try:
                account.budget.charge(route.method, route.cost, search=route.search, oauth=oauth)
            finally:
                limits = account.budget.headers(oauth=oauth)
            pairs = request.query_params.multi_items()
            query = accept_query(route.params, pairs, strict=version == "v2")
            body = await _body(request, route)
            call = Call(account, path, query, body, account.me, _base_url(request))
            return _success(route.handler(call), version, limits)
        except RefusalError as refusal:
            return _failure(refusal, version, limits)

    async def _token(self, request: Request) -> Response:
        async with request.form() as form:
            try:
                granted = self._account.oauth.exchange(
                    request.headers.get("authorization", ""), dict(form), _base_url(request)
                )
            except RefusalError as refusal:
                return _failure(refusal, "v1", {})
        return Response(_encode(granted), media_type="application/json")


def _base_url(request: Request) -> str:
    # Not `request.base_url`: that forgets where a mounted application is.
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def create_app(account: Account) -> Starlette:
    """The application that serves `account`, wherever it is mounted."""
    return Starlette(routes=[Endpoint("/{path:path}", _Api(account).__call__, methods=_METHODS)])
