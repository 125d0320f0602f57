"""Names in Latin letters, whatever script they are written in: roughly as their owners would write them. Pure.

The blocks of Unicode for the scripts of India are built alike, letter for letter at the same place; Ethiopic has eight places a
consonant, one a vowel. So one small table does for many scripts. What is written is not the standard of any library, but near enough to
what people make of their own names that `name_keys` can compare the two.
"""

import unicodedata
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache

_INDIC_BLOCKS = (0x0900, 0x0A00, 0x0B80, 0x0C80)
"""Devanagari, Gurmukhi, Tamil, Kannada."""
_INDIC_VOWELS = {
    0x05: "a", 0x06: "a", 0x07: "i", 0x08: "i", 0x09: "u", 0x0A: "u", 0x0B: "ri", 0x0E: "e", 0x0F: "e", 0x10: "ai",
    0x0D: "e", 0x11: "o", 0x12: "o", 0x13: "o", 0x14: "au",
}  # fmt: skip
_INDIC_SIGNS = {
    0x3E: "a", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "ri", 0x45: "e", 0x46: "e", 0x47: "e", 0x48: "ai", 0x49: "o",
    0x4A: "o", 0x4B: "o", 0x4C: "au", 0x4D: "",
}  # fmt: skip
_INDIC_CONSONANTS = {
    0x15: "k", 0x16: "kh", 0x17: "g", 0x18: "gh", 0x19: "n", 0x1A: "ch", 0x1B: "chh", 0x1C: "j", 0x1D: "jh", 0x1E: "n", 0x1F: "t",
    0x20: "th", 0x21: "d", 0x22: "dh", 0x23: "n", 0x24: "t", 0x25: "th", 0x26: "d", 0x27: "dh", 0x28: "n", 0x29: "n", 0x2A: "p",
    0x2B: "ph", 0x2C: "b", 0x2D: "bh", 0x2E: "m", 0x2F: "y", 0x30: "r", 0x31: "r", 0x32: "l", 0x33: "l", 0x34: "zh", 0x35: "v",
    0x36: "sh", 0x37: "sh", 0x38: "s", 0x39: "h", 0x5C: "r",
}  # fmt: skip
_INDIC_MARKS = {0x01: "n", 0x02: "n", 0x03: "h", 0x70: "n", 0x71: ""}
"""What stands for a nasal; Gurmukhi's sign of doubling says nothing that Latin letters keep."""
_GURMUKHI_CARRIERS = frozenset("\u0a72\u0a73")
_SINHALA_VOWELS = {
    0x85: "a", 0x86: "a", 0x87: "a", 0x88: "a", 0x89: "i", 0x8A: "i", 0x8B: "u", 0x8C: "u", 0x8D: "ri", 0x91: "e", 0x92: "e",
    0x93: "ai", 0x94: "o", 0x95: "o", 0x96: "au",
}  # fmt: skip
_SINHALA_SIGNS = {
    0xCA: "", 0xCF: "a", 0xD0: "a", 0xD1: "a", 0xD2: "i", 0xD3: "i", 0xD4: "u", 0xD6: "u", 0xD8: "ru", 0xD9: "e", 0xDA: "e",
    0xDB: "ai", 0xDC: "o", 0xDD: "o", 0xDE: "au",
}  # fmt: skip
_SINHALA_CONSONANTS = {
    0x9A: "k", 0x9B: "kh", 0x9C: "g", 0x9D: "gh", 0x9E: "n", 0x9F: "ng", 0xA0: "ch", 0xA1: "chh", 0xA2: "j", 0xA3: "jh", 0xA4: "n",
    0xA5: "gn", 0xA6: "nj", 0xA7: "t", 0xA8: "th", 0xA9: "d", 0xAA: "dh", 0xAB: "n", 0xAC: "nd", 0xAD: "th", 0xAE: "th", 0xAF: "d",
    0xB0: "dh", 0xB1: "n", 0xB3: "nd", 0xB4: "p", 0xB5: "ph", 0xB6: "b", 0xB7: "bh", 0xB8: "m", 0xB9: "mb", 0xBA: "y", 0xBB: "r",
    0xBD: "l", 0xC0: "v", 0xC1: "sh", 0xC2: "sh", 0xC3: "s", 0xC4: "h", 0xC5: "l", 0xC6: "f",
}  # fmt: skip
_SINHALA_MARKS = {0x82: "n", 0x83: "h"}
_ETHIOPIC_ROWS = (
    "h", "l", "h", "m", "s", "r", "s", "sh", "q", "q", "q", "q", "b", "v", "t", "ch", "h", "h", "n", "n", "'", "k", "k", "k", "k",
    "w", "'", "z", "zh", "y", "d", "d", "j", "g", "g", "g", "t", "ch", "p", "ts", "ts", "f", "p",
)  # fmt: skip
_ETHIOPIC_ORDERS = ("e", "u", "i", "a", "e", "", "o", "wa")
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh",  # noqa: RUF001
    "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a",
    "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "و": "w",  # noqa: RUF001
    "ي": "y", "ی": "y", "ى": "a", "ئ": "y", "ؤ": "w", "ء": "",
}  # fmt: skip
_LATIN = {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}  # noqa: RUF001
_INHERENT = "a"
_NUKTAS = frozenset("\u093c\u0a3c\u0cbc")
_SINHALA, _SINHALA_END = 0x0D80, 0x0DFF
_ETHIOPIC, _ETHIOPIC_END = 0x1200, 0x1357
_BLOCK = 0x80
_LAST_LATIN = 0x24F
_MORE_LATIN, _MORE_LATIN_END = 0x1E00, 0x1EFF


