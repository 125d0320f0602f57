"""Ethiopic syllables taken apart, so that n-grams see a word's consonants and vowels. Place in the path: letters -> `apart` -> n-grams.

Amharic changes the vowels of a root from form to form, and writes some sounds with any of several letters: with consonants and vowels
apart, and one letter a sound, the forms of a word share most of their n-grams.
"""
# ruff: noqa: RUF001 - the letters are meant as they are

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint32]

FIRST, LAST = 0x1200, 0x135F
FORMS = 8
VOWELS = np.array([ord(vowel) for vowel in "euiay\0ow"], np.uint32)
NONE = 0
"""What stands for no vowel: the sixth form is its consonant alone."""
ALIKE = {"ሐ": "ሀ", "ኀ": "ሀ", "ኸ": "ሀ", "ሠ": "ሰ", "ዐ": "አ", "ፀ": "ጸ"}
OPEN = "ሀአ"
"""Rows whose first form sounds as their fourth."""
FOURTH = 3


def _rows() -> Letters:
    """Return what each row of forms is written as, by its number: its first letter, or that of the row that sounds alike."""
    rows = np.arange(FIRST, LAST + 1, FORMS, dtype=np.uint32)
    for written, meant in ALIKE.items():
        rows[(ord(written) - FIRST) // FORMS] = ord(meant)
    return rows


ROWS = _rows()


def apart(letters: Letters) -> Letters:
    """Return code points with each Ethiopic syllable as its consonant and, where it has one, its vowel; all others as they are."""
    there = (letters >= FIRST) & (letters <= LAST)
    if not there.any():
        return letters
    row, form = np.divmod(np.where(there, letters - FIRST, 0), FORMS)
    consonants = np.where(there, ROWS[row], letters)
    vowels = VOWELS[np.where((form == FOURTH) & np.isin(consonants, [ord(one) for one in OPEN]), 0, form)]
    both = np.stack([consonants, np.where(there, vowels, NONE)], axis=1).ravel()
    kept = np.stack([np.ones_like(there), there & (vowels != NONE)], axis=1).ravel()
    return both[kept].astype(np.uint32)
