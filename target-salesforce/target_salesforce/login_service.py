"""Where one logs in: an address, asked again while there is no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crm_transforms.destination import DestinationError, UnavailableError
from target_salesforce.reply import LOST, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_salesforce.clock import Clock
    from target_salesforce.wire import Wire

ATTEMPTS = 4
VENDOR = (".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn")
"""Ends of host names to which a token may be sent because an answer of Salesforce says so."""


@dataclass(frozen=True)
class LoginService:
    """The host that logs in.

    Attributes:
        url: its address, without a slash at its end.
        instance_url: the org's own address, where a setting tells it; else answers do.
    """

    url: str
    instance_url: str
    wire: Wire
    clock: Clock

    def post(self, path: str, make: Callable[[], dict[str, Any]]) -> Reply:
        """Send what ``make`` makes; logging in twice does no harm.

        Raises:
            UnavailableError: no answer in spite of retries.
            DestinationError: this address does not log in.
        """
        url = f"{self.url}{path}"
        self.wire.adapter.speak_plainly(url)
        for failures in range(1, ATTEMPTS + 1):
            try:
                timeout = self.wire.timeouts.read
                reply = Reply.of(self.wire.exchange("POST", url, "", timeout=timeout, **make()))
            except LOST as error:
                reply = Reply.lost_by(error)
            # A fault of SOAP is an answer, and comes with a 500.
            if reply.status in {200, 400, 401, 403} or b"Fault>" in reply.content:
                return reply
            if 300 <= reply.status < 400:
                place = reply.headers.get("location")
                raise DestinationError(
                    f"setting login_url: {self.url} does not log in (redirected to {place})"
                )
            if 400 <= reply.status < 500 and reply.status not in {408, 429}:
                break
            if failures < ATTEMPTS:
                self.clock.back_off(failures, reply.retry_after)
        raise UnavailableError(f"cannot log in at {url}: {reply.code}: {reply.words}")

    def instance(self, told: str) -> str:
        """The org's address, given what an answer says.

        Nobody but Salesforce may have its tokens sent elsewhere.
        """
        if self.instance_url:
            return self.instance_url
        parts = urlsplit(told)
        at_vendor = (urlsplit(self.url).hostname or "").endswith(VENDOR)
        if at_vendor and parts.scheme == "https" and (parts.hostname or "").endswith(VENDOR):
            return f"https://{parts.netloc}"
        return self.url
