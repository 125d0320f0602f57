"""The labelled text and how it mixes. Second step of the recipe: folders of TSV files -> `Mixture` -> train, calibrate, evaluate.

A data folder holds one folder a source, each with `train.tsv` and, where it has one, `dev.tsv` or `val.tsv`. The files are UTF-8 TSV with
a header; docs/triage.md says which columns and labels teach what. A source of your own needs no entry in `SOURCES`.

Beside them stand texts written for Amends: `OWN`, posts to and about companies, and `TALK`, what people say in public of anything else.
"""

import csv
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from amends.core.ports import Intent
from amends.triage.cleaning import clean
from amends.triage.signals import Signal
from amends.triage.verdict import INTENTS

MOODS = ("negative", "neutral", "positive")
COMPLAINTS = ("complaint", "not_complaint")
NOT_A_COMPLAINT = frozenset(INTENTS) - {Intent.COMPLAINT}
OWN = "own_sentences"
TALK = "own_talk"
OWN_FOLDER = Path(__file__).parent / "sentences"
SHORTEST_KEY = 12
NEGATIVE_ASPECT, POSITIVE_ASPECT, FELT, ASKED, COMPLAINED = 0.5, 0.2, 0.3, 0.3, 0.5
INFERRED = 0.999  # as good as told, but not to be measured with

