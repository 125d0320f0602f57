"""Whether two handles may be the same person. Networks restrict such links, so a look-alike is only ever a question for an agent."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from amends.inbox.rules.ids import CustomerId

# Shorter handles are shared by chance.
SHORTEST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Handle:
    """A handle on a network, as matching needs it."""

    network: str
    external_id: str
    handle: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A handle that already belongs to a customer."""

    handle: Handle
    customer_id: CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Same:
    """It is this customer: the very same account."""

    customer_id: CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Maybe:
    """It may be one of these customers; an agent is asked."""

    customer_ids: tuple[CustomerId, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """Nobody like this is known."""


Match = Same | Maybe | New


def normal(handle: str) -> str:
    """Return the handle as people say it: no `@` or `u/`, no dots, dashes or underscores, no case, compatibility forms folded."""
    plain = unicodedata.normalize("NFKC", handle).casefold().removeprefix("u/").removeprefix("/u/").lstrip("@")
    return "".join(char for char in plain if char.isalnum())


def match(author: Handle, candidates: Sequence[Candidate]) -> Match:
    """Return what is known of `author`: only the same account is the same customer, the same name elsewhere is a maybe."""
    same = [known.customer_id for known in candidates if _is_same_account(author, known.handle)]
    if same:
        return Same(customer_id=same[0])
    alike = dict.fromkeys(known.customer_id for known in candidates if looks_alike(author, known.handle))
    return Maybe(customer_ids=tuple(alike)) if alike else New()


def looks_alike(one: Handle, other: Handle) -> bool:
    """Return whether two accounts on different networks carry the same name."""
    name = normal(one.handle)
    return one.network != other.network and len(name) >= SHORTEST and name == normal(other.handle)


def _is_same_account(one: Handle, other: Handle) -> bool:
    return one.network == other.network and one.external_id == other.external_id
