"""The signals by which a post shows that it cannot wait; the words for them stand in `signals.toml`. Read by `urgency`."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from unicodedata import normalize

WORDS_FILE = Path(__file__).with_suffix(".toml")
_LATIN = re.compile(r"\A[\x00-\u024f]*\Z")
_PLAIN = re.compile(r"[^\W_](?![?*+{])")
_ATOM = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|.")
_DEEPER = {"(": 1, ")": -1}
_REPEATED = ("?", "*", "+", "{")


class Signal(StrEnum):
    """What raises urgency; the value is the word on screen."""

    SAFETY = "safety"
    VULNERABLE = "vulnerable person"
    LEGAL = "legal threat"
    MONEY = "money lost"
    OUTAGE = "outage"
    LEAVING = "threatens to leave"
    REPEAT = "wrote before"


SIGNALS = tuple(Signal)
"""In the order of what models say."""


def _pieces() -> dict[Signal, list[str]]:
    words = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))
    return {signal: [normalize("NFC", piece) for pieces in words[signal.name.lower()].values() for piece in pieces] for signal in Signal}


def _choices(pattern: str) -> list[str]:
    """Return the alternatives of a pattern, those within its groups left alone."""
    depth, found = 0, [""]
    for atom in _ATOM.findall(pattern):
        depth += _DEEPER.get(atom, 0)
        if atom == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += atom
    return found


def _opening(pattern: str) -> tuple[str, str]:
    """Return what stands in the group that a pattern begins with, and what follows it; nothing, and the pattern, where it is no choice."""
    atoms = _ATOM.findall(pattern)
    depths = list(accumulate(_DEEPER.get(atom, 0) for atom in atoms))
    end = depths.index(0)
    inside, rest = "".join(atoms[3:end]), "".join(atoms[end + 1 :])
    return (inside, rest) if pattern.startswith("(?:") and not rest.startswith(_REPEATED) else ("", pattern)


def _spelled_out(pattern: str) -> Iterator[str]:
    """Yield what a pattern stands for one by one where it begins with a choice: `(?:live|bare) wire` is `live wire` and `bare wire`."""
    for choice in _choices(pattern):
        inside, rest = _opening(choice)
        if inside:
            for one in _choices(inside):
                yield from _spelled_out(one + rest)
        else:
            yield choice


def _together(patterns: Iterable[str]) -> str:
    alike: dict[str, list[str]] = {}
    for pattern in patterns:
        beginning = pattern[0] if _PLAIN.match(pattern) else ""
        alike.setdefault(beginning, []).append(pattern.removeprefix(beginning))
    return "|".join(
        f"{beginning}(?:{_together(rest)})" if beginning and len(rest) > 1 else "|".join(beginning + pattern for pattern in rest)
        for beginning, rest in alike.items()
    )


def either(pieces: Iterable[str]) -> str:
    """Return a pattern for any of the pieces: those that begin alike share their beginning, so that a text is not held to each of them."""
    return _together(pattern for piece in pieces for pattern in _spelled_out(piece))


def _words(pieces: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?=\w)(?:{either(piece for piece in pieces if _LATIN.match(piece))})")


def _stems(pieces: Iterable[str]) -> re.Pattern[str]:
    return re.compile(either(piece for piece in pieces if not _LATIN.match(piece)))


PIECES: Mapping[Signal, list[str]] = _pieces()
WORDS: Mapping[Signal, re.Pattern[str]] = {signal: _words(pieces) for signal, pieces in PIECES.items()}
ANY_WORD = _words(piece for pieces in PIECES.values() for piece in pieces)
"""What most posts have none of, so that they are let go after one look."""
STEMS: Mapping[Signal, re.Pattern[str]] = {signal: _stems(pieces) for signal, pieces in PIECES.items()}


def signals(text: str) -> frozenset[Signal]:
    """Return the signals that a cleaned text gives."""
    lower = text.lower()
    found = {signal for signal, pattern in WORDS.items() if pattern.search(lower)} if ANY_WORD.search(lower) else set[Signal]()
    if not _LATIN.match(lower):
        found |= {signal for signal, pattern in STEMS.items() if pattern.search(lower)}
    return frozenset(found)