csv.field_size_limit(10_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """How one folder is used: `cap` rows at most, `relabel` for labels that mean one of ours, `dev_share` where it has no dev file.

    `worth` is what its moods are worth, less than 1 where relabelling infers them;
    `leave_out` names values of the column `lang` whose labels are not to be trusted.
    """

    cap: int | None = None
    relabel: Mapping[str, str] = field(default_factory=dict)
    dev_share: float = 0.06
    worth: float = 1.0
    leave_out: frozenset[str] = frozenset()


GLAD = "admiration amusement approval excitement gratitude joy love optimism pride relief".split()  # noqa: SIM905
SORRY = "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split()  # noqa: SIM905
SOURCES: Mapping[str, Source] = {
    "complaints": Source(dev_share=0.15),
    "dravidian_tamil": Source(cap=18_000, relabel={"unknown_state": "neutral"}),
    "dravidian_kannada": Source(relabel={"unknown_state": "neutral"}),
    "goemotions": Source(
        cap=20_000, worth=INFERRED, relabel={"neutral": ""} | dict.fromkeys(GLAD, "positive") | dict.fromkeys(SORRY, "negative")
    ),
    "tweeteval_emotion": Source(
        worth=INFERRED, relabel={"anger": "negative", "sadness": "negative", "joy": "positive", "optimism": "positive"}
    ),
    # The Hindi labels of the copy at hand go round in a circle, whatever the text says.
    "umsab": Source(leave_out=frozenset({"hindi"})),
}
PRAISING = frozenset({"gratitude", "admiration"})
# Their labels mean none of ours; what other networks say of their texts teaches.
UNLABELLED = ("tweeteval_offensive", "tweeteval_irony")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One labelled text: `mood` an index into MOODS or None; `intents` those it may have (empty: nobody knows).

    `signals` are None where nobody looked for them. `mood_weight` and `intent_weight` say what a label is worth: 1 where a person gave it,
    less where it is inferred.
    """

    text: str
    source: str
    mood: int | None = None
    mood_weight: float = 1.0
    intents: frozenset[Intent] = frozenset()
    intent_weight: float = 1.0
    signals: frozenset[Signal] | None = None
    topics: frozenset[str] = frozenset()
    noise: str = ""

    @property
    def labelled(self) -> bool:
        """Say whether mood or intents are known."""
        return self.mood is not None or bool(self.intents)

    @property
    def complaint(self) -> bool | None:
        """Say whether a person said that this is a complaint, or that it is none; None where nobody did."""
        complains = self.intents == frozenset({Intent.COMPLAINT})
        return complains if self.intents and self.intent_weight == 1 and (complains or Intent.COMPLAINT not in self.intents) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixture:
    """Rows to train on, and per source rows to tune on; no text stands in both."""

    train: tuple[Row, ...]
    dev: Mapping[str, tuple[Row, ...]]


def read_rows(path: Path, name: str) -> list[Row]:
    """Return the rows of one TSV file that teach something, beside the embedding that every text teaches."""
    source = SOURCES.get(name, Source())
    with path.open(newline="", encoding="utf-8") as lines:
        found = [_row(line, name, source) for line in csv.DictReader(lines, delimiter="\t") if line.get("lang") not in source.leave_out]
    return [row for row in found if row.text and row.labelled]


def _row(line: Mapping[str, str], name: str, source: Source) -> Row:
    said = line.get("label") or line.get("labels") or ""
    label = source.relabel.get(said, said)
    row = Row(text=clean(line["text"] or ""), source=name, mood=MOODS.index(label) if label in MOODS else None, mood_weight=source.worth)
    if line.get("intent"):
        return _told(row, line)
    return _inferred(row, label, said, line)


def _told(row: Row, line: Mapping[str, str]) -> Row:
    """Return a row whose columns say outright what it is."""
    return replace(
        row,
        intents=frozenset({Intent(line["intent"])}),
        signals=frozenset(Signal[name.upper()] for name in _names(line, "signals")) if "signals" in line else None,
        topics=frozenset(_names(line, "topics")),
        noise=line.get("noise") or "",
    )


def _names(line: Mapping[str, str], column: str) -> list[str]:
    return [name for name in (line.get(column) or "").split(",") if name]


def _inferred(row: Row, label: str, said: str, line: Mapping[str, str]) -> Row:
    """Return a row whose intent follows, more or less surely, from other labels."""
    if label == "complaint":
        return replace(row, intents=frozenset({Intent.COMPLAINT}), mood=MOODS.index("negative"), mood_weight=COMPLAINED)
    if label == "not_complaint":
        return replace(row, intents=NOT_A_COMPLAINT)
    guessed, worth = _guessed(row.source, label, said, line.get("aspects") or "None")
    return replace(row, intents=guessed, intent_weight=worth) if guessed else row


def _guessed(source: str, label: str, said: str, aspect: str) -> tuple[frozenset[Intent], float]:
    """Return the intents that labels of other things suggest, none where they suggest nothing, and what the guess is worth."""
    if said in PRAISING:
        return frozenset({Intent.PRAISE}), FELT
    if source == "banking77":
        return frozenset({Intent.QUESTION, Intent.REQUEST, Intent.COMPLAINT}), ASKED
    if label == "negative" and aspect != "None":
        return frozenset({Intent.COMPLAINT}), NEGATIVE_ASPECT
    return (NOT_A_COMPLAINT, POSITIVE_ASPECT) if label == "positive" else (frozenset(), 1.0)


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
    train += own_sentences() + _own(OWN_FOLDER / "talk", TALK)
    dev[OWN] = tuple(own_dev())
    return Mixture(train=tuple(train), dev=_unseen(dev, train))


def unlabelled(data: Path, mixed: Mixture) -> list[Row]:
    """Return texts of `data` of which nothing is known, and which stand nowhere in the mixture."""
    paths = [folder / "unlabelled.tsv" for folder in sorted(data.iterdir())] + [data / name / "train.tsv" for name in UNLABELLED]
    seen = {key(row.text) for rows in (mixed.train, *mixed.dev.values()) for row in rows}
    found: list[Row] = []
    for path in paths:
        for text in _texts(path):
            if len(key(text)) >= SHORTEST_KEY and key(text) not in seen:
                seen.add(key(text))
                found.append(Row(text=text, source=path.parent.name))
    return found


def _texts(path: Path) -> list[str]:
    """Return the column `text` of a TSV file, nothing where there is no file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        return [clean(line["text"] or "") for line in csv.DictReader(lines, delimiter="\t")]


def own_sentences() -> list[Row]:
    """Return the sentences written for Amends, in all its languages."""
    return _own(OWN_FOLDER, OWN)


def own_dev() -> list[Row]:
    """Return the sentences written for Amends to tune and measure on; the training never sees them."""
    return _own(OWN_FOLDER / "dev", OWN)


def _own(folder: Path, name: str) -> list[Row]:
    return [row for path in sorted(folder.glob("*.tsv")) for row in read_rows(path, name)]


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
