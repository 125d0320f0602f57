"""How likely two records are one person: a model of Fellegi and Sunter, whose weights were counted on invented people. Pure.

Place in the path: backlog -> keys -> pairs -> here -> suggestion. What two records have in common is put into levels, field by field;
each level has a weight, the logarithm of how much more often it is met among pairs of one person than among pairs of two. Their sum,
bent to what was measured, is the chance. `./amends bench customers` measures it anew; docs/identity.md has the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import exp

from amends.inbox.rules import name_keys
from amends.inbox.rules.identity import SHORTEST, normal, stem
from amends.inbox.rules.matching_weights import BEND, SHIFT, WEIGHTS

SUGGESTED_FROM = 0.5
ALIKE = 0.72
MANY = 3
"""More accounts than this under one spelling make it a common one, which says less."""


class Field(StrEnum):
    """What is compared."""

    HANDLE = "handle"
    NAME = "name"
    CONTACT = "contact"
    ORDER = "order"
    LANGUAGE = "language"
    BRAND = "brand"
    ZONE = "zone"
    NETWORK = "network"


TELLING = frozenset({Field.HANDLE, Field.CONTACT, Field.ORDER})
"""What may speak for a suggestion; a name, a language or a brand may only add to it."""

WORTH_A_LOOK = frozenset({Field.CONTACT, Field.ORDER})

Levels = Mapping[Field, str]
"""In which level each field is; a field of which one record says nothing is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A record as it is compared. `handles` are pairs of network and handle, `contacts` addresses and numbers in their normal form."""

    handles: frozenset[tuple[str, str]] = frozenset()
    names: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why two records may be one person, or not: the level of a field, what they share in it, and its weight (above 0 speaks for it)."""

    field: Field
    level: str
    shared: str
    weight: float


def levels(one: Profile, other: Profile, holders: Mapping[str, int]) -> Levels:
    """Return in which level each field of a pair is; `holders` says how many accounts carry a handle (`h:`) or a name's sound (`n:`)."""
    name = _name_level(one, other, holders)
    found = {
        Field.HANDLE: _handle_level(one, other, holders),
        Field.NAME: name,
        Field.CONTACT: _contact_level(one, other, name),
        Field.ORDER: "same" if one.orders & other.orders else "none",
        Field.LANGUAGE: _shared(one.languages, other.languages),
        Field.BRAND: _shared(one.brands, other.brands),
        Field.ZONE: _shared(one.zones, other.zones),
        Field.NETWORK: _network_level(one, other),
    }
    return {field: level for field, level in found.items() if level}


def chance(found: Levels) -> float:
    """Return how likely the pair is one person, 0 to 1."""
    total = sum(WEIGHTS[field].get(level, 0.0) for field, level in found.items())
    return 1 / (1 + exp(-(BEND * total + SHIFT)))


def is_suggested(found: Levels) -> bool:
    """Tell whether somebody is to be asked: something other than the name speaks for it, and the chance is there.

    A shared address or order number is worth a look whatever the rest says.
    """
    telling = {field for field in TELLING if WEIGHTS[field].get(found.get(field, ""), 0.0) > 0}
    return bool(telling & WORTH_A_LOOK) or (bool(telling) and chance(found) >= SUGGESTED_FROM)


def reasons(one: Profile, other: Profile, found: Levels) -> list[Reason]:
    """Return why, the heaviest first."""
    told = [
        Reason(field=field, level=level, shared=_in_common(field, one, other), weight=round(WEIGHTS[field].get(level, 0.0), 2))
        for field, level in found.items()
        if level != "none"
    ]
    return sorted(told, key=lambda reason: -abs(reason.weight))


