"""One deploy of the Metadata API over REST: sent, waited for, and read.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.destination import DestinationError, UnavailableError
from target_salesforce.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.client import Client

PATH = "metadata/deployRequest"
SUCCEEDED = "Succeeded"
LONGEST_PAUSE = 30.0
PATIENCE = 7_200.0
"""Seconds. A deploy waits for others of the org before it."""

OPTIONS: Mapping[str, Any] = {
    "allowMissingFiles": False,
    "autoUpdatePackage": False,
    # It is all or nothing anyway, so that a rehearsal would cost a deploy and tell nothing more.
    "checkOnly": False,
    "ignoreWarnings": True,
    "performRetrieve": False,
    # What is removed stays among the deleted fields for some days, from where people restore it.
    "purgeOnDelete": False,
    "rollbackOnError": True,
    "singlePackage": True,
}


@dataclass(frozen=True)
class Outcome:
    """How a deploy has ended.

    Attributes:
        ok: all of it was done; else nothing was.
        words: why not, where no component is at fault.
        faults: problems by the full name of a component; the empty name where none is told.
    """

    ok: bool
    words: str
    faults: Mapping[str, str]


def sent(client: Client, archive: bytes) -> str:
    """Send a deploy; its id.

    Args:
        client: the org's API.
        archive: the zip.

    Raises:
        SilenceError: nobody can say whether it arrived.
        RefusedError: this user may deploy nothing.
        DestinationError: it certainly was not sent.
    """
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    body = b"".join(
        [
            f'{head}json"\r\nContent-Type: application/json\r\n\r\n'.encode(),
            encode({"deployOptions": OPTIONS}),
            f'\r\n{head}file"; filename="deploy.zip"\r\n'.encode(),
            b"Content-Type: application/zip\r\n\r\n",
            archive,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )
    kind = f"multipart/form-data; boundary={boundary}"
    reply = client.send("POST", PATH, data=body, headers={"Content-Type": kind})
    if not reply.ok:
        raise RefusedError(f"POST {PATH}", reply, reply.words)
    id_ = reply.body.get("id") if isinstance(reply.body, dict) else None
    if not id_:
        raise DestinationError(f"POST {PATH}: an answer that is not as documented: no id")
    return str(id_)


def settled(client: Client, id_: str) -> Outcome:
    """Wait until a deploy has ended.

    Raises:
        RefusedError: there is none, or none any more.
        UnavailableError: it does not end, or there is no answer.
    """
    began = client.clock.monotonic()
    pause = 0.0
    while True:
        if pause:
            client.clock.sleep(pause)
        body = client.read(f"{PATH}/{id_}", {"includeDetails": "true"})
        told = body.get("deployResult") if isinstance(body, dict) else None
        result: Mapping[str, Any] = told if isinstance(told, dict) else {}
        if result.get("done"):
            return _outcome(result)
        if client.clock.monotonic() - began > PATIENCE:
            raise UnavailableError(f"deploy {id_} is still {result.get('status')}")
        pause = min(pause * 2 or 1.0, LONGEST_PAUSE)


def _outcome(result: Mapping[str, Any]) -> Outcome:
    details = result.get("details") or {}
    faults: dict[str, str] = {}
    for row in _rows(details.get("componentFailures")):
        name = str(row.get("fullName") or "")
        said = str(row.get("problem") or "no reason is given")
        faults[name] = f"{faults[name]}; {said}" if name in faults else said
    status = str(result.get("status") or "")
    words = str(result.get("errorMessage") or "") or f"the deploy ended as {status}"
    return Outcome(status == SUCCEEDED, words, faults)


def _rows(told: Any) -> list[Mapping[str, Any]]:
    """Rows of a list, which is an object where there is only one."""
    rows = told if isinstance(told, list) else [told]
    return [row for row in rows if isinstance(row, dict)]
