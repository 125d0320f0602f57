"""Which language is a post in? Place in the path: cleaned text -> `detect` -> Verdict, and the temperature the encoder uses.

Three steps, the surest first: a script that only one language uses; for Latin letters our own small model, which knows romanised Sinhala,
Tamil, Kannada and Hindi; py3langid for everything else. The network's hint only breaks ties.
"""

import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from amends.core.errors import ModelMissing
from amends.triage.cleaning import LINK_MASK, MENTION_MASK

UNKNOWN = "und"
WEIGHTS = Path(__file__).parent / "weights" / "romanised.npz"
BUCKETS = 8_192
LONGEST_GRAM = 4
LONGEST_TEXT = 600

# Scripts that decide by themselves, by the first word of the letter's Unicode name.
SCRIPTS: Mapping[str, str] = {
    "SINHALA": "si", "TAMIL": "ta", "KANNADA": "kn", "GURMUKHI": "pa", "ETHIOPIC": "am", "TELUGU": "te", "MALAYALAM": "ml", "BENGALI": "bn",
    "GUJARATI": "gu", "ORIYA": "or", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "GREEK": "el", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh",
}  # fmt: skip
JAPANESE = ("HIRAGANA", "KATAKANA")
FOREIGN_SHARE = 0.2

# What py3langid may answer: languages that are written on the networks we watch. The rare ones would win most short posts.
ANSWERS = (  # noqa: SIM905
    "af ar bg bn ca cs da de el en es et fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml mn mr ms my ne nl no "
    "pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi zh zu"
).split()

ROMANISED = "-Latn"
ROMANISED_ENOUGH = 0.6
SURE_ALONE = 0.8
ENGLISH_ENOUGH = 0.25
CERTAIN = 0.95
SURE_ENOUGH = 0.4
PLAUSIBLE = 0.1
ENGLISH = "en"
# Small words of romanised Punjabi, which has no training text of its own: those that other languages lack, and those it shares.
PUNJABI_ONLY = frozenset(
    "nu vich vicho kiven kithe kitho mainu sanu tuhanu tenu tusi tussi assi sadi sada ohna ehna haje ton katt kiti kita "  # noqa: SIM905
    "vadhiya changa changi chheti kujh sunda chukda chalda karda naal layi".split()
)
PUNJABI_SHARED = frozenset(
    "da di de asi mera meri tera teri hoya gaya gayi koi rahe paise bahut nahi ji karde te ne".split()  # noqa: SIM905
)


def detect(text: str, hint: str = "") -> str:
    """Return the language of a cleaned text: ISO 639-1, `-Latn` where romanised, `und` where there is no letter to read or no telling.

    `hint` is what the network says ("" where it says nothing); it decides only where the text itself leaves it open.
    """
    words = text.replace(MENTION_MASK, " ").replace(LINK_MASK, " ")[:LONGEST_TEXT]
    scripts = Counter(_script(char) for char in words if char.isalpha())
    if not scripts:
        return UNKNOWN
    certain = _by_script(scripts)
    if certain:
        return certain
    if scripts["LATIN"] * 2 >= scripts.total():
        return _latin(words, hint.lower().partition("-")[0])
    return _other(words, hint.lower().partition("-")[0])


@lru_cache(maxsize=4_096)
def _script(char: str) -> str:
    return unicodedata.name(char, "?").split(maxsplit=1)[0]


def _by_script(scripts: Counter[str]) -> str:
    """Return the language of a telling script that makes up a fifth of the letters: code-mixed posts belong to it too."""
    if any(scripts[kana] for kana in JAPANESE) and sum(scripts[kana] for kana in (*JAPANESE, "CJK")) >= FOREIGN_SHARE * scripts.total():
        return "ja"
    telling = [(count, script) for script, count in scripts.items() if script in SCRIPTS]
    count, script = max(telling, default=(0, ""))
    return SCRIPTS[script] if count >= FOREIGN_SHARE * scripts.total() and script else ""


def _latin(words: str, hint: str) -> str:
    """Return the language of a text in Latin letters."""
    if _is_punjabi(words):
        return "pa-Latn"
    found, sure = _identifier().classify(words)
    return str(found) if sure >= CERTAIN else _doubtful(words, str(found), sure, hint)


def _doubtful(words: str, found: str, sure: float, hint: str) -> str:
    """Return the language where py3langid's answer `found` leaves doubt: our own model's, its answer after all, the hint, or `und`.

    A language that neither knows, such as romanised Amharic, must not pass for the one that it happens to resemble.
    """
    ours = romanised(words)
    best = max(ours, key=lambda language: ours[language])
    if best.endswith(ROMANISED) and ours[best] >= ROMANISED_ENOUGH:
        return best
    if sure >= SURE_ENOUGH:
        return found
    if hint == found or ours.get(hint, 0.0) >= PLAUSIBLE:
        return hint
    return best if ours[best] >= SURE_ALONE else _known(found, ours)


def _known(found: str, ours: Mapping[str, float]) -> str:
    """Return py3langid's weak answer where our own model thinks it possible, English where that is likely, else `und`."""
    if ours.get(found, 0.0) >= PLAUSIBLE:
        return found
    return ENGLISH if ours[ENGLISH] >= ENGLISH_ENOUGH else UNKNOWN


def _is_punjabi(words: str) -> bool:
    """Say whether romanised words are Punjabi: it has no training text of its own, so a list of its small words decides."""
    found = re.findall(r"[a-z]+", words.lower())
    only = {word for word in found if word in PUNJABI_ONLY}
    return len(only) >= 2 and sum(word in PUNJABI_ONLY | PUNJABI_SHARED for word in found) * 3 >= len(found)  # noqa: PLR2004


def _other(words: str, hint: str) -> str:
    found, sure = _identifier().classify(words)
    return hint if hint and sure < SURE_ENOUGH and hint in ANSWERS else str(found)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(ANSWERS)
    return identifier


def grams(words: str) -> NDArray[np.float32]:
    """Return the text's character n-grams (1 to 4, within words) counted in hashed buckets, damped, of length 1."""
    found: Counter[int] = Counter()
    for word in re.findall(r"[^\W\d_]+", words.lower()):
        marked = f" {word} ".encode()
        for size in range(1, LONGEST_GRAM + 1):
            found.update(zlib.crc32(marked[at : at + size]) % BUCKETS for at in range(len(marked) - size + 1))
    features = np.zeros(BUCKETS, np.float32)
    features[list(found)] = np.log1p(np.fromiter(found.values(), np.float32, len(found)))
    return features / max(float(np.linalg.norm(features)), 1e-6)


def romanised(words: str) -> dict[str, float]:
    """Return how likely each language of our own model is for a text in Latin letters."""
    labels, weights, bias = _weights()
    scores = grams(words) @ weights + bias
    chances = np.exp(scores - scores.max())
    return dict(zip(labels, (chances / chances.sum()).tolist(), strict=True))


@cache
def _weights() -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.float32]]:
    """Return labels, weights [buckets, labels] and bias of the shipped file; the weights are kept as int8 with one scale a label."""
    try:
        with np.load(WEIGHTS, allow_pickle=False) as file:
            weights = file["weights"].astype(np.float32) * file["scales"]
            return tuple(str(label) for label in file["labels"]), weights, file["bias"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelMissing(f"The file {WEIGHTS} that tells romanised languages apart is absent or damaged: {error}.") from error
