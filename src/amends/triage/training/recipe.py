"""The recipe in numbers: what each stage of the training sees and how fast it learns. Change the model here, not in `train`."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amends.triage.training.mixture import MOODS, OWN, TALK, Row

VOCABULARY = 60_000
TOKENS = 64
BATCH = 64
SEED = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One pass over the mixture: `caps` limit a source's rows, `repeats` show them more than once (0: not at all).

    It starts from the mean of the weights that the stages `after` ended with, from the base where it comes after none. Beside the labels
    it learns what `teachers` say of the texts: of each one, the mean of the weights of its stages. `rounding` lets the network learn on
    rounded numbers, as it will run. An `english` stage has a base of its own and sees English texts alone.
    """

    name: str
    rate: float
    after: tuple[str, ...] = ()
    teachers: tuple[tuple[str, ...], ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    rounding: bool = False
    english: bool = False


# After the first stage the small languages come first; stage c is half as long as b.
SMALL_FIRST = {
    "semeval_tweeteval_sentiment": 10_000,
    "umsab": 9_000,
    "ccms_sinhala": 6_000,
    "afrisenti_amharic": 3_500,
    "dravidian_tamil": 5_000,
    "singlish_youtube": 4_000,
    "sinhala_news": 2_000,
    "goemotions": 1_000,
    "banking77": 1_500,
}
LAST = {name: most // 2 for name, most in SMALL_FIRST.items()}
OFTEN = {"complaints": 2, "afrisenti_amharic": 2, "tweeteval_emotion": 0, OWN: 3, TALK: 2}
LESS_OFTEN = {"tweeteval_emotion": 0, OWN: 2}

MOODS_ALONE = {"complaints": 0, "tweeteval_emotion": 0, "goemotions": 0, "banking77": 0, OWN: 0, TALK: 0}
NOT_ENGLISH = ("afrisenti_amharic", "ccms_sinhala", "dravidian_kannada", "dravidian_tamil", "singlish_youtube", "sinhala_news")
ENGLISH_ALONE = MOODS_ALONE | {"semeval_tweeteval_sentiment": 2, "umsab": 2}
STUDENT = {
    "semeval_tweeteval_sentiment": 36_000,
    "dravidian_tamil": 12_000,
    "goemotions": 1_000,
    "banking77": 1_500,
    "tweeteval_offensive": 8_000,
}
STUDENT_OFTEN = {"complaints": 2, "afrisenti_amharic": 2, "ccms_sinhala": 2, "dravidian_kannada": 2, OWN: 2, TALK: 2}
TEACHERS = (("b", "c"), ("u",), ("v",), ("m",))

# Stages b and c start alike and see other rows of what is capped; the mean of their weights is better than either (Wortsman et al. 2022,
# arXiv 2203.05482, model soups). u and v are networks of moods alone, another way from the base to the same end, and m is
# one of English alone on an English base: together they are better than one, and s, the finished network, learns what they say.
STAGES = (
    Stage(
        name="a",
        rate=1e-4,
        caps={"semeval_tweeteval_sentiment": 40_000, "dravidian_tamil": 14_000, "goemotions": 8_000, "banking77": 2_500},
        repeats={"complaints": 2, OWN: 0, TALK: 0},
    ),
    Stage(name="b", rate=6e-5, after=("a",), caps=SMALL_FIRST, repeats=OFTEN, rounding=True),
    Stage(name="c", rate=6e-5, after=("a",), caps=LAST, repeats=LESS_OFTEN, rounding=True),
    Stage(name="u", rate=1e-4, caps={"dravidian_tamil": 15_000}, repeats=MOODS_ALONE),
    Stage(
        name="v",
        rate=6e-5,
        after=("u",),
        caps={"semeval_tweeteval_sentiment": 16_000, "dravidian_tamil": 15_000},
        repeats=MOODS_ALONE | {"afrisenti_amharic": 2},
    ),
    Stage(name="m", rate=1e-4, english=True, repeats=ENGLISH_ALONE),
    Stage(name="s", rate=6e-5, after=("b", "c"), teachers=TEACHERS, caps=STUDENT, repeats=STUDENT_OFTEN, rounding=True),
)

# How much of a row's mood a student takes from its teachers, the rest being its label (Hinton et al. 2015, arXiv 1503.02531); not of texts
# unlike all that teachers of moods alone have read, which is tweets and comments.
HEARD = 0.6
UNHEARD = frozenset({OWN, TALK, "goemotions", "banking77"})

# How strongly a rare mood is favoured within its source: 0 as it comes, 1 all moods alike. The Amharic set is half neutral, while
# what people write in Amharic to and about companies is not.
BALANCE = 0.5
BALANCES = {"afrisenti_amharic": 1.0, OWN: 0.0, TALK: 0.0}
# The share of neutral posts to be expected where that of a source's dev rows is known to mislead: probabilities are fitted to it.
USUALLY_NEUTRAL = {"afrisenti_amharic": 0.11}

# The kinds of text that a language is known from, where they differ in how often which mood is right.
KINDS: Mapping[str, tuple[str, ...]] = {"si": ("ccms_sinhala", "singlish_youtube", "sinhala_news", OWN)}


def staged(rows: Sequence[Row], stage: Stage, *, seed: int) -> list[Row]:
    """Return the rows of one stage, shuffled, the same for the same `seed`; where `caps` leave rows out, each stage has others.

    Rows without labels come only where teachers say something of them.
    """
    mixed = [row for row in rows if stage.repeats.get(row.source, 1) and (row.labelled or stage.teachers)]
    random.Random(f"{seed} {stage.name}").shuffle(mixed)  # noqa: S311
    used: Counter[str] = Counter()
    chosen: list[Row] = []
    for row in mixed:
        used[row.source] += 1
        if used[row.source] <= stage.caps.get(row.source, len(mixed)):
            chosen += [row] * stage.repeats.get(row.source, 1)
    return chosen


def mood_weights(rows: Sequence[Row]) -> list[float]:
    """Return what each row's mood counts in the loss: rare moods more, the mean within a source 1, rows without a mood 0.

    What is inferred counts less.
    """
    share = Counter((row.source, row.mood) for row in rows if row.mood is not None)
    size = Counter(row.source for row in rows if row.mood is not None)
    raw = {(source, mood): (size[source] / count) ** BALANCES.get(source, BALANCE) for (source, mood), count in share.items()}
    mean = {source: sum(raw[pair] * share[pair] for pair in share if pair[0] == source) / size[source] for source in size}
    return [0.0 if row.mood is None else row.mood_weight * raw[row.source, row.mood] / mean[row.source] for row in rows]


def heard_weight(row: Row) -> float:
    """Return how much of a row's mood is what teachers say of it: all where it has no label, none where they know nothing like it."""
    return 0.0 if row.source in UNHEARD else 1.0 if row.mood is None else HEARD


def batches(lengths: Sequence[int], *, seed: int, size: int = BATCH, window: int = 50) -> list[list[int]]:
    """Return batches of row numbers, sorted by length within windows: little padding, and the sources still mix."""
    rng = random.Random(seed)  # noqa: S311
    order = list(range(len(lengths)))
    rng.shuffle(order)
    found: list[list[int]] = []
    for start in range(0, len(order), size * window):
        near = sorted(order[start : start + size * window], key=lambda i: lengths[i])
        found += [near[i : i + size] for i in range(0, len(near), size)]
    rng.shuffle(found)
    return found


def evenly(sources: Sequence[str], moods: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights under which every mood of every source counts alike, within its source by the square root of the source's size."""
    each = Counter(zip(sources, moods.tolist(), strict=True))
    size = Counter(sources)
    raw = np.array([size[source] ** 0.5 / each[source, mood] for source, mood in zip(sources, moods.tolist(), strict=True)])
    return raw / raw.mean()


def usually(sources: Sequence[str], moods: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights under which each source's moods are as common as they usually are, by `USUALLY_NEUTRAL`; 1 for all other sources."""
    counts = np.ones(len(moods))
    neutral = moods == MOODS.index("neutral")
    for source, share in USUALLY_NEUTRAL.items():
        there = np.array([one == source for one in sources], bool)
        found = neutral[there].mean() if there.any() else 0.0
        if 0 < found < 1:
            counts[there] = np.where(neutral[there], share / found, (1 - share) / (1 - found))
    return counts
