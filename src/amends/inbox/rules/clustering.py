"""Which complaints say the same: each joins the cluster it is most like, or begins one. Pure.

Place in the path: what a post means -> `Sight` -> `gather` -> `actions.clusters`. A post is compared with what all members of a cluster
mean on average (average linkage), so that a cluster of many half-alike posts does not swallow the rest. Measured on invented waves in seven
languages among ordinary complaints; docs/incidents.md tells what was found, `./amends bench clusters` finds it again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

APART = timedelta(hours=24)
"""Further from the last post of a cluster nobody joins it."""
OLDEST = timedelta(hours=72)
"""What was published longer ago, and is only read now, is clustered no more."""
AXES = 12
"""So many directions in which all posts lie (length, mood) are left out beside those of the scripts: clusters of ordinary complaints shrank
to a tenth."""
FEWEST_OF_SCRIPT = 40
"""From so many sentences on a script has a direction of its own, in which all that is written in it lies: unrelated short posts of one look
alike by it."""
FEWEST_NUMBERED = 3
"""From so many sentences of a script with a number in them, and as many without, it tells what a number adds to what is said: complaints
about anything look alike by the number of their order."""
FEWEST_KNOWN = 100
SHARED_TOPIC = 0.03
"""So much nearer are a post and a cluster of one topic."""
SMALLEST = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Nearness:
    """From what likeness on a post joins a cluster of one post, of a few, of many; and two clusters are one, below which one is two."""

    one: float
    few: float
    many: float
    same: float


SEEN = Nearness(one=0.37, few=0.345, many=0.32, same=0.33)
BARE = Nearness(one=0.60, few=0.55, many=0.50, same=0.50)
"""Where nothing is known of what all posts have in common, since this encoder has not read the sentences that came with Amends."""
MANY = 4


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sight:
    """How embeddings of one encoder are looked at: without what all texts have in common."""

    middle: Numbers
    axes: Numbers
    nearness: Nearness

    def see(self, embeddings: Numbers) -> Numbers:
        """Return embeddings [texts, numbers] as they are compared, each of length one (or all zeros where nothing is left)."""
        centred = embeddings - self.middle if self.middle.size else embeddings
        bare = _without(centred, self.axes) if self.axes.size else centred
        return bare / np.maximum(np.linalg.norm(bare, axis=1, keepdims=True), SMALLEST)


def sight_of(known: Numbers, scripts: Sequence[str], numbered: Sequence[bool]) -> Sight:
    """Return how to look at the embeddings of an encoder that reads ordinary sentences as `known` [texts, numbers].

    Of each sentence are told its script and whether a number is in it.
    """
    if len(known) < FEWEST_KNOWN:
        return Sight(middle=np.zeros(0, np.float32), axes=np.zeros((0, 0), np.float32), nearness=BARE)
    middle = known.mean(axis=0)
    centred = known - middle
    apart = _apart(centred, scripts)
    bare = _without(centred, apart)
    number = _number(bare, np.array(scripts), np.array(numbered))
    axes = np.concatenate([apart, number, _directions(_without(bare, number))[:AXES]])
    return Sight(middle=middle.astype(np.float32), axes=axes.astype(np.float32), nearness=SEEN)


def _without(meant: Numbers, axes: Numbers) -> Numbers:
    """Return what is meant, but for what lies in these directions."""
    return (meant - (meant @ axes.T) @ axes).astype(np.float32, copy=False)


def _apart(centred: Numbers, scripts: Sequence[str]) -> Numbers:
    """Return the directions in which the middles of scripts lie apart, none where there is one script."""
    common = [script for script, n in Counter(scripts).items() if n >= FEWEST_OF_SCRIPT]
    if len(common) < 2:  # noqa: PLR2004 - one script lies apart from none
        return np.zeros((0, centred.shape[1]), np.float32)
    middles = np.stack([centred[[place for place, one in enumerate(scripts) if one == script]].mean(axis=0) for script in common])
    return _directions(middles - middles.mean(axis=0))[: len(common) - 1]


def _number(bare: Numbers, scripts: NDArray[np.str_], numbered: NDArray[np.bool_]) -> Numbers:
    """Return the direction in which sentences with a number lie apart from the others of their script, none where too few have one."""
    apart: Numbers = np.zeros((1, bare.shape[1]), np.float32)
    for script in np.unique(scripts):
        having, lacking = bare[(scripts == script) & numbered], bare[(scripts == script) & ~numbered]
        if min(len(having), len(lacking)) >= FEWEST_NUMBERED:
            apart += len(having) * (having.mean(axis=0) - lacking.mean(axis=0))
    length = float(np.linalg.norm(apart))
    return apart / length if length > SMALLEST else apart[:0]


def _directions(numbers: Numbers) -> Numbers:
    """Return the directions in which rows lie most apart, the widest first."""
    return np.linalg.svd(numbers, full_matrices=False)[2].astype(np.float32)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Said:
    """A post to place: what it means as the sight shows it, when it was published, and its topics."""

    post_id: int
    meaning: Numbers
    at: datetime
    topics: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Known:
    """A cluster that may be joined; `vector` is the sum of what `weight` posts mean."""

    cluster_id: int
    vector: Numbers
    weight: int
    first_at: datetime
    last_at: datetime
    topics: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Grown:
    """A cluster after posts joined it: its new sum and times. `cluster_id` is None where it began, `posts` are those that joined."""

    cluster_id: int | None
    vector: Numbers
    weight: int
    first_at: datetime
    last_at: datetime
    posts: tuple[int, ...]


class Table:
    """The clusters of one brand as columns, so that all are compared at once; grows while posts are placed."""

    def __init__(self, known: Sequence[Known], width: int, room: int) -> None:
        n = len(known)
        self.ids: list[int | None] = [one.cluster_id for one in known]
        self.about: dict[int, list[int]] = {}
        self.posts: list[list[int]] = [[] for _ in known]
        self.sums = np.zeros((n + room, width), np.float32)
        self.weights, self.begins, self.ends = np.zeros(n + room), np.zeros(n + room), np.zeros(n + room)
        for place, one in enumerate(known):
            self._set(place, one.vector, one.weight, one.first_at, one.last_at)
            self._is_about(place, one.topics)

    def _is_about(self, place: int, topics: frozenset[int]) -> None:
        for topic in topics:
            self.about.setdefault(topic, []).append(place)

    def _set(self, place: int, vector: Numbers, weight: int, first_at: datetime, last_at: datetime) -> None:
        self.sums[place], self.weights[place] = vector, weight
        self.begins[place], self.ends[place] = first_at.timestamp(), last_at.timestamp()

    def begin(self, said: Said) -> int:
        """Begin a cluster with a post, and return its place."""
        place = len(self.ids)
        self.ids.append(None)
        self.posts.append([said.post_id])
        self._set(place, said.meaning, 1, said.at, said.at)
        self._is_about(place, said.topics)
        return place

    def join(self, place: int, said: Said) -> None:
        """Let a post join."""
        at = said.at.timestamp()
        self.posts[place].append(said.post_id)
        self.sums[place] += said.meaning
        self.weights[place] += 1
        self.begins[place], self.ends[place] = min(self.begins[place], at), max(self.ends[place], at)

    def likeness(self, meanings: Numbers, place: int) -> Numbers:
        """Return how like each of the meanings is to the members of one cluster, on average."""
        return (meanings @ self.sums[place]) / self.weights[place]

    def nearest(self, scores: Numbers, said: Said, nearness: Nearness) -> int | None:
        """Return the place of the cluster that a post joins, or None."""
        n = len(self.ids)
        weights, at, apart = self.weights[:n], said.at.timestamp(), APART.total_seconds()
        least = np.where(weights == 1, nearness.one, np.where(weights < MANY, nearness.few, nearness.many))
        over = scores[:n] - least
        over[[place for topic in said.topics for place in self.about.get(topic, ())]] += SHARED_TOPIC
        over[(self.begins[:n] - apart > at) | (self.ends[:n] + apart < at) | (weights == 0)] = -1
        best = int(np.argmax(over)) if n else 0
        return best if n and over[best] >= 0 else None

    def grown(self) -> list[Grown]:
        """Return the clusters that posts joined or began."""
        return [
            Grown(
                cluster_id=self.ids[place],
                vector=self.sums[place].copy(),
                weight=int(self.weights[place]),
                first_at=datetime.fromtimestamp(self.begins[place], tz=UTC),
                last_at=datetime.fromtimestamp(self.ends[place], tz=UTC),
                posts=tuple(posts),
            )
            for place, posts in enumerate(self.posts)
            if posts
        ]


def gather(said: Sequence[Said], known: Sequence[Known], nearness: Nearness) -> list[Grown]:
    """Return the clusters that these posts of one brand join or begin; the oldest post is placed first."""
    if not said:
        return []
    posts = sorted(said, key=lambda one: (one.at, one.post_id))
    meanings = np.stack([one.meaning for one in posts])
    table = Table(known, meanings.shape[1], len(posts))
    n = len(known)
    scores = np.zeros((len(posts), n + len(posts)), np.float32)
    scores[:, :n] = (meanings @ table.sums[:n].T) / np.maximum(table.weights[:n], 1)
    for place, one in enumerate(posts):
        found = table.nearest(scores[place], one, nearness)
        if found is None:
            found = table.begin(one)
        else:
            table.join(found, one)
        scores[place + 1 :, found] = table.likeness(meanings[place + 1 :], found)
    return table.grown()


def same(grown: Known, others: Sequence[Known], nearness: Nearness) -> Known | None:
    """Return the cluster that `grown` is one with: the most alike of those that were there at its time, or None."""
    near = [one for one in others if one.weight > 1 and one.first_at - APART <= grown.last_at and grown.first_at - APART <= one.last_at]
    if grown.weight < 2 or not near:  # noqa: PLR2004 - of a single post `gather` has decided already
        return None
    sums, weights = np.stack([one.vector for one in near]), np.array([one.weight for one in near])
    scores = (sums @ grown.vector) / (weights * grown.weight)
    best = int(np.argmax(scores))
    return near[best] if scores[best] >= nearness.same else None
