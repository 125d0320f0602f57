"""Which language is a post in? Place in the path: cleaned text -> `detect` -> Verdict, and the temperature the encoder uses.

The surest first: a script that only one language uses; small words that only English or romanised Punjabi has; for Latin letters our own
small model where it is certain of a romanised language, of which py3langid knows none; then py3langid, and where that is not certain the
two together. The network's hint only breaks ties.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from amends.core.errors import ModelMissing
from amends.triage.cleaning import LINK_MASK, MENTION_MASK
from amends.triage.ngrams import Table, read_tables

UNKNOWN = "und"
WEIGHTS = Path(__file__).parent / "weights" / "romanised.npz"
TABLE = "latin"
LONGEST_TEXT = 600

# Scripts that decide by themselves, by the first word of the letter's Unicode name.
SCRIPTS: Mapping[str, str] = {
    "SINHALA": "si", "TAMIL": "ta", "KANNADA": "kn", "GURMUKHI": "pa", "ETHIOPIC": "am", "TELUGU": "te", "MALAYALAM": "ml", "BENGALI": "bn",
    "GUJARATI": "gu", "ORIYA": "or", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "GREEK": "el", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh",
}  # fmt: skip
LATIN = "LATIN"
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
CERTAINLY_ROMANISED = 0.97
SURE_ENOUGH = 0.4
PLAUSIBLE = 0.1
ENGLISH = "en"
ROMANISED_ANSWERS = tuple(f"{language}{ROMANISED}" for language in ("am", "hi", "kn", "pa", "si", "ta"))
KNOWN = tuple(sorted({*ANSWERS, *SCRIPTS.values(), *ROMANISED_ANSWERS}))
"""Every language that a post may be said to be in."""

# Small words of romanised Punjabi, which has no training text of its own: those that other languages lack, and those it shares.
PUNJABI_ONLY = frozenset(
    "nu vich vicho kiven kithe kitho mainu sanu tuhanu tenu tusi tussi assi sadi sada ohna ehna haje ton katt kiti kita "  # noqa: SIM905
    "vadhiya changa changi chheti kujh sunda chukda chalda karda naal layi "
    "ch reha riha rehi hunda hundi janda jaandi jadon jithe othe ethe kudi munda vadda vaddi gall dasso dasdo sohna sohni".split()
)
PUNJABI_SHARED = frozenset(
    "da di de asi mera meri tera teri hoya gaya gayi koi rahe paise bahut nahi ji karde te ne ni v vi si ton".split()  # noqa: SIM905
)


# Small words that only English has; many of them together need no model to be told.
ENGLISH_SMALL = frozenset(
    "the and you your my to with this that have has not what when why they been are it its how can would just from but our i'm don't "  # noqa: SIM905
    "it's can't i've you're for is we there any still were will get got".split()
)
ENGLISH_HITS, ENGLISH_SHARE = 3, 0.2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Latin:
    """Our own small model of languages in Latin letters: what the classes of its table are called, and the table."""

    languages: tuple[str, ...]
    table: Table

    def chances(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return how likely each language is for texts in Latin letters."""
        return [dict(zip(self.languages, chances, strict=True)) for chances in np.exp(self.table.scores(texts)).tolist()]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Doubt:
    """Words in Latin letters whose language neither script nor small words tell, and the network's hint."""

    words: str
    hint: str


def read_latin(path: Path) -> Latin:
    """Return the model of a file; raise `ModelMissing` where it is absent or damaged."""
    table = read_tables(path, [TABLE])[TABLE]
    with np.load(path, allow_pickle=False) as file:
        return Latin(languages=tuple(str(label) for label in file["languages"]), table=table)


@lru_cache(maxsize=2)
def latin_of(model: str) -> Latin | None:
    """Return the one of the triage model in the folder `model`, without loading the rest of it; None where the shipped one speaks.

    It speaks too where the folder has none or a damaged one: whoever loads the model says what is wrong with it.
    """
    try:
        return read_latin(Path(model) / WEIGHTS.name) if model else None
    except ModelMissing:
        return None


