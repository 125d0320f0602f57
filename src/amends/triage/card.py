"""What a folder of weights says about itself. Read at start by the classifier, written once by the training (`card.json`).

The card names every other file of the folder with its SHA-256, so that a half-copied or damaged model is found before it speaks.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from amends.core.errors import ModelMissing
from amends.core.ports import Trust
from amends.triage.calibration import EVERY_LANGUAGE, Calibration, calibration_of

FILE = "card.json"
NOT_FOR_READING = frozenset({"replay.npz", "meanings.npz"})
"""Files that only learning needs: a damaged one stops no triage. The replay is checked when it is read; lacking meanings are read anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A model's name, limits and calibration.

    `calibrations` hold one a language and `*` for the rest; `complaint` and `signals` are scale and shift that straighten the log-odds of
    a complaint and of urgency signals; `ngrams` names the languages that have a table of their own, `kinds` those with a table of the kinds
    of text that they are known from; `tokens` is the longest text in tokens.
    """

    version: str
    tokens: int
    languages: tuple[str, ...]
    ngrams: tuple[str, ...]
    calibrations: Mapping[str, Calibration]
    complaint: tuple[float, float]
    signals: tuple[float, float]
    kinds: tuple[str, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def trust(self) -> Trust:
        """How far the model may be believed, by language."""
        every = self.calibrations[EVERY_LANGUAGE]
        named = {language: calibration_of(self.calibrations, language) for language in self.languages}
        return Trust(
            languages=frozenset(self.languages),
            confidence=every.confidence,
            thresholds={language: found.confidence for language, found in named.items()},
            precision={language: found.precision for language, found in named.items()},
        )


def read_card(folder: Path) -> Card:
    """Return the card of `folder`; raise `ModelMissing`, naming the file, where one is absent or not the one the card means."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        card = _card(said)
    except OSError as error:
        raise ModelMissing(f"The triage model has no {FILE} in {folder}: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelMissing(f"The triage model's {folder / FILE} is damaged: {error}.") from error
    for name in card.sha256.keys() - NOT_FOR_READING:
        check_file(folder, card, name)
    return card


def check_file(folder: Path, card: Card, name: str) -> None:
    """Raise `ModelMissing`, naming the file, where the card knows it and it is absent or another."""
    if name in card.sha256:
        _check(folder / name, card.sha256[name])


def _card(said: dict[str, Any]) -> Card:
    """Return the card that was written as `said`; KeyError or TypeError where something is missing."""
    calibrations = {
        language: Calibration(
            **one | {"weights": _rows(one["weights"]), "bias": tuple(one["bias"]), "kinds": _rows(one.get("kinds", ()))},
        )
        for language, one in said["calibrations"].items()
    }
    lists: dict[str, Any] = {name: tuple(said[name]) for name in ("languages", "ngrams", "complaint", "signals")}
    facts: dict[str, Any] = {**said, **lists, "kinds": tuple(said.get("kinds", ())), "calibrations": calibrations}
    card = Card(**facts)
    calibration_of(card.calibrations, EVERY_LANGUAGE)
    return card


def _rows(numbers: Iterable[Iterable[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, numbers))


def write_card(folder: Path, card: Card) -> None:
    """Write `card` into `folder`, with the fingerprint of every file that lies there."""
    files = {path.name: fingerprint(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name != FILE}
    said = asdict(card) | {"sha256": files}
    (folder / FILE).write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, expected: str) -> None:
    try:
        found = fingerprint(path)
    except OSError as error:
        raise ModelMissing(f"The triage model's file {path} cannot be read: {error.strerror}.") from error
    if found != expected:
        raise ModelMissing(f"The triage model's file {path} is damaged: its SHA-256 is {found[:12]}…, the card says {expected[:12]}….")
