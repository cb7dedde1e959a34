"""The sandbox's own addresses, for tests and people in other processes.

========================================== ==================================================
GET    /_sandbox                           where the services are, with their settings
POST   /_sandbox/reset                     back to the state at the start
GET    /_sandbox/requests[?service=]       what was asked so far; DELETE forgets it
GET    /_sandbox/faults                    what goes wrong; DELETE takes it all away
POST   /_sandbox/faults                    let something go wrong: the fields of a ``Fault``
POST   /_sandbox/faults/{number}/release   do the work that a ``late_commit`` holds back
GET    /_sandbox/switches                  the state of the Kickserv service; PATCH sets some
PATCH  /_sandbox/crm                       set attributes of the Pipedrive account
POST   /_sandbox/crm/{action}              revoke_token, exhaust_budget or next_day
GET    /_sandbox/crm                       the Pipedrive account's records
GET    /_sandbox/oddities                  which records hold which odd value
GET    /_sandbox/source/{stream}           the live records of a stream; POST adds one
GET    /_sandbox/source/{stream}/{id}      one record; PATCH edits it, DELETE removes it for
                                           good, with ``?soft=1`` softly
========================================== ==================================================

What is sent is JSON, and so is the answer; a refusal is 400 or 404 with ``{"error": …}``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.responses import Response
from starlette.routing import Route

from tests.sandbox.faults import Armed, Fault
from tests.sandbox.kickserv.fields import FIELDS

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.sandbox.sandbox import Sandbox

ACTIONS = ("revoke_token", "exhaust_budget", "next_day")


def create_control(sandbox: Sandbox) -> Starlette:
    """Return the application for everything below ``/_sandbox``."""
    refusals = {KeyError: _refused(404), ValueError: _refused(400), TypeError: _refused(400)}
    app = Starlette(routes=ROUTES, exception_handlers=refusals)
    app.state.sandbox = sandbox
    return app


class Endpoint(HTTPEndpoint):
    """An address with the sandbox at hand."""

    @property
    def sandbox(self) -> Sandbox:
        return self.scope["app"].state.sandbox


class Home(Endpoint):
    async def get(self, _request: Request) -> Response:
        sandbox = self.sandbox
        return _json(
            {"url": sandbox.url, "kickserv": sandbox.kickserv, "pipedrive": sandbox.pipedrive}
        )


class Reset(Endpoint):
    async def post(self, _request: Request) -> Response:
        self.sandbox.reset()
        return _json({})


class Requests(Endpoint):
    async def get(self, request: Request) -> Response:
        log = self.sandbox.requests
        service = request.query_params.get("service")
        return _json([asdict(entry) for entry in (log.of(service) if service else log)])

    async def delete(self, _request: Request) -> Response:
        self.sandbox.requests.clear()
        return _json({})


class FaultList(Endpoint):
    async def get(self, _request: Request) -> Response:
        return _json([_armed(armed) for armed in self.sandbox.faults])

    async def post(self, request: Request) -> Response:
        return _json(_armed(self.sandbox.faults.arm(Fault(**await _sent(request)))), 201)

    async def delete(self, _request: Request) -> Response:
        self.sandbox.clear_faults()
        return _json({})


class Release(Endpoint):
    async def post(self, request: Request) -> Response:
        armed = self.sandbox.faults.find(request.path_params["number"])
        await self.sandbox.faults.release(armed)
        return _json(_armed(armed))


class SwitchList(Endpoint):
    async def get(self, _request: Request) -> Response:
        return _json(asdict(self.sandbox.switches))

    async def patch(self, request: Request) -> Response:
        self.sandbox.switches.set(**await _sent(request))
        return _json(asdict(self.sandbox.switches))


class Crm(Endpoint):
    async def get(self, _request: Request) -> Response:
        return _json(self.sandbox.crm.snapshot())

    async def patch(self, request: Request) -> Response:
        changes = await _sent(request)
        for name in changes:
            if name.startswith("_") or not hasattr(self.sandbox.crm, name):
                raise ValueError(f"the Pipedrive account has no attribute {name}")
        for name, value in changes.items():
            setattr(self.sandbox.crm, name, value)
        return _json(changes)


class Action(Endpoint):
    async def post(self, request: Request) -> Response:
        action = request.path_params["action"]
        if action not in ACTIONS:
            raise KeyError(f"{action}: there are {', '.join(ACTIONS)}")
        getattr(self.sandbox.crm, action)()
        return _json({})


class Oddities(Endpoint):
    async def get(self, _request: Request) -> Response:
        return _json(
            [
                {
                    "kind": planted.oddity.kind,
                    "stream": planted.oddity.stream,
                    "field": planted.oddity.field,
                    "ids": planted.ids,
                    "outcome": planted.oddity.outcome.value,
                    "rule": planted.oddity.rule,
                }
                for planted in self.sandbox.source.planted
            ]
        )


class Stream(Endpoint):
    async def get(self, request: Request) -> Response:
        return _json(list(self.sandbox.source.records(_stream(request))))

    async def post(self, request: Request) -> Response:
        return _json(self.sandbox.source.add(_stream(request), **await _sent(request)), 201)


class Record(Endpoint):
    async def get(self, request: Request) -> Response:
        stream, number = _stream(request), request.path_params["number"]
        found = self.sandbox.source.get(stream, number)
        if found is None:
            raise KeyError(f"{stream} {number}: no such record")
        return _json(found)

    async def patch(self, request: Request) -> Response:
        stream, number = _stream(request), request.path_params["number"]
        return _json(self.sandbox.source.edit(stream, number, **await _sent(request)))

    async def delete(self, request: Request) -> Response:
        stream, number = _stream(request), request.path_params["number"]
        if request.query_params.get("soft"):
            self.sandbox.source.delete(stream, number)
        else:
            self.sandbox.source.remove(stream, number)
        return _json({})


ROUTES = (
    Route("/", Home),
    Route("/reset", Reset),
    Route("/requests", Requests),
    Route("/faults", FaultList),
    Route("/faults/{number:int}/release", Release),
    Route("/switches", SwitchList),
    Route("/crm", Crm),
    Route("/crm/{action}", Action),
    Route("/oddities", Oddities),
    Route("/source/{stream}", Stream),
    Route("/source/{stream}/{number:int}", Record),
)


def _armed(armed: Armed) -> dict[str, Any]:
    return {
        "number": armed.number,
        "hits": armed.hits,
        "held": len(armed.held),
        **asdict(armed.fault),
    }


def _stream(request: Request) -> str:
    stream = request.path_params["stream"]
    if stream not in FIELDS:
        raise KeyError(f"{stream}: there are {', '.join(sorted(FIELDS))}")
    return stream


async def _sent(request: Request) -> dict[str, Any]:
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"the body is no JSON object: {error}") from error


def _json(value: Any, status: int = 200) -> Response:
    encoded = msgspec.json.encode(value, enc_hook=str)
    return Response(encoded, status, media_type="application/json")


def _refused(status: int) -> Any:
    async def refuse(_request: Request, error: Exception) -> Response:
        return _json({"error": str(error.args[0]) if error.args else str(error)}, status)

    return refuse