def detect(text: str, hint: str = "", latin: Latin | None = None) -> str:
    """Return the language of a cleaned text: ISO 639-1, `-Latn` where romanised, `und` where there is no letter to read or no telling.

    `hint` is what the network says ("" where it says nothing); it decides only where the text itself leaves it open. `latin` is the model
    for Latin letters, without it the shipped one.
    """
    return detect_all([text], [hint], latin)[0]


def detect_all(texts: Sequence[str], hints: Sequence[str], latin: Latin | None = None) -> list[str]:
    """Return the language of each text as `detect` does; those that leave doubt are put to our model for Latin letters together."""
    told = [_told(text, hint) for text, hint in zip(texts, hints, strict=True)]
    doubts = [one for one in told if isinstance(one, _Doubt)]
    chances = iter((latin or _shipped()).chances([one.words for one in doubts]) if doubts else ())
    return [_decided(one, next(chances)) if isinstance(one, _Doubt) else one for one in told]


def _told(text: str, hint: str) -> str | _Doubt:
    """Return the language of a text in so far as our own model need not be asked."""
    words = text.replace(MENTION_MASK, " ").replace(LINK_MASK, " ")[:LONGEST_TEXT]
    scripts = _scripts(words)
    if not scripts:
        return UNKNOWN
    certain = _by_script(scripts)
    if certain:
        return certain
    if scripts[LATIN] * 2 >= scripts.total():
        return _in_latin(words, hint.lower().partition("-")[0])
    return _other(words, hint.lower().partition("-")[0])


def script_of(text: str) -> str:
    """Return the script that most letters of a text are of, by the first word of their Unicode names; empty where it has none."""
    [(script, _n)] = _scripts(text).most_common(1) or [("", 0)]
    return script


def _scripts(text: str) -> Counter[str]:
    """Return how many letters of a text are of which script."""
    if text.isascii():  # most of them by far
        letters = sum(map(str.isalpha, text))
        return Counter({LATIN: letters} if letters else {})
    scripts: Counter[str] = Counter()
    for letter, times in Counter(filter(str.isalpha, text)).items():
        scripts[_script(letter)] += times
    return scripts


def plain(language: str) -> str:
    """Return a language whatever letters it is written in: `si` for `si-Latn`."""
    return language.removesuffix(ROMANISED)


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


def _in_latin(words: str, hint: str) -> str | _Doubt:
    """Return the language of a text in Latin letters, or the doubt that is left."""
    if _is_plainly_english(words):
        return ENGLISH
    if _is_punjabi(words):
        return "pa-Latn"
    return _Doubt(words=words, hint=hint)


def _is_plainly_english(words: str) -> bool:
    """Say whether so many small words are English that no model need be asked, which would take longer than all other steps."""
    found = words.lower().replace("’", "'").split()  # noqa: RUF001
    hits = sum(word in ENGLISH_SMALL for word in found)
    return hits >= ENGLISH_HITS and hits >= ENGLISH_SHARE * len(found)


def _decided(doubt: _Doubt, ours: Mapping[str, float]) -> str:
    """Return the language of words in Latin letters: our own model's, py3langid's, the hint, or `und`.

    A language that neither knows must not pass for the one that it happens to resemble.
    """
    best = max(ours, key=lambda language: ours[language])
    romanised = ours[best] if best.endswith(ROMANISED) else 0.0
    if romanised >= CERTAINLY_ROMANISED:
        return best
    found, sure = _identifier().classify(doubt.words)
    if sure >= CERTAIN or (romanised < ROMANISED_ENOUGH and sure >= SURE_ENOUGH):
        return str(found)
    return best if romanised >= ROMANISED_ENOUGH else _left_open(doubt.hint, str(found), ours)


def _left_open(hint: str, found: str, ours: Mapping[str, float]) -> str:
    """Return the language where neither model is sure: the hint, if one thinks it possible, our model's best, or py3langid's `found`."""
    if hint == found or ours.get(hint, 0.0) >= PLAUSIBLE:
        return hint
    best = max(ours, key=lambda language: ours[language])
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


@cache
def _shipped() -> Latin:
    return read_latin(WEIGHTS)
