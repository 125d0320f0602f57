"""The labelled text and how it mixes. Second step of the recipe: folders of TSV files -> `Mixture` -> train, calibrate, evaluate.

A data folder holds one folder a source, each with `train.tsv` and, where it has one, `dev.tsv` or `val.tsv`. The files are UTF-8 TSV with
a header; read are the columns `text` and `label`, and `intent` and `aspects` where they are there. The label decides what a row teaches:
`negative`, `neutral`, `positive` the mood, `complaint`, `not_complaint` the other head. Rows with any other label teach nothing.
A source of your own needs no entry in `SOURCES`.
"""

import csv
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from amends.triage.cleaning import clean

MOODS = ("negative", "neutral", "positive")
COMPLAINTS = {"complaint": 1.0, "not_complaint": 0.0}
OWN = "own_sentences"
OWN_FOLDER = Path(__file__).parent / "sentences"
SHORTEST_KEY = 12
WEAK_COMPLAINT, WEAK_PRAISE = 0.5, 0.2

csv.field_size_limit(10_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """How one folder is used: `cap` rows at most, `relabel` for labels that mean one of ours, `dev_share` where it has no dev file."""

    cap: int | None = None
    relabel: Mapping[str, str] = field(default_factory=dict)
    dev_share: float = 0.06


SOURCES: Mapping[str, Source] = {
    "complaints": Source(dev_share=0.15),
    "dravidian_tamil": Source(cap=15_000, relabel={"unknown_state": "neutral"}),
    "dravidian_kannada": Source(relabel={"unknown_state": "neutral"}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One labelled text: `mood` an index into MOODS or None, `complaint` 1, 0 or None, `weight` what the complaint label is worth."""

    text: str
    source: str
    mood: int | None = None
    complaint: float | None = None
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixture:
    """Rows to train on, and per source rows to tune on; no text stands in both."""

    train: tuple[Row, ...]
    dev: Mapping[str, tuple[Row, ...]]


def read_rows(path: Path, name: str) -> list[Row]:
    """Return the rows of one TSV file that teach something."""
    relabel = SOURCES.get(name, Source()).relabel
    with path.open(newline="", encoding="utf-8") as lines:
        rows = [_row(line, name, relabel) for line in csv.DictReader(lines, delimiter="\t") if "label" in line]
    return [row for row in rows if row.text and not (row.mood is None and row.complaint is None)]


def _row(line: Mapping[str, str], name: str, relabel: Mapping[str, str]) -> Row:
    label = relabel.get(line["label"], line["label"])
    complaint, weight = _complaint(line, label)
    mood = MOODS.index(label) if label in MOODS else None
    return Row(text=clean(line["text"] or ""), source=name, mood=mood, complaint=complaint, weight=weight)


def _complaint(line: Mapping[str, str], label: str) -> tuple[float | None, float]:
    """Return whether a row is a complaint and what that is worth: said outright, or guessed from mood and aspect."""
    if label in COMPLAINTS:
        return COMPLAINTS[label], 1.0
    if line.get("intent"):
        return float(line["intent"] == "complaint"), 1.0
    if label == "negative" and line.get("aspects", "None") not in ("", "None"):
        return 1.0, WEAK_COMPLAINT
    if label == "positive":
        return 0.0, WEAK_PRAISE
    return None, 0.0


def key(text: str) -> str:
    """Return letters and digits only, without masks: texts that are the same to a reader share a key."""
    return re.sub(r"[\W_]+", "", re.sub(r"@\w+|http\S*", "", text.lower()))


def mixture(data: Path, *, seed: int) -> Mixture:
    """Return what all folders of `data` and our own sentences hold, the same for the same `seed`."""
    folders = sorted(folder for folder in data.iterdir() if (folder / "train.tsv").is_file())
    train: list[Row] = []
    dev: dict[str, tuple[Row, ...]] = {}
    for folder in folders:
        taught, kept = _source(folder, seed=seed)
        train += taught
        if kept:
            dev[folder.name] = tuple(kept)
    train += own_sentences()
    return Mixture(train=tuple(train), dev=_unseen(dev, train))


def own_sentences() -> list[Row]:
    """Return the sentences written for Amends, in all its languages."""
    return [row for path in sorted(OWN_FOLDER.glob("*.tsv")) for row in read_rows(path, OWN)]


def _source(folder: Path, *, seed: int) -> tuple[list[Row], list[Row]]:
    """Return one folder's training rows (shuffled, capped) and its dev rows."""
    settings = SOURCES.get(folder.name, Source())
    rows = read_rows(folder / "train.tsv", folder.name)
    random.Random(seed).shuffle(rows)  # noqa: S311
    files = [folder / name for name in ("dev.tsv", "val.tsv") if (folder / name).is_file()]
    if files:
        dev = [row for path in files for row in read_rows(path, folder.name)]
    else:
        cut = int(len(rows) * settings.dev_share)
        dev, rows = rows[:cut], rows[cut:]
    held = {key(row.text) for row in dev}
    return [row for row in rows if key(row.text) not in held][: settings.cap], dev


def _unseen(dev: Mapping[str, tuple[Row, ...]], train: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    """Return the dev rows that no source trains on; short texts such as "thanks" may stand in both."""
    seen = {found for found in (key(row.text) for row in train) if len(found) >= SHORTEST_KEY}
    return {name: tuple(row for row in rows if key(row.text) not in seen) for name, rows in dev.items()}
