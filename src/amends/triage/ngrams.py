"""Character n-grams: a cheap second opinion on mood, and what tells romanised languages apart. Place in the path: cleaned text -> scores.

N-grams of one to five letters within words, hashed into buckets, damped, the rarer the weightier, of length 1 together; Ethiopic
syllables count as consonant and vowel. A text is hashed at once in numpy, which takes about 0.03 ms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import ModelMissing
from amends.triage.arrays import DAMAGED
from amends.triage.ethiopic import apart

FILE = "ngrams.npz"
BUCKETS = 1 << 17
LONGEST = 5
LONGEST_TEXT = 600
PARTS = ("rarity", "weights", "scales", "bias")
STEP, MIX = 0x9E3779B1, 0x85EBCA6B
WORD = 1 << 32
# The hash of an n-gram is that of its beginning times STEP, and its last letter added, times MIX. That is linear in the letters, so that
# all hashes of a text are one product: a row for each size, a column for each letter of an n-gram.
HASHES = np.array(
    [[MIX * pow(STEP * MIX, size - 1 - at, WORD) % WORD if at < size else 0 for at in range(LONGEST)] for size in range(1, LONGEST + 1)],
    np.uint32,
)
END = np.zeros(LONGEST, np.uint32)

Numbers = NDArray[np.float32]
Places = NDArray[np.int64]


@lru_cache(maxsize=512)
def grams(text: str, *, buckets: int = BUCKETS) -> tuple[Places, Numbers]:
    """Return the buckets that a text's n-grams fall into, each once, and what each counts: 1 + log(times).

    A post is asked for its language, its mood and its topics within a moment, each by a table of its own.
    """
    places, times = np.unique(_hashes(text) & np.uint32(buckets - 1), return_counts=True)
    found_at, counted = places.astype(np.int64), 1 + np.log(times.astype(np.float32))
    found_at.flags.writeable = counted.flags.writeable = False
    return found_at, counted


@lru_cache(maxsize=256)
def _hashes(text: str) -> NDArray[np.uint32]:
    """Return the hash of each n-gram of a text."""
    letters = np.concatenate((apart(np.frombuffer(f" {text[:LONGEST_TEXT].lower()} ".encode("utf-32-le", "replace"), np.uint32)), END))
    count = len(letters) - len(END)
    hashed = HASHES @ np.stack([letters[at : at + count] for at in range(LONGEST)])
    outside = np.zeros((LONGEST, count), bool)
    spaces = letters == ord(" ")
    for size in range(3, LONGEST + 1):  # the spaces at either end of a word belong to it, those between words to none
        outside[size - 1] = outside[size - 2] | spaces[size - 2 : count + size - 2]
    for size in range(2, LONGEST + 1):
        outside[size - 1, max(count - size + 1, 0) :] = True
    found = hashed[~outside]
    return found ^ (found >> np.uint32(15))


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A linear model on n-grams: `weights` int8 [buckets, classes] with one scale a class, and `bias` [classes].

    `rarity` [buckets], in sixteenths, is what an n-gram's count is multiplied by (inverse document frequency).
    """

    rarity: NDArray[np.uint8]
    weights: NDArray[np.int8]
    scales: Numbers
    bias: Numbers

    def scores(self, text: str) -> Numbers:
        """Return the log-probability of each class for one cleaned text."""
        places, counts = grams(text, buckets=len(self.weights))
        weighed = counts * self.rarity[places]
        raw = (weighed / np.linalg.norm(weighed) @ self.weights[places].astype(np.float32)) * self.scales + self.bias
        top = raw.max()
        return raw - top - np.log(np.exp(raw - top).sum())


def read_tables(path: Path, names: Sequence[str]) -> dict[str, Table]:
    """Return the tables called `names` of an npz file; raise `ModelMissing` where it is absent or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: Table(**{part: file[f"{name}.{part}"] for part in PARTS}) for name in names}
    except DAMAGED as error:
        raise ModelMissing(f"The file {path} with n-grams is absent or damaged: {error}.") from error


def write_tables(path: Path, tables: Mapping[str, Table], *, languages: Sequence[str] = (), **beside: NDArray[np.generic]) -> None:
    """Write tables, what their classes are called, and what stands `beside`, into one npz file: hashed letters, not to be read back."""
    arrays = {f"{name}.{part}": getattr(table, part) for name, table in sorted(tables.items()) for part in PARTS}
    np.savez_compressed(path, allow_pickle=False, languages=np.array(languages), **arrays, **beside)
