"""Keep requests to addresses that people enter away from the inside of our own network.

Place in the path: a source's address (a feed, a forum, an instance) -> here -> the first request. What posts link to is never asked at all.
"""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from amends.core.errors import SourceUnfit, Unreachable


def check_outward(url: str) -> None:
    """Raise `SourceUnfit` where `url` is no web address, or one on this machine or inside this network."""
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError:
        host, port, split = None, None, urlsplit("")
    if split.scheme not in {"http", "https"} or not host or split.username:
        raise SourceUnfit(f"{url[:200]!r} is no web address")
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no host {host}.") from error
    inside = [address[0] for *_, address in found if not ip_address(str(address[0]).partition("%")[0]).is_global]
    if inside:
        raise SourceUnfit(f"{host} is an address inside this network ({inside[0]}); only public addresses are asked")
