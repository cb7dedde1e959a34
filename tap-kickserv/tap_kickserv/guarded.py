"""Downloads from hosts that a record names, kept away from the network behind the tap."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from tap_kickserv.session import ReadOnlySession

if TYPE_CHECKING:
    from socket import socket


class PrivateAddressError(ValueError):
    """A host's name led to an address that is not on the public internet.

    Args:
        address: The IP address.
    """

    def __init__(self, address: str) -> None:
        super().__init__(f"the address {address} is not public")


class _PublicHTTPConnection(HTTPConnection):
    # Checked on the open socket: between a look-up and a connection, a name can change its address.
    @override
    def connect(self) -> None:
        super().connect()
        _require_public(self.sock)


class _PublicHTTPSConnection(HTTPSConnection):
    @override
    def connect(self) -> None:
        super().connect()
        _require_public(self.sock)


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicHTTPPool,
            "https": _PublicHTTPSPool,
        }


class PublicSession(ReadOnlySession):
    """A session that connects to public addresses only, and never through a proxy.

    A proxy would make the connection in its own network, out of this check's sight.
    """

    def __init__(self, connections: int) -> None:
        super().__init__(connections)
        self.trust_env = False
        adapter = _PublicAdapter(pool_connections=connections, pool_maxsize=connections)
        self.mount("http://", adapter)
        self.mount("https://", adapter)


def _require_public(sock: socket | None) -> None:
    if sock is None:
        return
    peer = sock.getpeername()[0]
    address = ip_address(peer.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not address.is_global or address.is_multicast:
        sock.close()
        raise PrivateAddressError(str(address))
