"""Fits the weights of `matching_people` on invented people, and measures what they are worth on others.

`python -m amends.cli.measuring.matching_fit` writes the weights anew and says what they reach; `./amends bench customers` measures them.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, log
from pathlib import Path
from pprint import pformat

from amends.cli.measuring.invented_people import Account, invent
from amends.inbox.rules import matching_weights
from amends.inbox.rules.identity import keys_of
from amends.inbox.rules.matching_people import Levels, chance, is_suggested, levels

PEOPLE = 6_000
FITTED_ON, MEASURED_ON = 1, 2
MOST_HOLDERS = 50
SMOOTHING = 0.5
APART = frozenset({"other", "none"})
"""That two records differ in something never speaks for them, even where those that share a handle and no name are mostly one person."""
BINS = 10
DESCENTS, PACE = 400, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two accounts that share a key, and whether one person has both."""

    levels: Levels
    same: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """What the suggestions are worth: how many are right, how many of the findable are found, how far the chances are off (ECE)."""

    pairs: int
    same: int
    precision: float
    recall: float
    error: float


def pairs_of(accounts: Sequence[Account]) -> list[Pair]:
    """Return the pairs that share a key which few hold, as the search finds them."""
    held = _held(accounts)
    holders = {key: len(places) for key, places in held.items()}
    found = {pair for places in held.values() if len(places) <= MOST_HOLDERS for pair in combinations(sorted(places), 2)}
    return [_pair(accounts[one], accounts[other], holders) for one, other in sorted(found)]


def _held(accounts: Sequence[Account]) -> Mapping[str, list[int]]:
    held: defaultdict[str, list[int]] = defaultdict(list)
    for place, account in enumerate(accounts):
        shared = [f"o:{one}" for one in account.profile.orders] + [f"c:{one}" for one in account.profile.contacts]
        for key in (*keys_of(account.handle, account.profile.names), *shared):
            held[key].append(place)
    return held


def _pair(one: Account, other: Account, holders: Mapping[str, int]) -> Pair:
    return Pair(levels=levels(one.profile, other.profile, holders), same=one.person == other.person)


def weights_of(pairs: Iterable[Pair]) -> dict[str, dict[str, float]]:
    """Return the weight of each level: the logarithm of how much more often it is met among the same than among the others."""
    counts: defaultdict[str, dict[bool, Counter[str]]] = defaultdict(lambda: {True: Counter(), False: Counter()})
    for pair in pairs:
        for field, level in pair.levels.items():
            counts[str(field)][pair.same][level] += 1
    return {field: _weights(both) for field, both in sorted(counts.items())}


def _weights(both: Mapping[bool, Counter[str]]) -> dict[str, float]:
    known = sorted(both[True] | both[False])
    sums = {same: both[same].total() + SMOOTHING * len(known) for same in both}
    shares = {(same, level): (both[same][level] + SMOOTHING) / sums[same] for same in both for level in known}
    found = {level: round(log(shares[True, level] / shares[False, level]), 3) for level in known}
    return {level: min(0.0, weight) if level in APART else weight for level, weight in found.items()}


def bend_of(pairs: Sequence[Pair], weights: Mapping[str, Mapping[str, float]]) -> tuple[float, float]:
    """Return the bend and the shift that make sums of weights into chances: fields are not independent, as the model takes them to be."""
    sums = [(sum(weights[field][level] for field, level in pair.levels.items()), pair.same) for pair in pairs]
    bend, shift = 1.0, log(sum(same for _, same in sums) / sum(not same for _, same in sums))
    for _ in range(DESCENTS):
        errors = [(total, 1 / (1 + exp(-max(-30.0, min(30.0, bend * total + shift)))) - same) for total, same in sums]
        bend -= PACE * sum(total * error for total, error in errors) / len(sums) / 10
        shift -= PACE * sum(error for _, error in errors) / len(sums) * 2
    return round(bend, 3), round(shift, 3)


def worth_of(pairs: Sequence[Pair]) -> Worth:
    """Return what the weights in force are worth on these pairs."""
    told = [pair for pair in pairs if is_suggested(pair.levels)]
    right, same = sum(pair.same for pair in told), sum(pair.same for pair in pairs)
    return Worth(
        pairs=len(pairs),
        same=same,
        precision=round(right / max(1, len(told)), 3),
        recall=round(right / max(1, same), 3),
        error=round(_calibration_error(pairs), 4),
    )


def _calibration_error(pairs: Sequence[Pair]) -> float:
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for pair in pairs:
        likely = chance(pair.levels)
        bins[min(BINS - 1, int(likely * BINS))].append((likely, pair.same))
    gaps = (abs(sum(likely for likely, _ in one) - sum(same for _, same in one)) for one in bins.values())
    return sum(gaps) / len(pairs)


def measured(people: int = PEOPLE, *, seed: int = MEASURED_ON) -> Worth:
    """Return what the weights in force are worth on people they were not fitted on."""
    return worth_of(pairs_of(invent(people, seed=seed)))


def fitted(people: int = PEOPLE, *, seed: int = FITTED_ON) -> str:
    """Return the module of weights as it is written down."""
    pairs = pairs_of(invent(people, seed=seed))
    weights = weights_of(pairs)
    bend, shift = bend_of(pairs, weights)
    head = (Path(matching_weights.__file__)).read_text(encoding="utf-8").partition("WEIGHTS:")[0]
    return f"{head}WEIGHTS: Mapping[str, Mapping[str, float]] = {pformat(weights)}\nBEND, SHIFT = {bend}, {shift}\n"


if __name__ == "__main__":
    sys.stdout.write(fitted())
