"""Finds personal data in a post, whatever its script, and says the post without it.

`find` is asked for every post, so that most are let go after one glance: no digit, and no e-mail's @.
"""

import re
from collections.abc import Collection, Generator, Sequence
from functools import lru_cache
from itertools import pairwise

from amends.core.personal.accounts import cards, ibans
from amends.core.personal.addresses import addresses
from amends.core.personal.blanks import blank
from amends.core.personal.emails import emails
from amends.core.personal.folding import Folded, fold
from amends.core.personal.kinds import NAMES, Found, Kind
from amends.core.personal.orders import orders
from amends.core.personal.papers import papers
from amends.core.personal.phones import linked_phones, phones

ROUNDS = 8
"""What is masked may leave a number beside it that stood in a row before. A text that goes on so is made of them: no digit of it stays."""

_TELLING = re.compile(r"[\d\u1369-\u1371@\uff20\ufe6b]")
_WORTH_A_LOOK = re.compile(
    r"[\d\u1369-\u1371]|\S[@\uff20\ufe6b]\w|(?i:pnr|localizador|record locator|(?:booking|reservation|confirmation) (?:ref|code))"
)


def find(text: str, language: str = "", *, shapes: Sequence[str] = ()) -> tuple[Found, ...]:
    """Return what personal data stands in `text`, in order, none over another; `language` says in which countries a number may be dialled.

    `shapes` are those of the company's order numbers.
    """
    return _found(text, language, tuple(shapes)) if _WORTH_A_LOOK.search(text) else ()


@lru_cache(maxsize=256)
def _found(text: str, language: str, shapes: tuple[str, ...]) -> tuple[Found, ...]:
    """Find, once for the verdict on a post, its case's line in lists and its alarm, which are made within a second or two."""
    folded = fold(text)
    kept: list[Found] = []
    taken = bytearray(len(folded.text))
    for found in _all(folded, language, shapes):
        if not any(taken[found.start : found.end]):
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
            kept.append(found)
    return tuple(sorted((_as_written(folded, found) for found in kept), key=lambda found: found.start))


def kinds_of(found: Sequence[Found]) -> tuple[Kind, ...]:
    """Return the kinds among `found`, each once, in the order of `Kind`."""
    there = {one.kind for one in found}
    return tuple(kind for kind in Kind if kind in there) if there else ()


def mask(text: str, language: str = "", *, shapes: Sequence[str] = (), keep: Collection[Kind] = ()) -> str:
    """Return `text` with the name of its kind in brackets instead of all personal data; kinds in `keep` stay."""
    for _ in range(ROUNDS):
        found = [one for one in find(text, language, shapes=shapes) if one.kind not in keep]
        if not found:
            return text
        text = _masked(text, found)
    return _TELLING.sub("*", text)


def left_out(text: str) -> tuple[Kind, ...]:
    """Return the kinds of which a name in brackets stands in `text`, as `mask` left it there."""
    return tuple(kind for kind in Kind if f"[{NAMES[kind]}]" in text)


def _masked(text: str, found: Sequence[Found]) -> str:
    edges = [0, *(edge for one in found for edge in (one.start, one.end)), len(text)]
    between = [text[start:end] for start, end in list(pairwise(edges))[::2]]
    names = [f"[{NAMES[one.kind]}]" for one in found] + [""]
    return "".join(piece + name for piece, name in zip(between, names, strict=True))


def _all(folded: Folded, language: str, shapes: Sequence[str]) -> Generator[Found]:
    """Yield all finds, the surest first, so that of two over each other the surer one stays."""
    yield from linked_phones(folded.text)
    rest = blank(folded.text)
    yield from emails(rest)
    yield from ibans(rest)
    yield from cards(rest)
    yield from papers(rest)
    yield from orders(rest, shapes)
    yield from phones(rest, language)
    yield from addresses(rest)


def _as_written(folded: Folded, found: Found) -> Found:
    start, end = folded.span(found.start, found.end)
    return Found(kind=found.kind, start=start, end=end)
