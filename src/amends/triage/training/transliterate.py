"""Hindi and Punjabi as people type them in Latin letters. Beside the n-grams in the recipe: Devanagari or Gurmukhi -> everyday spelling.

People agree on no spelling ("nahi", "nhi", "nahin"), so that one of several is drawn at each place. What is left unsaid is left out: the
vowel that a consonant carries unwritten falls at the end of a word, and within it between two sounded syllables.
"""

import random
import re
import unicodedata
from dataclasses import dataclass

# Gurmukhi stands in Unicode letter by letter where Devanagari does, so that the tables below serve both.
BLOCK = ord("\u0a00") - ord("\u0900")
CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh|ch", "ज": "j", "झ": "jh", "ञ": "n", "ट": "t", "ठ": "th",
    "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n", "प": "p", "फ": "f|ph", "ब": "b", "भ": "bh", "म": "m",
    "य": "y", "र": "r", "ल": "l", "ळ": "l", "व": "v|w", "श": "sh", "ष": "sh", "स": "s", "ह": "h",
    "ੜ": "r|d",
}  # fmt: skip
DOTTED = {"क": "q|k", "ख": "kh", "ग": "g", "ज": "z|j", "ड": "d|r", "ढ": "dh|rh", "फ": "f", "ਸ": "sh"}
VOWELS = {
    "अ": "a", "आ": "aa|a", "इ": "i", "ई": "ee|i", "उ": "u", "ऊ": "oo|u", "ऋ": "ri", "ए": "e", "ऐ": "ai", "ओ": "o", "औ": "au", "ऑ": "o",
    "ऍ": "e", "ऎ": "e", "ੲ": "", "ੳ": "",
}  # fmt: skip
SIGNS = {
    "ा": "aa|a|a", "ि": "i", "ी": "ee|i|i", "ु": "u", "ू": "oo|u|u", "ृ": "ri", "े": "e", "ै": "ai", "ो": "o", "ौ": "au", "ॉ": "o", "ॅ": "e",
}  # fmt: skip
SHORT_AT_THE_END = {"aa": "a", "ee": "i", "oo": "u"}
NASAL, SILENT, DOT, TWICE = frozenset("ंँਂਁੰ"), frozenset("्੍"), frozenset("़਼"), "ੱ"
LABIAL = frozenset("पबਪਬ")
# The commonest words are typed in ways of their own.
USUAL = {
    "है": "hai|h|hai", "हैं": "hain|hai", "नहीं": "nahi|nhi|nahin", "में": "me|mein|mai", "मैं": "main|mai", "हूँ": "hu|hun|hoon",
    "हूं": "hu|hun|hoon", "क्यों": "kyu|kyon|kyo", "यह": "yeh|ye", "वह": "woh|wo", "बहुत": "bahut|bohot|bahot|bhut", "कुछ": "kuch|kuchh",
    "मुझे": "mujhe|muje", "अच्छा": "acha|achha|accha", "अच्छी": "achi|achhi|acchi", "पर": "par|pe", "और": "aur|or", "रहा": "raha|rha",
    "रही": "rahi|rhi", "रहे": "rahe|rhe", "गया": "gaya|gya", "गई": "gayi|gai", "आप": "aap|ap", "धन्यवाद": "dhanyavaad|dhanyawad|dhanyavad",
    "ਹੈ": "hai|aa|e|ae", "ਹਨ": "han|ne", "ਨਹੀਂ": "nahi|nhi|nai", "ਵਿੱਚ": "vich|ch|wich", "ਵਿਚ": "vich|ch", "ਨੂੰ": "nu|nu|noo",
    "ਇਹ": "eh|ih", "ਉਹ": "oh|uh", "ਮੈਂ": "main|mai", "ਤੁਸੀਂ": "tusi|tusin", "ਅਸੀਂ": "asi|assi", "ਬਹੁਤ": "bahut|bht|bohat", "ਤੋਂ": "ton|to",
    "ਨਾਲ": "naal|nal", "ਹਾਂ": "haan|ha|aa", "ਵਧੀਆ": "vadhiya|wadhiya|vadia", "ਕੁਝ": "kujh|kuj", "ਗਿਆ": "gaya|geya|gya", "ਗਈ": "gayi|gai",
    "ਰਿਹਾ": "reha|riha|rha", "ਰਹੀ": "rahi|rhi", "ਰਹੇ": "rahe|rhe", "ਧੰਨਵਾਦ": "dhanwaad|dhanvaad|dhannvaad", "ਜੀ": "ji", "ਵੀ": "vi|v",
}  # fmt: skip
WORD = re.compile("[\u0900-\u0963\u0970-\u097f\u0a00-\u0a65\u0a70-\u0a7f]+")
FULL_STOP = "।"


