"""All services as one local server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.control import create_control
from tests.sandbox.faults import Armed, Fault, Faults
from tests.sandbox.frame import Frame
from tests.sandbox.kickserv import Dataset, Switches
from tests.sandbox.kickserv import create_app as create_kickserv
from tests.sandbox.pipedrive import Account
from tests.sandbox.pipedrive import create_app as create_pipedrive
from tests.sandbox.request_log import RequestLog
from tests.sandbox.salesforce import Org
from tests.sandbox.salesforce import create_app as create_salesforce
from tests.sandbox.server import Server, listen

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class Sandbox:
    """Kickserv, Pipedrive and Salesforce on this machine.

    Use it as a context manager for a server in a thread of this process, or call :meth:`serve` to
    give it the foreground. Its state is there to be read and changed from the start.

    Args:
        host: the address to listen on.
        port: the port, or 0 for a free one.
        seed: of both services; the same seed and sizes always make the same data.
        customers: how many customers Kickserv has; jobs are three times as many.
        oddities: plant odd values in Kickserv's records.
        heavy: plant those of many megabytes as well.
        slug: Kickserv's name of the account.
        burst: Pipedrive's requests per two seconds; None for no limit.
        budget: Pipedrive's tokens per day; None for what its plan gives.

    Attributes:
        url: where the server is, e.g. ``http://127.0.0.1:8710``.
        source: the Kickserv account's data, to be edited by :class:`Dataset`'s methods.
        switches: the state of the Kickserv service.
        crm: the Pipedrive account.
        org: the Salesforce org.
        requests: what was asked of the services so far.
        faults: what goes wrong.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 7,
        customers: int = 300,
        oddities: bool = True,
        heavy: bool = False,
        slug: str = "acme",
        burst: int | None = None,
        budget: int | None = None,
    ) -> None:
        listener = listen(host, port)
        self.url = f"http://{host}:{listener.getsockname()[1]}"
        self.slug = slug
        self.switches = Switches()
        self.source = Dataset(
            seed,
            customers,
            oddities=oddities,
            heavy=heavy,
            base_url=f"{self.url}/kickserv/{slug}",
        )
        self.crm = Account(seed=seed, token="sandbox-token", burst=burst, daily_budget=budget)
        self.org = Org(seed=seed)
        self.requests = RequestLog()
        self.faults = Faults()
        services = {
            "kickserv": create_kickserv(self.source, self.switches, slug),
            "pipedrive": create_pipedrive(self.crm),
            "salesforce": create_salesforce(self.org),
        }
        frame = Frame(services, create_control(self), self.requests, self.faults)
        self._server = Server(frame, listener)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    @property
    def kickserv(self) -> dict[str, Any]:
        """The settings of tap-kickserv that lead here."""
        return {
            "api_url": f"{self.url}/kickserv",
            "account_slug": self.slug,
            "api_token": self.switches.token,
        }

    @property
    def pipedrive(self) -> dict[str, Any]:
        """The settings of target-pipedrive that lead here."""
        return {"api_url": f"{self.url}/pipedrive", "api_token": self.crm.token}

    @property
    def salesforce(self) -> dict[str, Any]:
        """The settings of target-salesforce that lead here."""
        return {
            "login_url": self.url,
            "client_id": self.org.client_id,
            "client_secret": self.org.client_secret,
        }

    def serve(self) -> None:
        """Serve in the foreground until a signal."""
        self._server.serve_here()

    def fault(self, kind: str, service: str | None = None, **how: Any) -> Armed:
        """Let something go wrong from now on; the arguments are those of :class:`Fault`.

        Raises:
            ValueError: there is no such kind, or its arguments contradict each other.
        """
        return self.faults.arm(Fault(kind, service, **how))

    def release(self, armed: Armed) -> None:
        """Do the work that a ``late_commit`` holds back, and return when it is done."""
        self._server.call(self.faults.release(armed))

    def clear_faults(self) -> None:
        self.faults.clear()

    def reset(self) -> None:
        """Forget requests, faults, edits and switches: the state at the start."""
        self.faults.clear()
        self.requests.clear()
        self.switches.reset()
        self.source.reset()
        self.crm.reset()
        self.org.reset()
