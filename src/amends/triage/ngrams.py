"""Character n-grams: a cheap second opinion on mood, and what tells romanised languages apart. Place in the path: cleaned text -> scores.

N-grams of one to five letters within words, hashed into buckets, damped, the rarer the weightier, of length 1 together; Ethiopic
syllables count as consonant and vowel. Many texts are hashed at once in numpy, which takes a quarter of the time of one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
AT_ONCE = 256
"""How many texts are hashed together: their letters and hashes fit the cache, or nearly."""
BETWEEN = 0x110000
"""What stands between two texts, and behind the last: no letter of any."""
GAP = np.full(LONGEST, BETWEEN, np.uint32)

Numbers = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Grams:
    """The n-grams of texts, one text after the other: the bucket of each, every bucket once a text, and what it counts: 1 + log(times).

    Those of text i stand from `ends[i]` to `ends[i + 1]`; each text has some.
    """

    places: Places
    counts: Numbers
    ends: Places


def grams(texts: Sequence[str], *, buckets: int = BUCKETS) -> Grams:
    """Return the buckets that the n-grams of texts fall into."""
    found = [_grams(texts[at : at + AT_ONCE], buckets) for at in range(0, len(texts), AT_ONCE)]
    places, times, each = (np.concatenate(column) for column in zip(*found, strict=True)) if found else np.zeros((3, 0), np.int64)
    return Grams(
        places=places.astype(np.int64),
        counts=1 + np.log(times.astype(np.float32)),
        ends=np.concatenate([[0], np.cumsum(each)]).astype(np.int64),
    )


def _grams(texts: Sequence[str], buckets: int) -> tuple[Places, Places, Places]:
    """Return each text's buckets, the next one's behind them, how often each is met, and how many buckets each text has."""
    hashes, owners = _hashes(texts)
    keys = np.sort(owners * np.uint32(buckets) + (hashes & np.uint32(buckets - 1)))
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    owners, places = np.divmod(keys[first], np.uint32(buckets))
    return places, np.diff(first, append=len(keys)), np.bincount(owners, minlength=len(texts))


def _hashes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the hash of each n-gram of some texts, and the number of its text."""
    between = BETWEEN.to_bytes(GAP.itemsize, "little")
    written = between.join(f" {text[:LONGEST_TEXT].lower()} ".encode("utf-32-le", "replace") for text in texts)
    letters = np.concatenate((apart(np.frombuffer(written, np.uint32)), GAP))
    count = len(letters) - len(GAP)
    hashed = HASHES @ np.stack([letters[at : at + count] for at in range(LONGEST)])
    outside = np.zeros((LONGEST, count), bool)
    gaps, spaces = letters == BETWEEN, letters == ord(" ")
    outside[0] = gaps[:count]
    for size in range(2, LONGEST + 1):
        outside[size - 1] = outside[size - 2] | gaps[size - 1 : count + size - 1]
    for size in range(3, LONGEST + 1):  # the spaces at either end of a word belong to it, those between words to none
        outside[size - 1] |= outside[size - 2] | spaces[size - 2 : count + size - 2]
    inside = ~outside
    found = hashed[inside]
    owners = np.broadcast_to(np.cumsum(gaps[:count], dtype=np.uint32), hashed.shape)[inside]
    return found ^ (found >> np.uint32(15)), owners


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A linear model on n-grams: `weights` int8 [buckets, classes] with one scale a class, and `bias` [classes].

    `rarity` [buckets], in sixteenths, is what an n-gram's count is multiplied by (inverse document frequency).
    """

    rarity: NDArray[np.uint8]
    weights: NDArray[np.int8]
    scales: Numbers
    bias: Numbers

    def scores(self, texts: Sequence[str]) -> Numbers:
        """Return the log-probability of each class for cleaned texts [n, classes]."""
        return self.scores_of(grams(texts, buckets=len(self.weights)))

    def scores_of(self, found: Grams) -> Numbers:
        """Return the log-probability of each class for texts whose n-grams fall into as many buckets as the table has [n, classes]."""
        weighed, weights = found.counts * self.rarity[found.places], self.weights[found.places].astype(np.float32)
        spans = list(pairwise(found.ends.tolist()))
        sums = np.array([weighed[begin:end] @ weights[begin:end] for begin, end in spans]).reshape(len(spans), self.weights.shape[1])
        lengths = np.sqrt([weighed[begin:end] @ weighed[begin:end] for begin, end in spans]).reshape(-1, 1)
        raw = sums / lengths * self.scales + self.bias
        raised = raw - raw.max(1, keepdims=True)
        return raised - np.log(np.exp(raised).sum(1, keepdims=True))


def kinds_of(language: str) -> str:
    """Return what the table is called that tells the kinds of text of a language apart."""
    return f"{language}:kinds"


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
