"""Teach the small model that tells romanised languages apart. Beside the recipe: the same data folders -> `weights/romanised.npz`.

Its file holds weights of hashed character n-grams, nothing that could be read back as text.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from amends.triage.cleaning import clean
from amends.triage.language import ROMANISED, TABLE
from amends.triage.ngrams import write_tables
from amends.triage.training import ngrams
from amends.triage.training.mixture import OWN_FOLDER

EUROPEAN = {
    "english": "en",
    "spanish": "es",
    "french": "fr",
    "portuguese": "pt",
    "italian": "it",
    "german": "de",
    "hindi": "hi-Latn",
}
FOLDERS = {
    "singlish_youtube": "si-Latn",
    "ccms_sinhala": "si-Latn",
    "dravidian_tamil": "ta-Latn",
    "dravidian_kannada": "kn-Latn",
    "semeval_tweeteval_sentiment": "en",
    "goemotions": "en",
    "banking77": "en",
}
EUROPEAN_FOLDER = "umsab"
FOREIGN_LABELS = ("not_tamil", "not_kannada")
PER_FOLDER = 5_000
LATIN_SHARE = 0.95
ENGLISH_ENOUGH = 0.5
LONGEST_CROP = 6
STRENGTH = 10.0
BUCKETS = 1 << 15
AT_HOME = frozenset({"en", "es"})
OWN_TIMES = 3
HELD_SHARE = 0.1

Labelled = tuple[str, str]


def has_text(data: Path) -> bool:
    """Say whether there is text to learn from beside our own sentences, which are too few."""
    return bool(_folders(data))


def teach(data: Path, out: Path, *, seed: int) -> float:
    """Write the model; return its accuracy on a tenth of the texts held back."""
    texts = _with_crops([*_texts(data, seed=seed), *_own()], seed=seed)
    languages = sorted({language for _, language in texts})
    held = int(len(texts) * HELD_SHARE)
    table = ngrams.teach(
        [text for text, _ in texts[held:]], [languages.index(language) for _, language in texts[held:]], buckets=BUCKETS, strength=STRENGTH
    )
    write_tables(out, {TABLE: table}, languages=languages)
    said = table.scores([text for text, _ in texts[:held]]).argmax(1).tolist()
    return float(np.mean([languages[place] == language for place, (_, language) in zip(said, texts[:held], strict=True)]))


def _own() -> list[Labelled]:
    """Return our own sentences in Latin letters, three times since they are few; a file of another script holds romanised ones."""
    found = [
        (clean(line["text"]), path.stem if path.stem in AT_HOME else path.stem + ROMANISED)
        for path in sorted(OWN_FOLDER.glob("*.tsv"))
        for line in _read(path)
    ]
    return [(text, language) for text, language in found if _is_latin(text)] * OWN_TIMES


def _texts(data: Path, *, seed: int) -> Iterator[Labelled]:
    """Yield texts in Latin letters with their language; rows of the code-mixed sets that are plain English fall out."""
    english = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    for folder in _folders(data):
        used = 0
        for line in _lines(data / folder / "train.tsv", seed=seed):
            language = FOLDERS.get(folder) or EUROPEAN.get(line["lang"], "")
            text = clean(line["text"])
            if not language or not _is_latin(text) or line.get("label") in FOREIGN_LABELS:
                continue
            found, sure = english.classify(text)
            if not (language.endswith("-Latn") and found == "en" and sure > ENGLISH_ENOUGH):
                used += 1
                yield text, language
            if folder in FOLDERS and used >= PER_FOLDER:
                break


def _folders(data: Path) -> list[str]:
    return [folder for folder in (*FOLDERS, EUROPEAN_FOLDER) if (data / folder / "train.tsv").exists()]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _lines(path: Path, *, seed: int) -> list[dict[str, str]]:
    rows = _read(path)
    random.Random(seed).shuffle(rows)  # noqa: S311
    return rows


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and sum(char < "\u0250" for char in letters) >= LATIN_SHARE * len(letters)


def _with_crops(texts: Sequence[Labelled], *, seed: int) -> list[Labelled]:
    """Return the texts, each a second time cut to a few words, since many posts are that short."""
    rng = random.Random(seed)  # noqa: S311
    both = [*texts, *((" ".join(text.split()[: rng.randint(1, LONGEST_CROP)]), language) for text, language in texts)]
    rng.shuffle(both)
    return both
