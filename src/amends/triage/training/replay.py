"""What the finished model says of its original data. Last step of the recipe: model + mixture -> `replay.npz`, read by `triage.replay`.

Texts are left out: embeddings, chances and labels are all that learning from agents needs.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from amends.core.ports import Classifier, Intent, Reading
from amends.triage.card import read_card, write_card
from amends.triage.head import Numbers
from amends.triage.replay import FILE, REPORT, TRAIN, UNKNOWN, Replay, write_replay
from amends.triage.training.mixture import Mixture, Row

ROWS = 4_000
SEED = 13


def write(folder: Path, classifier: Classifier, mixed: Mixture, *, language_of: Callable[[str], str], rows: int = ROWS) -> None:
    """Write the replay of the model in `folder`, at most `rows` of each split, and its fingerprint into the model's card."""
    chosen = [(TRAIN, row) for row in pick(mixed.train, rows)]
    chosen += [(REPORT, row) for row in pick((row for source in mixed.dev.values() for row in source), rows)]
    write_replay(folder / FILE, _read(classifier, chosen, language_of))
    write_card(folder, read_card(folder))


def pick(found: Iterable[Row], most: int) -> list[Row]:
    """Return at most `most` rows, from each source as many as from any other while it lasts."""
    sources: dict[str, list[Row]] = {}
    for row in found:
        sources.setdefault(row.source, []).append(row)
    for name, rows in sources.items():
        random.Random(f"{SEED} {name}").shuffle(rows)  # noqa: S311 - the same rows every time
    picked: list[Row] = []
    while sources and len(picked) < most:
        for name in sorted(sources):
            picked.append(sources[name].pop())
            if not sources[name]:
                del sources[name]
    return picked[:most]


def _read(classifier: Classifier, chosen: Sequence[tuple[str, Row]], language_of: Callable[[str], str]) -> Replay:
    """Return the rows as the model reads them; what it gives no embedding for is left out."""
    languages = [language_of(row.text) for _, row in chosen]
    readings = classifier.read([row.text for _, row in chosen], languages)
    kept = [i for i, reading in enumerate(readings) if reading is not None and reading.embedding is not None]
    said = [reading for i in kept if (reading := readings[i]) is not None]
    rows = [chosen[i][1] for i in kept]
    return Replay(
        embedding=np.stack([_embedding(reading) for reading in said]) if said else np.zeros((0, 1), np.float32),
        mood=np.array([[one.negative, one.neutral, one.positive] for one in said], np.float32).reshape(-1, 3),
        intents=np.array([[getattr(one, intent) for intent in Intent] for one in said], np.float32).reshape(-1, len(Intent)),
        mood_label=np.array([_mood(row) for row in rows], np.int64),
        intent_label=np.array([_intent(row) for row in rows], np.int64),
        language=np.array([languages[i] for i in kept], np.str_),
        source=np.array([row.source for row in rows], np.str_),
        split=np.array([chosen[i][0] for i in kept], np.str_),
    )


def _embedding(reading: Reading) -> Numbers:
    return np.zeros(1, np.float32) if reading.embedding is None else reading.embedding


def _mood(row: Row) -> int:
    """Return the label that a person gave, not one that was inferred."""
    return row.mood if row.mood is not None and row.mood_weight == 1 else UNKNOWN


def _intent(row: Row) -> int:
    return [*Intent].index(next(iter(row.intents))) if len(row.intents) == 1 and row.intent_weight == 1 else UNKNOWN