class _Part(Enum):
    """What a character of a script is: a consonant has a vowel of its own until a sign says another."""

    CONSONANT = auto()
    SIGN = auto()
    LETTER = auto()


def romanised(text: str) -> str:
    """Return `text` in lower-case Latin letters; what is in none of the scripts we read stays, so that it is still compared."""
    found: list[str] = []
    waits = False
    for char in unicodedata.normalize("NFKC", text).casefold():
        if char in _NUKTAS or unicodedata.category(char) == "Cf":
            continue
        part, letters = _read(char)
        if waits and part is not _Part.SIGN:
            found.append(_INHERENT)
        found.append(letters)
        waits = part is _Part.CONSONANT
    return "".join(found) + (_INHERENT if waits else "")


@lru_cache(maxsize=4096)
def _read(char: str) -> tuple[_Part, str]:
    code = ord(char)
    if code <= _LAST_LATIN or _MORE_LATIN <= code <= _MORE_LATIN_END:
        return _Part.LETTER, _latin(char)
    if _ETHIOPIC <= code <= _ETHIOPIC_END:
        return _Part.LETTER, _ethiopic(code)
    if _SINHALA <= code <= _SINHALA_END:
        return _of_abugida(char, code - 0x0D00, _SINHALA_PARTS)
    for block in _INDIC_BLOCKS:
        if block <= code < block + _BLOCK:
            return _of_abugida(char, code - block, _INDIC_PARTS)
    return _Part.LETTER, _ARABIC.get(char, "" if unicodedata.category(char) == "Mn" else char)


def _latin(char: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
    return _LATIN.get(char, plain)


def _ethiopic(code: int) -> str:
    row, order = divmod(code - _ETHIOPIC, len(_ETHIOPIC_ORDERS))
    consonant, vowel = _ETHIOPIC_ROWS[row], _ETHIOPIC_ORDERS[order]
    return (vowel if order else _INHERENT) if consonant == "'" else consonant + vowel


_Parts = tuple[Mapping[int, str], Mapping[int, str], Mapping[int, str]]
_INDIC_PARTS: _Parts = (_INDIC_CONSONANTS, _INDIC_SIGNS, _INDIC_VOWELS | _INDIC_MARKS)
_SINHALA_PARTS: _Parts = (_SINHALA_CONSONANTS, _SINHALA_SIGNS, _SINHALA_VOWELS | _SINHALA_MARKS)


def _of_abugida(char: str, place: int, parts: _Parts) -> tuple[_Part, str]:
    consonants, signs, letters = parts
    if place in consonants:
        return _Part.CONSONANT, consonants[place]
    if place in signs:
        return _Part.SIGN, signs[place]
    return _Part.LETTER, letters.get(place, "" if char in _GURMUKHI_CARRIERS else char)
