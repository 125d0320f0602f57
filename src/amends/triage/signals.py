"""The signals by which a post shows that it cannot wait; the words for them stand in `signals.toml`. Read by `urgency`."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from unicodedata import normalize

WORDS_FILE = Path(__file__).with_suffix(".toml")
_LATIN = re.compile(r"\A[\x00-\u024f]*\Z")
_PLAIN = re.compile(r"[^\W_](?![?*+{])")


class Signal(StrEnum):
    """What raises urgency; the value is the word on screen."""

    SAFETY = "safety"
    VULNERABLE = "vulnerable person"
    LEGAL = "legal threat"
    MONEY = "money lost"
    OUTAGE = "outage"
    LEAVING = "threatens to leave"
    REPEAT = "wrote before"


def _pieces() -> dict[Signal, list[str]]:
    words = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))
    return {signal: [normalize("NFC", piece) for pieces in words[signal.name.lower()].values() for piece in pieces] for signal in Signal}


def _either(pieces: Iterable[str]) -> str:
    """Return a pattern for any of the pieces: those that begin alike share their beginning, so that a text is not held to each of them."""
    alike: dict[str, list[str]] = {}
    for piece in pieces:
        beginning = piece[0] if _PLAIN.match(piece) else ""
        alike.setdefault(beginning, []).append(piece.removeprefix(beginning))
    return "|".join(
        f"{beginning}(?:{_either(rest)})" if beginning and len(rest) > 1 else "|".join(beginning + piece for piece in rest)
        for beginning, rest in alike.items()
    )


def _words(pieces: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?=\w)(?:{_either(piece for piece in pieces if _LATIN.match(piece))})")


def _stems(pieces: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_either(piece for piece in pieces if not _LATIN.match(piece)))


PIECES: Mapping[Signal, list[str]] = _pieces()
WORDS: Mapping[Signal, re.Pattern[str]] = {signal: _words(pieces) for signal, pieces in PIECES.items()}
STEMS: Mapping[Signal, re.Pattern[str]] = {signal: _stems(pieces) for signal, pieces in PIECES.items()}


def signals(text: str) -> frozenset[Signal]:
    """Return the signals that a cleaned text gives."""
    lower = text.lower()
    found = {signal for signal, pattern in WORDS.items() if pattern.search(lower)}
    if not _LATIN.match(lower):
        found |= {signal for signal, pattern in STEMS.items() if pattern.search(lower)}
    return frozenset(found)
