"""Keep requests to addresses that people enter away from the inside of our own network.

Place in the path: a source's address (a feed, a forum, an instance) -> here -> the first request. What posts link to is never asked at all.
A name may lead elsewhere by the time that it is asked (DNS rebinding), so `OutwardAdapter` looks again at whom a connection has reached.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from amends.core.errors import SourceUnfit, Unreachable
from amends.core.translating import N_

NO_ADDRESS = N_("“%(url)s” is no web address.")
NO_HOST = N_("There is no host %(host)s.")
NOT_REACHED = N_("No connection to %(host)s: look whether this machine has internet, and whether the address is right.")
INSIDE = N_("%(host)s is an address inside this network (%(address)s); only public addresses are asked.")
TEXTS = (NO_ADDRESS, NO_HOST, NOT_REACHED, INSIDE)
"""What is wrong with an address; kept in English where pagers are told it too, and screens recognise it."""
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


def check_outward(url: str, schemes: frozenset[str] = frozenset({"http", "https"})) -> None:
    """Raise `SourceUnfit` where `url` is no web address, or one on this machine or inside this network."""
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError:
        host, port, split = None, None, urlsplit("")
    if split.scheme not in schemes or not host or split.username:
        raise SourceUnfit(NO_ADDRESS, url=url[:200])
    check_host(host, port or 443)


def check_host(host: str, port: int) -> None:
    """Raise `SourceUnfit` where a name leads inside this network, `Unreachable` where it leads nowhere."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        nobody_to_ask = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        raise Unreachable(NOT_REACHED if nobody_to_ask else NO_HOST, host=host) from error
    for *_, address in found:
        check_reached(host, str(address[0]))


def check_reached(host: str, address: str) -> None:
    """Raise `SourceUnfit` where `host` is found at an `address` inside this network."""
    if is_inside(address):
        raise SourceUnfit(INSIDE, host=host, address=address)


def is_inside(address: str) -> bool:
    """Tell whether an address is none of the public net's, also where an IPv4 address hides in an IPv6 one."""
    found = ip_address(address.partition("%")[0])
    hidden = _hidden_in(found) if isinstance(found, IPv6Address) else None
    return any(not one.is_global or one.is_multicast for one in (found, hidden) if one is not None)


def _hidden_in(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a tunnel or a translator would lead to."""
    if any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or (address.teredo[1] if address.teredo else None)


class _Http(HTTPConnection):
    @override
    def _new_conn(self) -> socket.socket:
        check_host(self.host, self.port)
        return outward_only(super()._new_conn(), self.host)


class _Https(HTTPSConnection):
    @override
    def _new_conn(self) -> socket.socket:
        check_host(self.host, self.port)
        return outward_only(super()._new_conn(), self.host)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http  # pyright: ignore[reportAssignmentType] - as urllib3 does it itself


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https  # pyright: ignore[reportAssignmentType]


OUTWARD_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _HttpPool, "https": _HttpsPool}
"""For urllib3: what to connect with, so that nothing is said to a server inside our network, whatever its name."""


class OutwardAdapter(HTTPAdapter):
    """Says nothing to a server inside our network, whatever its name; a proxy of our own may well be there."""

    @override
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools whose connections look whom they have reached."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = OUTWARD_POOLS


def outward_only(connection: socket.socket, host: str) -> socket.socket:
    """Return the connection; one that has reached the inside of our network is closed, and `SourceUnfit` raised."""
    try:
        check_reached(host, str(connection.getpeername()[0]))
    except SourceUnfit:
        connection.close()
        raise
    return connection
