"""uvicorn, in a thread or in the foreground, that ends at once when it is told to."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, TypeVar

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.sandbox.frame import Frame

T = TypeVar("T")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Clients may connect at once and are answered as soon as the server runs.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


class Server(uvicorn.Server):
    """Serves a frame on one socket."""

    def __init__(self, frame: Frame, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                frame, http="httptools", lifespan="off", log_level="warning", access_log=False
            )
        )
        self._frame = frame
        self._listener = listener
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self.serve_here, name="sandbox", daemon=True)

    def serve_here(self) -> None:
        """Serve until a signal or :meth:`stop`."""
        self.run(sockets=[self._listener])

    def start(self) -> None:
        """Serve in a thread; return when requests are answered."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End the thread, and whatever still hangs in a fault."""
        self.should_exit = True
        self._thread.join()

    def call(self, work: Coroutine[object, object, T]) -> T:
        """Run a coroutine in the server's thread and return its result."""
        if self._loop is None:
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._frame.stopping.set()
        await super().shutdown(sockets)
