"""How a source's network counts a reply: asked of its collector, without credentials and without a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from amends import collectors
from amends.collectors import build, load, networks
from amends.core.abilities import Abilities, Option
from amends.core.errors import Refused
from amends.core.ports import Account, Collector
from amends.core.watching import WatchKind
from amends.inbox.rules.parts_of_reply import parts_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A text's length as the network counts it, and the most it takes; None where there is only a file of its posts, and no reply."""

    length: int
    most: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured(Counted):
    """A text's length, and the posts it could go out as where it is too long for one and the network has threads; else none."""

    posts: tuple[str, ...] = ()


Able = Callable[[str], Abilities]


def abilities(network: str) -> Abilities:
    """Return what `network` can do; nothing where there is only a file of its posts."""
    if network in networks():
        return collectors.abilities(network)
    return Abilities(title=network.capitalize(), mark=network[:1], replies=False, refreshes=False, threads=False, polls=False)


@lru_cache(maxsize=64)
def _collector(network: str, options: tuple[tuple[str, str], ...]) -> Collector:
    return build(network, Account(handle="", options=dict(options)))


def counted(network: str, options: Mapping[str, str], text: str) -> Counted:
    """Return how long `text` is on `network`, for a source with these options."""
    if network not in networks():
        return Counted(length=len(text), most=None)
    collector = _collector(network, tuple(sorted(options.items())))
    return Counted(length=collector.reply_length(text), most=collector.max_reply_length)


def check_length(network: str, options: Mapping[str, str], text: str) -> None:
    """Raise `Refused` where the network would not take so long a reply."""
    found = counted(network, options, text)
    if found.most is not None and found.length > found.most:
        raise Refused(f"The reply counts {found.length} of at most {found.most}: shorten it by {found.length - found.most}.")


def posts_of(network: str, options: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Return the posts that `text` goes out as in a row; one where it fits. `Refused` where they would be too many."""
    most = counted(network, options, "").most
    return parts_of(text, most=most, length=lambda piece: counted(network, options, piece).length) if most else (text,)


def measured(network: str, options: Mapping[str, str], text: str, *, able: Abilities) -> Measured:
    """Return how long `text` is, and how it would go out as several posts where it must."""
    found = counted(network, options, text)
    if found.most is None or found.length <= found.most or not able.threads:
        return Measured(length=found.length, most=found.most)
    try:
        posts = posts_of(network, options, text)
    except Refused:
        posts = ()
    return Measured(length=found.length, most=found.most, posts=posts)


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkForm:
    """What a new source on a network is asked for."""

    network: str
    credentials: tuple[str, ...]
    options: tuple[Option, ...]
    watches: tuple[WatchKind, ...]


def forms() -> list[NetworkForm]:
    """Return the form of every network that there is a file for."""
    modules = {name: load(name) for name in networks()}
    return [
        NetworkForm(network=name, credentials=module.CREDENTIALS, options=module.OPTIONS, watches=module.WATCHES)
        for name, module in modules.items()
    ]
