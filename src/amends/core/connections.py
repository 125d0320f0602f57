"""Connections that are kept for a moment, for what is told to the same few receivers over and over.

Place in the path: an alert -> here -> the receiver. To connect anew takes longer than to tell, to read the certificates longer than both.
"""

import ssl
from dataclasses import dataclass
from functools import cache, lru_cache
from time import monotonic
from typing import Any

import httpx
import urllib3
from requests.utils import get_environ_proxies, select_proxy

from amends.core.outward import OUTWARD_POOLS

IDLE = 1.0
"""Seconds for which a connection is kept that nobody uses: many receivers, and walls between, drop one that was idle for longer."""
SIDE_BY_SIDE = 20
RECEIVERS = 256


@dataclass(slots=True)
class _Line:
    manager: urllib3.PoolManager
    used: float


def line_to(scheme: str, place: str, *, outward: bool, idle: float = IDLE) -> urllib3.PoolManager:
    """Return what asks `scheme://place`; it follows nothing, tries nothing twice and remembers no cookie.

    Where `outward`, its connections are its own, and each that has reached the inside of our network is closed before anything is said.
    """
    line = _line(f"{scheme}://{place}", outward)
    now = monotonic()
    if now - line.used > idle:
        line.manager.clear()
    line.used = now
    return line.manager


@lru_cache(maxsize=RECEIVERS)
def _line(origin: str, outward: bool) -> _Line:
    proxy = select_proxy(origin, get_environ_proxies(origin))
    options: dict[str, Any] = {"maxsize": SIDE_BY_SIDE, "retries": False, "ssl_context": _certificates()}
    if proxy:  # of our own, so it may well be inside
        return _Line(urllib3.ProxyManager(proxy, **options), used=monotonic())
    manager = urllib3.PoolManager(**options)
    if outward:
        manager.pool_classes_by_scheme = OUTWARD_POOLS
    return _Line(manager, used=monotonic())


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
