"""Who says what, in which words: accounts of the scenario's people, fresh ones when it repeats, and their reactions."""

import random
import re

from amends.sandbox import ids
from amends.sandbox.publishing import keep_account
from amends.sandbox.records import Account, Draft, Network, Origin, PublicPost, Temper
from amends.sandbox.script import Brand, Entry, Person, Scenario
from amends.sandbox.store import Store
from amends.sandbox.words import MENTION, x_mentions

BORN = 1_420_070_400.0
_YEARS = 8 * 365 * 86_400
_NUMBER = re.compile(r"(?<![\d.,:/-])\d{3,}(?![\d:/-])")


def brand_account(brand: Brand, network: Network) -> Account:
    """Return a brand's own account."""
    handle = handle_on(brand, network)
    return Account(
        network=network,
        id=account_id(network, handle),
        handle=handle,
        name=brand.name,
        person=brand.key,
        brand=brand.key,
        followers=48_000,
        about=brand.about,
        joined_at=BORN,
    )


def account_id(network: Network, handle: str) -> str:
    """Return the id that a network gives to a handle."""
    makers = {
        Network.X: ids.x_user_id,
        Network.REDDIT: ids.reddit_user_id,
        Network.MASTODON: ids.mastodon_user_id,
        Network.BLUESKY: ids.did,
    }
    return makers[network](handle)


def handle_on(who: Brand | Person, network: Network) -> str:
    """Return a handle: on Mastodon people keep the one they have on X; empty where they are not there."""
    return str(getattr(who, Network.X if network is Network.MASTODON else network))


def account_of(store: Store, scenario: Scenario, entry: Entry, loop: int) -> Account:
    """Return the account that plays an entry; each repetition of the scenario has fresh people."""
    if entry.who in scenario.brands:
        return keep_account(store, brand_account(scenario.brands[entry.who], entry.network))
    person = scenario.people.get(entry.who) or stranger(entry.who, entry.language)
    return keep_account(store, person_account(person, entry.network, loop))


def stranger(handle: str, language: str) -> Person:
    """Return somebody of whom the scenario says no more than a handle; the rest follows from it."""
    dice = random.Random(handle)  # noqa: S311 (no secret)
    name = re.sub(r"[_\d]+", " ", handle).strip().title() or handle
    temper = dice.choice([Temper.THANKS, Temper.THANKS, Temper.SILENT, Temper.AGAIN])
    followers = int(dice.lognormvariate(5, 1.2))
    return Person(key=handle, x=handle, reddit=handle, bluesky=handle, name=name, language=language, temper=temper, followers=followers)


def person_account(person: Person, network: Network, loop: int) -> Account:
    """Return the account of a person on one network in one repetition of the scenario."""
    handle = _handle(handle_on(person, network), network, f"{loop + 1}" if loop else "")
    return Account(
        network=network,
        id=account_id(network, handle),
        handle=handle,
        name=person.name or person.key,
        person=f"{person.key}~{loop}",
        followers=person.followers,
        language=person.language,
        temper=person.temper,
        about=person.about,
        joined_at=BORN + random.Random(handle).randrange(_YEARS),  # noqa: S311 (no secret)
    )


def _handle(name: str, network: Network, end: str) -> str:
    """Return a handle with another `end`, as the network allows it; on Bluesky it is a domain."""
    if network is Network.BLUESKY:
        first, _, domain = name.lower().replace("_", "-").partition(".")
        return f"{first}{end}.{domain or 'sky.example'}"
    longest = 20 if network is Network.REDDIT else 15
    return name[: longest - len(end)] + end


def varied(text: str, loop: int, seed: int) -> str:
    """Return `text` with other numbers in it, so that a repetition of the scenario does not say the same."""
    if not loop:
        return text
    dice = random.Random(f"{seed} {loop} {text}")  # noqa: S311 (no secret)
    return _NUMBER.sub(lambda found: str(dice.randrange(10 ** (len(found.group()) - 1), 10 ** len(found.group()))), text)


def answering(author: Account, parent: PublicPost | None, text: str) -> str:
    """Return a reply's text; on X and Mastodon it begins with all whom the parent's author spoke with, as X does it by itself."""
    if parent is None or parent.network not in {Network.X, Network.MASTODON}:
        return text
    named = {author.handle.lower(), *x_mentions(text)}
    front = dict.fromkeys(handle for handle in (parent.author.handle, *MENTION.findall(parent.text)) if handle.lower() not in named)
    return " ".join([*(f"@{handle}" for handle in front), text])


def shared(original: PublicPost | None, text: str) -> str:
    """Return the text of a share: X cuts what it repeats, Reddit's crosspost has its own, a boost on Mastodon none."""
    if original is None or original.network is not Network.X:
        return text
    words = f"RT @{original.author.handle}: {original.text}"
    return words if len(words) <= 140 else words[:139] + "…"  # noqa: PLR2004 (X's length of a retweet)


def reaction(scenario: Scenario, author: Account, answer: PublicPost, before: int, dice: random.Random) -> Draft | None:
    """Return what an author says to our answer, if anything; `before` counts what they said to earlier ones in this thread."""
    temper = Temper.THANKS if author.temper is Temper.AGAIN and before == 1 else author.temper
    if temper is Temper.SILENT or before > (1 if author.temper is Temper.AGAIN else 0):
        return None
    base = author.language.split("-")[0]
    choices = next((found for key in (author.language, base, "en") if (found := scenario.reactions.get((key, temper)))), None)
    if choices is None:
        return None
    return Draft(
        author=author,
        text=answering(author, answer, dice.choice(choices)),
        parent_id=answer.id,
        language=author.language,
        mood="positive" if temper is Temper.THANKS else "negative",
        kind="thanks" if temper is Temper.THANKS else "complaint",
        origin=Origin.REACTION,
    )
