"""What a folder of weights says about itself. Read at start by the classifier, written once by the training (`card.json`).

The card names every other file of the folder with its SHA-256, so that a half-copied or damaged model is found before it speaks.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from amends.core.errors import ModelMissing

FILE = "card.json"
EVERY_LANGUAGE = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A model's name, limits and calibration.

    `temperatures` divide the mood logits, one a language and `*` for the rest; `complaint_scale` and `complaint_shift` straighten the
    complaint logit; `confidence` is the threshold below which a person looks; `tokens` is the longest text in tokens.
    """

    version: str
    tokens: int
    languages: tuple[str, ...]
    confidence: float
    temperatures: Mapping[str, float]
    complaint_scale: float
    complaint_shift: float
    sha256: Mapping[str, str] = field(default_factory=dict)

    def temperature(self, language: str) -> float:
        """Return the temperature of a language, of its other script, or of all."""
        plain = language.removesuffix("-Latn")
        return self.temperatures.get(language, self.temperatures.get(plain, self.temperatures[EVERY_LANGUAGE]))


def read_card(folder: Path) -> Card:
    """Return the card of `folder`; raise `ModelMissing`, naming the file, where one is absent or not the one the card means."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        card = Card(**said | {"languages": tuple(said["languages"])})
        card.temperature(EVERY_LANGUAGE)
    except OSError as error:
        raise ModelMissing(f"The triage model has no {FILE} in {folder}: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelMissing(f"The triage model's {folder / FILE} is damaged: {error}.") from error
    for name, expected in card.sha256.items():
        _check(folder / name, expected)
    return card


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
