"""How often a stranger may knock at a door of ours that asks for no login. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address

REMEMBERED = timedelta(hours=1)


class OpenDoor(StrEnum):
    """Where strangers come in: `hook` counts calls that were refused, `form` every form that was sent."""

    HOOK = "hook"
    FORM = "form"


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """So many within `within`: from one caller, and from all of them together (None: as many as there are)."""

    within: timedelta
    one: int
    all: int | None = None


ALLOWED = {
    # Only the caller who fails is held off: else anybody could keep the network's own calls away.
    OpenDoor.HOOK: Allowed(within=timedelta(minutes=1), one=20),
    OpenDoor.FORM: Allowed(within=timedelta(minutes=10), one=10, all=300),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Knocks:
    """How often was knocked within the time that counts, by this caller and by all."""

    one: int
    all: int


def too_often(door: OpenDoor, knocks: Knocks) -> bool:
    """Tell whether the next one has to wait."""
    allowed = ALLOWED[door]
    return knocks.one >= allowed.one or (allowed.all is not None and knocks.all >= allowed.all)


def neighbourhood(address: str) -> str:
    """Return what one caller can be told by: of an IPv6 address the part that a provider gives to one customer, who has all the rest."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))
