"""Names as they are compared: by how they sound, whatever script, order or spelling they are written in. Pure.

A key keeps the consonants in a few classes, since scripts and people differ in vowels, in voice (Tamil writes k and g alike) and in
breath (th, t). It finds who may be compared; it never says that two are one.
"""

import re
from functools import lru_cache

from amends.inbox.rules.romanising import romanised

MOST_PARTS = 6
LEAST_PART = 3
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "sr", "sra", "don", "shri", "smt", "ato", "weizero"})
_PART = re.compile(r"[^\W\d_]+")
_SOUNDS = (
    (re.compile(r"ngh|chh|ch|sh|tz|ts|gn(?=[aeiou])|zh|kh|gh|th|dh|ph|bh|ck|ll"), {
        "ngh": "n", "chh": "s", "ch": "s", "sh": "s", "tz": "s", "ts": "s", "gn": "n", "zh": "l", "kh": "k", "gh": "k", "th": "t",
        "dh": "t", "ph": "p", "bh": "p", "ck": "k", "ll": "l",
    }),
    (re.compile(r"c(?=[eiy])|(?<=[aeiou])w(?![aeiou])"), {"c": "s", "w": ""}),
)  # fmt: skip
_CLASSES = str.maketrans("gqcdbfjzwx", "kkktppssvk", "hy")
_VOWELS = re.compile(r"[aeiou']")
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=16_384)
def parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name in Latin letters, without titles."""
    found = tuple(one for one in _PART.findall(romanised(name)) if one not in _TITLES)
    return found[:MOST_PARTS]


@lru_cache(maxsize=16_384)
def sound(part: str) -> str:
    """Return how a part of a name in Latin letters sounds: its consonants in their classes, and whether it begins with a vowel."""
    text = part
    for pattern, becomes in _SOUNDS:
        text = pattern.sub(lambda match, becomes=becomes: becomes[match[0]], text)
    begins = "a" if _VOWELS.match(text) else ""
    return begins + _VOWELS.sub("", _DOUBLED.sub(r"\1", text.translate(_CLASSES))) or part


def key(name: str) -> str:
    """Return how a name sounds, its parts in order of the alphabet; empty where there is no name in it."""
    return " ".join(sorted(sound(one) for one in parts(name)))


def is_initial_of(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two names are the same where one has only the first letter of some parts, and at least one part whole."""
    if len(one) != len(other) or len(one) < 2:  # noqa: PLR2004
        return False
    whole = {sound(part) for part in one if len(part) >= LEAST_PART} & {sound(part) for part in other if len(part) >= LEAST_PART}
    rest = [[part for part in name if sound(part) not in whole] for name in (one, other)]
    return bool(whole) and len(rest[0]) == len(rest[1]) and all(_begins_alike(a, b) for a, b in zip(*map(sorted, rest), strict=True))


def _begins_alike(one: str, other: str) -> bool:
    return one[:1] == other[:1] and min(len(one), len(other)) < LEAST_PART


def shares_a_part(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two names have a part in common that is more than an initial."""
    return bool({sound(part) for part in one if len(part) >= LEAST_PART} & {sound(part) for part in other if len(part) >= LEAST_PART})


def likeness(one: str, other: str) -> float:
    """Return how many pairs of neighbouring letters two words share, 0 to 1 (Dice); a typo costs little."""
    ours, theirs = _pairs(one), _pairs(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


@lru_cache(maxsize=16_384)
def _pairs(word: str) -> frozenset[str]:
    padded = f" {word} "
    return frozenset(padded[place : place + 2] for place in range(len(padded) - 1)) if word else frozenset()
