"""What a cluster of complaints is about, in the words that tell it from other complaints. Pure.

A word counts once a customer and must be said by three of them, so that nobody's own words become the name of many people's trouble.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from amends.inbox.rules.tokens import runs

MOST = 5
LEAST_VOICES = 3
LEAST_SHARE = 0.12
LEAST_RATIO = 2.0
IN_A_NAME = 3
LONGEST_NUMBER = 4
_NOBODYS = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@[\w.-]+(?:@[\w.-]+)?|\S+@\S+\.\S+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """What somebody said."""

    customer_id: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """In how many of some texts each word stands."""

    words: Counter[str]
    texts: int


def usual_in(texts: Sequence[str]) -> Usual:
    """Return which words are usual in texts."""
    return Usual(words=Counter(word for text in texts for word in _words(text)), texts=len(texts))


NOTHING = Usual(words=Counter(), texts=0)


def telling(inside: Sequence[Voice], outside: Sequence[str], also: Usual = NOTHING, *, most: int = MOST) -> list[str]:
    """Return the words of a cluster that other complaints hold seldom, the most telling first.

    Those of what stands outside are usual, and so are those of `also`, which were counted before.
    """
    said, shown = _said(inside)
    usual = usual_in(outside)
    people, texts = len({voice.customer_id for voice in inside}), usual.texts + also.texts
    scored = {word: _score(n, people, usual.words[word] + also.words[word], texts) for word, n in said.items() if n >= LEAST_VOICES}
    best = sorted((word for word, score in scored.items() if score > 0), key=lambda word: (-scored[word], -len(word), word))
    return [shown[word] for word in best[:most]]


def name(words: Sequence[str]) -> str:
    """Return what a cluster is called: its most telling words, or nothing where there are none."""
    return ", ".join(words[:IN_A_NAME])


def _said(inside: Sequence[Voice]) -> tuple[Counter[str], dict[str, str]]:
    """Return how many customers said each word, and how it is written most often."""
    by_customer: dict[int, dict[str, str]] = {}
    for voice in inside:
        by_customer.setdefault(voice.customer_id, {}).update(_words(voice.text))
    said = Counter(word for words in by_customer.values() for word in words)
    spelt: dict[str, Counter[str]] = {}
    for words in by_customer.values():
        for word, written in words.items():
            spelt.setdefault(word, Counter())[written] += 1
    return said, {word: ways.most_common(1)[0][0] for word, ways in spelt.items()}


@lru_cache(maxsize=2_048)
def _words(text: str) -> Mapping[str, str]:
    """Return the words of a text, folded, with how each is written; names of accounts, addresses and long numbers are none."""
    bare = _NOBODYS.sub(" ", text)
    parts = (part for run in runs(bare) for part in run.parts)
    return {part.forms[0]: bare[part.start : part.end].lower() for part in parts if _is_word(part.forms)}


def _is_word(forms: Iterable[str]) -> bool:
    first = next(iter(forms), "")
    if first.isdigit():
        # What is left of a sum in thousands ("5,000") names nothing.
        return 1 < len(first) <= LONGEST_NUMBER and first.strip("0") != ""
    return len(first) > 1


def _score(n: int, people: int, usual: int, texts: int) -> float:
    """Return how telling a word is that `n` of so many people said; 0 where it is not."""
    share = n / max(people, 1)
    ratio = share / ((usual + 0.5) / (texts + 1))
    return share * log(ratio) if share >= LEAST_SHARE and ratio >= LEAST_RATIO else 0.0
