"""Teach what the words of romanised texts say of their meaning. Beside the encoder in the recipe: our own sentences -> `lean.npz`.

The examples that Amends brings along are left out: topics are learnt from them at work, by embeddings that must not know them already.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from amends.core.ports import Classifier, Intent
from amends.triage import shipped_examples
from amends.triage.calibration import Numbers
from amends.triage.card import read_card, write_card
from amends.triage.cleaning import clean
from amends.triage.language import ROMANISED
from amends.triage.lean import FILE, TABLE
from amends.triage.ngrams import write_tables
from amends.triage.training import ngrams
from amends.triage.training.mixture import OWN, Row

BUCKETS = 1 << 15
STRENGTH = 30.0
PULL = 2.0
"""How far the likeliest topics draw, chosen beside `STRENGTH` on half of the dev sentences; what draws further makes all complaints about
one topic look alike."""
NO_TOPIC = ""
FEWEST = 3
"""With fewer topics, none being one, there is little to tell apart."""
WORK = frozenset({Intent.COMPLAINT, Intent.QUESTION, Intent.REQUEST})


def write(folder: Path, classifier: Classifier, rows: Iterable[Row], language_of: Callable[[str], str]) -> bool:
    """Write the file beside the model in `folder`, which `classifier` is; say whether there was romanised text to learn from."""
    known = [row for row in rows if row.source == OWN and (row.topics or _is_of_none(row))]
    romanised = [language_of(row.text).endswith(ROMANISED) for row in known]
    shipped = set(map(clean, shipped_examples.sentences()))
    taught = [row for row, latin in zip(known, romanised, strict=True) if latin and row.text not in shipped]
    topics = sorted({topic for row in taught for topic in row.topics or (NO_TOPIC,)})
    towards = _towards(classifier, [row for row, latin in zip(known, romanised, strict=True) if not latin], topics, language_of)
    card = read_card(folder)
    (folder / FILE).unlink(missing_ok=True)  # what an earlier training into this folder left would draw meanings of this one
    if len(topics) < FEWEST or towards is None:
        write_card(folder, card)
        return False
    seen = [(row.text, topics.index(topic), 1 / max(len(row.topics), 1)) for row in taught for topic in row.topics or (NO_TOPIC,)]
    counts = _evened([place for _, place, _ in seen], [share for _, _, share in seen])
    table = ngrams.teach(
        [text for text, _, _ in seen], [place for _, place, _ in seen], counts=counts.tolist(), buckets=BUCKETS, strength=STRENGTH
    )
    write_tables(folder / FILE, {TABLE: table}, languages=topics, towards=(PULL * towards).astype(np.float16))
    write_card(folder, card)
    return True


def _is_of_none(row: Row) -> bool:
    """Say whether a row surely has no topic: nobody gave the oldest that ask for something any."""
    return bool(row.noise) or not row.intents & WORK


def _evened(places: Sequence[int], shares: Sequence[float]) -> Numbers:
    """Return what each example weighs: its share of the row, and a rare topic more, by the square root of how rare it is."""
    size = np.bincount(places, weights=shares)
    return np.array(shares) * np.sqrt(size.mean() / size[np.array(places)])


def _towards(classifier: Classifier, rows: Sequence[Row], topics: Sequence[str], language_of: Callable[[str], str]) -> Numbers | None:
    """Return where the rows of each topic lie from the middle of all [topics, numbers]; None where there are none."""
    readings = classifier.read([row.text for row in rows], [language_of(row.text) for row in rows])
    read = zip(rows, readings, strict=True)
    meant = [(row.topics, reading.embedding) for row, reading in read if reading and reading.embedding is not None]
    if not meant:
        return None
    embeddings = np.stack([embedding for _, embedding in meant]).astype(np.float64)
    middle, found = embeddings.mean(axis=0), np.zeros((len(topics), embeddings.shape[1]))
    for place, topic in enumerate(topics):
        there = [topic in given for given, _ in meant]
        if any(there):
            found[place] = embeddings[there].mean(axis=0) - middle
    return found