def is_transliterable(text: str) -> bool:
    """Say whether a text has a word in Devanagari or Gurmukhi."""
    return WORD.search(text) is not None


def transliterated(text: str, rng: random.Random) -> str:
    """Return a text with its words in Devanagari and Gurmukhi in Latin letters, each spelt in one of the usual ways, by `rng`."""
    latin = WORD.sub(lambda found: _word(found[0], rng), unicodedata.normalize("NFC", text)).replace(FULL_STOP, ".")
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in latin)


@dataclass(kw_only=True, slots=True)
class _Syllable:
    """One consonant, "" where there is none, whether it is `dotted` or said `twice`, its vowel (None: unwritten), a nasal behind."""

    consonant: str = ""
    dotted: bool = False
    twice: bool = False
    vowel: str | None = None
    nasal: bool = False

    @property
    def is_unwritten(self) -> bool:
        return self.vowel is None and not self.nasal


def _word(word: str, rng: random.Random) -> str:
    if word in USUAL:
        return _one_of(USUAL[word], rng)
    syllables = _syllables(unicodedata.normalize("NFD", word))
    _leave_out(syllables)
    return "".join(_spelt(syllables, at, rng) for at in range(len(syllables)))


def _syllables(word: str) -> list[_Syllable]:
    found: list[_Syllable] = []
    twice = False
    for char in word:
        if char in ALL_CONSONANTS:
            found.append(_Syllable(consonant=char, twice=twice))
            twice = False
        elif char in ALL_VOWELS:
            found.append(_Syllable(vowel=ALL_VOWELS[char]))
        elif char == TWICE:
            twice = True
        elif found:
            _mark(found[-1], char)
    return found


def _mark(last: _Syllable, char: str) -> None:
    """Let a sign change the syllable that it stands on."""
    if char in SILENT:
        last.vowel = ""
    elif char in ALL_SIGNS:
        last.vowel = ALL_SIGNS[char]
    last.dotted |= char in DOT
    last.nasal |= char in NASAL


def _leave_out(syllables: list[_Syllable]) -> None:
    """Drop the unwritten vowels that nobody says, from the end of the word on, since each that falls keeps the one before."""
    if len(syllables) > 1 and syllables[-1].is_unwritten:
        syllables[-1].vowel = ""
    for before, this, after in reversed(list(zip(syllables, syllables[1:], syllables[2:], strict=False))):
        if this.is_unwritten and before.vowel != "" and after.consonant and after.vowel != "":
            this.vowel = ""


def _spelt(syllables: list[_Syllable], at: int, rng: random.Random) -> str:
    this, is_last = syllables[at], at + 1 == len(syllables)
    consonants = DOTTED_BOTH if this.dotted and this.consonant in DOTTED_BOTH else ALL_CONSONANTS
    start = _one_of(consonants[this.consonant], rng) if this.consonant else ""
    vowel = "a" if this.vowel is None else _one_of(this.vowel, rng)
    if is_last and at and not this.nasal:
        vowel = SHORT_AT_THE_END.get(vowel, vowel)
    return (start[:1] if this.twice else "") + start + vowel + (_nasal(syllables[at + 1 :], rng) if this.nasal else "")


def _nasal(rest: list[_Syllable], rng: random.Random) -> str:
    """Return how a nasal is typed: m before p and b, else n, which many leave out at the end of a word."""
    if rest:
        return "m" if rest[0].consonant in LABIAL else "n"
    return rng.choice(("n", ""))


def _one_of(spellings: str, rng: random.Random) -> str:
    return rng.choice(spellings.split("|"))


def _in_both(table: dict[str, str]) -> dict[str, str]:
    """Return a table of Devanagari letters with those of Gurmukhi beside them; what it says of Gurmukhi goes first."""
    return {chr(ord(char) + BLOCK): latin for char, latin in table.items() if char < "\u0a00"} | table


ALL_CONSONANTS, DOTTED_BOTH, ALL_VOWELS, ALL_SIGNS = map(_in_both, (CONSONANTS, DOTTED, VOWELS, SIGNS))
