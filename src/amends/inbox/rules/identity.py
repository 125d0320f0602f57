"""By what a handle is found again elsewhere: its spelling, and how its owner's name sounds. `matching_people` says whether they are one."""

import re
import unicodedata
from collections.abc import Iterable

from amends.inbox.rules import name_keys

SHORTEST = 4
"""Shorter handles are shared by chance."""
LONGEST_KEY = 120
_ENDING = re.compile(r"\d+$")


def normal(handle: str) -> str:
    """Return the handle as people say it: no `@` or `u/`, no dots, dashes or underscores, no case, compatibility forms folded."""
    plain = unicodedata.normalize("NFKC", handle).casefold().removeprefix("u/").removeprefix("/u/").lstrip("@")
    return "".join(char for char in plain if char.isalnum())


def stem(handle: str) -> str:
    """Return the handle as people say it, without the numbers at its end that one adds where a name is taken."""
    return _ENDING.sub("", normal(handle))


def keys_of(handle: str, names: Iterable[str]) -> list[str]:
    """Return the keys under which a handle with these names of its owner is found: `h` its spelling, `s` its stem, `n` a name's sound."""
    said, begins = normal(handle), stem(handle)
    found = [f"h:{said}"] if len(said) >= SHORTEST else []
    if len(begins) > SHORTEST:
        found.append(f"s:{begins}")
    sounds = dict.fromkeys(name_keys.key(name) for name in names)
    return [one[:LONGEST_KEY] for one in (*found, *(f"n:{sound}" for sound in sounds if sound))]


def order_key(number: str) -> str:
    """Return an order number as it is compared: whatever its case, its spaces and dashes, and the script of its digits."""
    return "".join(str(unicodedata.decimal(char, char)) for char in unicodedata.normalize("NFKC", number).upper() if char.isalnum())