def evidence(one: Profile, other: Profile, found: Levels) -> list[str]:
    """Return what a suggestion stands on, as it is remembered once somebody has dismissed it."""
    shared = [f"contact:{contact}" for contact in one.contacts & other.contacts] + [f"order:{order}" for order in one.orders & other.orders]
    alike = [f"handle:{min(a, b)}={max(a, b)}" for a, b in _alike_handles(one, other)] if Field.HANDLE in found else []
    return sorted({*shared, *alike})


def _in_common(field: Field, one: Profile, other: Profile) -> str:
    if field is Field.HANDLE:
        pairs = _alike_handles(one, other)
        return " = ".join(dict.fromkeys(pairs[0])) if pairs else ""
    if field is Field.NAME:
        return " = ".join(dict.fromkeys((min(one.names, default=""), min(other.names, default=""))))
    shared: Mapping[Field, frozenset[str]] = {
        Field.CONTACT: one.contacts & other.contacts,
        Field.ORDER: one.orders & other.orders,
        Field.LANGUAGE: one.languages & other.languages,
        Field.ZONE: one.zones & other.zones,
    }
    return ", ".join(sorted(shared.get(field, frozenset())))


def _alike_handles(one: Profile, other: Profile) -> list[tuple[str, str]]:
    """Return the handles that are spelled alike, the most alike first."""
    pairs = [(normal(a), normal(b)) for (net, a), (elsewhere, b) in product(one.handles, other.handles) if net != elsewhere]
    near = [(a, b) for a, b in pairs if min(len(a), len(b)) >= SHORTEST and name_keys.likeness(a, b) >= ALIKE]
    return sorted(near, key=lambda pair: -name_keys.likeness(*pair))


def _handle_level(one: Profile, other: Profile, holders: Mapping[str, int]) -> str:
    if not one.handles or not other.handles:
        return ""
    pairs = _alike_handles(one, other)
    if not pairs:
        return "other"
    a, b = pairs[0]
    if a == b:
        return "same common" if holders.get(f"h:{a}", 0) > MANY else ("same of name" if _is_of_name(a, one, other) else "same")
    return "same stem" if stem(a) == stem(b) else "alike"


def _is_of_name(handle: str, one: Profile, other: Profile) -> bool:
    """Tell whether a handle is but the owner's name written together."""
    letters = stem(handle)
    return any(letters in {"".join(parts), "".join(reversed(parts))} for parts in map(name_keys.parts, one.names | other.names) if parts)


def _name_level(one: Profile, other: Profile, holders: Mapping[str, int]) -> str:
    ours = [name_keys.parts(name) for name in one.names if name_keys.parts(name)]
    theirs = [name_keys.parts(name) for name in other.names if name_keys.parts(name)]
    if not ours or not theirs:
        return ""
    sounds = {name_keys.key(name) for name in one.names} & {name_keys.key(name) for name in other.names} - {""}
    if sounds:
        return "same common" if max(holders.get(f"n:{sound}", 0) for sound in sounds) > MANY else "same"
    return max((_parts_level(a, b) for a, b in product(ours, theirs)), key=_NAME_ORDER.index)


_NAME_ORDER = ("other", "part", "close")


def _parts_level(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    if name_keys.is_initial_of(one, other) or name_keys.likeness(" ".join(sorted(one)), " ".join(sorted(other))) >= ALIKE:
        return "close"
    return "part" if name_keys.shares_a_part(one, other) else "other"


def _contact_level(one: Profile, other: Profile, name: str) -> str:
    """A family shares an address or a telephone, mostly under one family name and never under one whole name."""
    if not one.contacts & other.contacts:
        return "none"
    return "same of others" if name in _NAME_ORDER[:2] else "same"


def _shared(one: frozenset[str], other: frozenset[str]) -> str:
    if not one or not other:
        return ""
    return "same" if one & other else "other"


def _network_level(one: Profile, other: Profile) -> str:
    """Few people have two accounts on one network."""
    ours, theirs = {network for network, _ in one.handles}, {network for network, _ in other.handles}
    return ("same" if ours & theirs else "other") if ours and theirs else ""
