"""Deploys by REST: sent as a zip, waited for, and told component by component.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.destination import DestinationError
from target_salesforce.errors import RefusedError
from target_salesforce.reply import WORDS_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.client import Client

REQUESTS = "metadata/deployRequest"
OPTIONS: Mapping[str, Any] = {
    "allowMissingFiles": False,
    "autoUpdatePackage": False,
    "checkOnly": False,
    "ignoreWarnings": True,
    "performRetrieve": False,
    "purgeOnDelete": False,
    "rollbackOnError": True,
    "singlePackage": True,
    "testLevel": "NoTestRun",
}
LONGEST_PAUSE = 60.0
"""Seconds between two looks at a deploy."""


@dataclass(frozen=True)
class Outcome:
    """How a deploy ended.

    Attributes:
        landed: all of it is there; else nothing of it.
        words: why not, as far as it is about the whole.
        faults: the API's words by the full name of a component.
    """

    landed: bool
    words: str
    faults: Mapping[str, str]


def begun(client: Client, archive: bytes) -> str:
    """Send a zip; the id of its deploy.

    Raises:
        SilenceError: nobody can say whether it was taken.
        RefusedError: it was not.
        DestinationError: likewise.
    """
    files = {
        "json": (None, encode({"deployOptions": OPTIONS}), "application/json"),
        "file": ("deploy.zip", archive, "application/zip"),
    }
    reply = client.send("POST", REQUESTS, files=files)
    if not reply.ok or not isinstance(reply.body, dict) or not reply.body.get("id"):
        raise RefusedError(f"POST {REQUESTS}", reply, reply.words)
    return str(reply.body["id"])


def waited_for(client: Client, id_: str) -> Outcome | None:
    """Wait until a deploy has ended, looking ever less often; ``None`` when there is none.

    Raises:
        DestinationError: it cannot be asked about.
    """
    pause = 1.0
    while True:
        try:
            told = client.read(f"{REQUESTS}/{id_}", {"includeDetails": "true"})
        except RefusedError as error:
            if error.reply.status == 404:
                return None
            raise
        result = told.get("deployResult") if isinstance(told, dict) else None
        if not isinstance(result, dict):
            raise DestinationError(f"GET {REQUESTS}: an answer that is not as documented")
        if result.get("done"):
            return _outcome(result)
        client.clock.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _outcome(result: Mapping[str, Any]) -> Outcome:
    details = result.get("details") or {}
    failures = details.get("componentFailures") or []
    if isinstance(failures, dict):
        failures = [failures]
    faults: dict[str, str] = {}
    for failure in failures:
        name, problem = str(failure.get("fullName") or ""), str(failure.get("problem") or "")
        faults[name] = "; ".join(filter(None, (faults.get(name), problem)))[:WORDS_LENGTH]
    words = str(result.get("errorMessage") or result.get("status") or "")[:WORDS_LENGTH]
    return Outcome(bool(result.get("success")), words, faults)
