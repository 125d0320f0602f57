"""Invented people with accounts on several networks, and who is who among them: what matching is fitted on and measured with.

The names are common, so that many people share one; many make their handles of their names, so that handles collide too. People write
their name in their script or in Latin letters, mistype it, leave it out, put it round, shorten it to an initial. One in five lives with the
one before: they share a telephone, a family name and mostly the brand.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from random import Random

from amends.cli.measuring.invented_names import NAMES, Written
from amends.inbox.rules.matching_people import Profile

NETWORKS = ("x", "reddit", "mastodon", "bluesky", "facebook")
BRANDS = ("air", "mobile", "bank", "shop")
ZONES = ("Asia/Colombo", "Asia/Kolkata", "Africa/Addis_Ababa", "Europe/Madrid", "Europe/London")
WORDS = tuple(
    "tiger lotus cricket sunny blue river moon coffee tea rider gamer foodie travel sky star rain wolf panda mango rocket pixel "  # noqa: SIM905
    "melody storm ninja happy lucky crazy silent golden silver urban wild lazy tiny jolly rustic velvet cosmic maple cedar amber".split()
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """One account of an invented person, as a record of its own."""

    person: int
    handle: str
    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class _Person:
    number: int
    language: str
    given: Written
    family: Written
    handle: str
    zone: str
    brand: str
    order: str
    email: str
    phone: str


def invent(people: int, *, seed: int) -> list[Account]:
    """Return the accounts of so many people, shuffled."""
    chance = Random(seed)  # noqa: S311
    made = [account for one in _people(people, chance) for account in _accounts(one, chance)]
    chance.shuffle(made)
    return made


def _people(people: int, chance: Random) -> Generator[_Person]:
    before: _Person | None = None
    for number in range(people):
        one = _person(number, chance)
        before = _lives_with(before, one, chance) if before and chance.random() < 0.2 else one  # noqa: PLR2004
        yield before


def _lives_with(before: _Person, one: _Person, chance: Random) -> _Person:
    """Return somebody as one of the family of who was before; nobody gives two children one name."""
    names = [name for name in NAMES[before.language].given if name != before.given]
    given = _common(names, chance)
    return replace(
        one,
        language=before.language,
        given=given,
        family=before.family,
        handle=_handle(given[-1].lower(), before.family[-1].lower(), chance),
        zone=before.zone,
        brand=before.brand if chance.random() < 0.6 else one.brand,  # noqa: PLR2004
        phone=before.phone,
    )


def _person(number: int, chance: Random) -> _Person:
    language = chance.choice(list(NAMES))
    names = NAMES[language]
    given, family = _common(names.given, chance), _common(names.family, chance)
    return _Person(
        number=number,
        language=language,
        given=given,
        family=family,
        handle=_handle(given[-1].lower(), family[-1].lower(), chance),
        zone=chance.choice(ZONES),
        brand=chance.choice(BRANDS),
        order=f"AB{chance.randrange(10**6):06}",
        email=f"p{number}@mail.example",
        phone=f"+9477{number:07}",
    )


def _common(names: Sequence[Written], chance: Random) -> Written:
    """Return a name, the first of them most often."""
    return chance.choices(names, weights=[1 / (place + 1) for place in range(len(names))])[0]


def _handle(given: str, family: str, chance: Random) -> str:
    habits = (
        lambda: f"{given}{family}",
        lambda: f"{given}_{family}",
        lambda: f"{given[0]}{family}{chance.randrange(100)}",
        lambda: f"{given}{chance.randrange(1950, 2010)}",
        lambda: f"{chance.choice(WORDS)}{chance.choice(WORDS)}",
        lambda: f"{chance.choice(WORDS)}_{given}{chance.randrange(1000)}",
        lambda: f"{chance.choice(WORDS)}{chance.choice(WORDS)}{chance.randrange(100)}",
    )
    return chance.choice(habits)().encode("ascii", "ignore").decode()


def _accounts(person: _Person, chance: Random) -> list[Account]:
    networks = chance.sample(NETWORKS, chance.choice((1, 1, 2, 2, 3)))
    if chance.random() < 0.02:  # noqa: PLR2004
        networks.append(networks[0])
    return [_account(person, network, chance) for network in networks]


def _account(person: _Person, network: str, chance: Random) -> Account:
    handle = _handle_there(person, chance)
    profile = Profile(
        handles=frozenset({(network, handle)}),
        names=frozenset({_name_there(person, chance)} - {""}),
        contacts=_contacts_there(person, chance),
        orders=_orders_there(person, chance),
        languages=frozenset({person.language if chance.random() < 0.8 else "en"}),  # noqa: PLR2004
        brands=frozenset({person.brand if chance.random() < 0.75 else chance.choice(BRANDS)}),  # noqa: PLR2004
        zones=_zones_there(person, chance),
    )
    return Account(person=person.number, handle=handle, profile=profile)


def _contacts_there(person: _Person, chance: Random) -> frozenset[str]:
    drawn = chance.random()
    if drawn < 0.06:  # noqa: PLR2004
        return frozenset({person.email})
    return frozenset({person.phone}) if drawn < 0.12 else frozenset()  # noqa: PLR2004


def _zones_there(person: _Person, chance: Random) -> frozenset[str]:
    drawn = chance.random()
    if drawn < 0.2:  # noqa: PLR2004
        return frozenset({person.zone})
    return frozenset({chance.choice(ZONES)}) if drawn < 0.24 else frozenset()  # noqa: PLR2004


def _orders_there(person: _Person, chance: Random) -> frozenset[str]:
    """Return the order numbers in somebody's posts: their own, or a wrong one, as a friend's or a mistyped one is."""
    drawn = chance.random()
    if drawn < 0.15:  # noqa: PLR2004
        return frozenset({person.order})
    return frozenset({f"AB{chance.randrange(400):06}"}) if drawn < 0.17 else frozenset()  # noqa: PLR2004


def _handle_there(person: _Person, chance: Random) -> str:
    changes = (
        lambda: person.handle,
        lambda: person.handle.replace("_", ".") if "_" in person.handle else person.handle,
        lambda: f"{person.handle.rstrip('0123456789')}{chance.randrange(1, 1000)}",
        lambda: _mistyped(person.handle, chance),
        lambda: f"the{person.handle}",
        lambda: _handle(person.given[-1].lower(), person.family[-1].lower(), chance),
    )
    return chance.choices(changes, weights=(50, 10, 14, 4, 4, 18))[0]()


def _name_there(person: _Person, chance: Random) -> str:
    script = 0 if chance.random() < 0.5 else 1  # noqa: PLR2004
    given, family = _written(person.given, script, chance), _written(person.family, script, chance)
    forms = (
        lambda: f"{given} {family}",
        lambda: f"{family} {given}",
        lambda: f"{given[0]}. {family}",
        lambda: given,
        lambda: _mistyped(f"{given} {family}", chance),
        lambda: f"{chance.choice(WORDS)} {chance.choice(WORDS)}",
        lambda: "",
    )
    return chance.choices(forms, weights=(56, 6, 7, 9, 7, 7, 8))[0]()


def _written(name: Written, script: int, chance: Random) -> str:
    return name[0] if script == 0 else chance.choice(name[1:] or name)


def _mistyped(text: str, chance: Random) -> str:
    place = chance.randrange(1, max(2, len(text) - 1))
    changes = (
        text[:place] + text[place + 1 :],
        text[:place] + text[place : place + 1] * 2 + text[place + 1 :],
        text[: place - 1] + text[place : place + 1] + text[place - 1 : place] + text[place + 1 :],
        text[:place] + chance.choice(LETTERS) + text[place + 1 :],
    )
    return chance.choice(changes)
