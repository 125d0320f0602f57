"""One line of a benchmark: product against floor."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What was measured in `unit`; `ratio` is product to floor, `goal` what it is held to, `met` whether it was."""

    operation: str
    product: float
    floor: float
    unit: str
    ratio: float
    goal: str
    met: bool


Timed = Callable[[], object]
Prepared = Callable[[], Timed]
"""Makes ready what is not to be measured, and returns what is."""


def seconds(work: Timed) -> float:
    """Return how long `work` takes."""
    gc.collect()
    gc.freeze()  # else the next round would look for garbage among all that there is, which takes longer than most rounds
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rate(operation: str, *, product: Prepared, floor: Prepared, things: int, rounds: int, at_least: float) -> Row:
    """Return the row of two works on `things` posts: medians of rounds in turn, product at least `at_least` of floor."""
    pairs = [(things / seconds(product()), things / seconds(floor())) for _ in range(rounds)]
    ours, bare = median(one for one, _ in pairs), median(other for _, other in pairs)
    return compared(operation, product=ours, floor=bare, unit="posts/s", at_least=at_least)


def delay(operation: str, *, product: Timed, floor: Timed, rounds: int, at_most: float) -> Row:
    """Return the row of two answers in milliseconds: medians of rounds taken in turn, product at most `at_most` times the floor."""
    pairs = [(seconds(product) * 1000, seconds(floor) * 1000) for _ in range(rounds)]
    ours, bare = median(one for one, _ in pairs), median(other for _, other in pairs)
    ratio = ours / bare
    return Row(
        operation=operation,
        product=round(ours, 3),
        floor=round(bare, 3),
        unit="ms",
        ratio=round(ratio, 2),
        goal=f"ratio <= {at_most:g}",
        met=ratio <= at_most,
    )


def compared(operation: str, *, product: float, floor: float, unit: str, at_least: float) -> Row:
    """Return the row of two numbers of which more is better."""
    ratio = product / floor
    return Row(
        operation=operation,
        product=round(product, 3),
        floor=round(floor, 3),
        unit=unit,
        ratio=round(ratio, 2),
        goal=f"ratio >= {at_least:g}",
        met=ratio >= at_least,
    )


def slowest(operation: str, *, work: Timed, rounds: int, at_most: float) -> Row:
    """Return the row of the 99th percentile of `rounds` answers, held to `at_most` milliseconds, which stand as the floor."""
    found = tail(work, rounds=rounds)
    return Row(
        operation=operation,
        product=round(found, 3),
        floor=at_most,
        unit="ms",
        ratio=round(found / at_most, 2),
        goal=f"<= {at_most:g} ms",
        met=found <= at_most,
    )


def tail(work: Timed, *, rounds: int, percent: int = 99) -> float:
    """Return the 99th (or another) percentile of `rounds` answers in milliseconds."""
    taken = sorted(seconds(work) * 1000 for _ in range(rounds))
    return taken[min(rounds - 1, rounds * percent // 100)]


def warmed(work: Timed, *, times: int = 12) -> Timed:
    """Do `work` until statements are prepared and pages are in memory, and return it.

    psycopg prepares what it is asked the sixth time, and PostgreSQL keeps a plan for good once it has made five for what was asked.
    """
    for _ in range(times):
        work()
    return work


def limited(operation: str, *, product: float, floor: float, unit: str, at_most: float) -> Row:
    """Return the row of two numbers of which less is better, the product's at most `at_most` whatever the floor is."""
    return Row(
        operation=operation,
        product=round(product, 3),
        floor=round(floor, 3),
        unit=unit,
        ratio=round(product / floor, 2) if floor else 0.0,
        goal=f"<= {at_most:g} {unit}",
        met=product <= at_most,
    )
