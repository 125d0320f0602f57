"""Whether more complaints came than usual: a number, or the habit of this hour of the week. Pure.

A habit is learnt from the same window of the last eight weeks and its neighbours. How surprising a count is follows from the negative
binomial: what a Poisson process shows whose rate is itself only known from those few windows (the Gamma-Poisson mixture; Gelman et al.,
Bayesian Data Analysis, 3rd ed., section 2.6), made wider where the windows scatter more than that. So three complaints where there
usually is one are no alarm, and neither is a busy Monday; a mean with its standard deviations would ring for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import exp, lgamma, log
from statistics import median

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.working_hours import zone_or_utc

WEEKS = 8
ENOUGH_WEEKS = 4
DAYS = 14
ENOUGH_DAYS = 3
YOUNG_SHAPE = 2.0
"""Until so many weeks are known, a habit is that of the last days, and made wider: a Monday is no Sunday."""
NEIGHBOURS = (-1, 0, 1)
"""The windows just before and after the same one count as its habit too."""
CALM = timedelta(minutes=15)
"""A surge is over when it has looked over for so long, so that one rings once."""
CALM_CHANCE = 0.05
MOST_ESCALATIONS = 3
PRIOR_SHAPE = 0.5
PRIOR_WINDOWS = 0.1


class Kind(StrEnum):
    """Against what it is counted."""

    RATE = "rate"
    HABIT = "habit"
    NEW_TOPIC = "new_topic"


class Apart(StrEnum):
    """By what cases are counted apart."""

    ALL = ""
    SOURCE = "source"
    NETWORK = "network"
    BRAND = "brand"
    LANGUAGE = "language"
    REGION = "region"
    TOPIC = "topic"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What is counted, and from when on it is a surge."""

    kind: Kind
    minutes: int
    least: int
    one_in: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """How many came within the window, and within each window of the habit; of a `young` desk's, too few weeks are known."""

    n: int
    habit: Sequence[int]
    young: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """Of what times a habit is learnt; of a `young` desk's they are days, or none at all."""

    ends: Sequence[datetime]
    young: bool


NO_HABIT = Habit(ends=(), young=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """Whether it is a surge, whether it looks over, how many were to be expected, and how likely so many are by chance."""

    surges: bool
    calm: bool
    expected: float
    chance: float


def windows(now: datetime, minutes: int, zone: str = "UTC") -> tuple[tuple[datetime, datetime], list[tuple[datetime, datetime]]]:
    """Return the window that ends now, and those of its habit: the same time of the last weeks in a zone, with what lies beside it."""
    width = timedelta(minutes=minutes)
    return (now - width, now), around(weeks_before(now, zone), width)


def around(ends: Sequence[datetime], width: timedelta) -> list[tuple[datetime, datetime]]:
    """Return the windows that end then, with what lies beside each."""
    return [(end + shift * width - width, end + shift * width) for end in ends for shift in NEIGHBOURS]


def weeks_before(now: datetime, zone: str) -> list[datetime]:
    """Return the same time of the last weeks by the clock on the wall of a zone."""
    here = now.astimezone(zone_or_utc(zone))
    return [(here - timedelta(weeks=week)).astimezone(UTC) for week in range(1, WEEKS + 1)]


def days_before(now: datetime, zone: str) -> list[datetime]:
    """Return the same time of the last days by the clock on the wall of a zone."""
    here = now.astimezone(zone_or_utc(zone))
    return [(here - timedelta(days=day)).astimezone(UTC) for day in range(1, DAYS + 1)]


def habit_of(weeks: Sequence[datetime], days: Sequence[datetime]) -> Habit:
    """Return the habit of a moment of which these weeks and days before it are known."""
    if len(weeks) >= ENOUGH_WEEKS:
        return Habit(ends=weeks, young=False)
    return Habit(ends=days if len(days) >= ENOUGH_DAYS else (), young=True)


def judged(rule: Rule, seen: Seen) -> Judged:
    """Return how the count stands against the number, or against its habit; where none is known, a new topic against the number.

    Any other count against a habit that nobody knows yet is no surge.
    """
    if rule.kind is Kind.RATE or (rule.kind is Kind.NEW_TOPIC and not seen.habit):
        return Judged(surges=seen.n >= rule.least, calm=seen.n < rule.least, expected=float(rule.least), chance=1.0)
    if not seen.habit:
        return Judged(surges=False, calm=True, expected=0.0, chance=1.0)
    expected, chance = surprise(seen.n, seen.habit, widest=YOUNG_SHAPE if seen.young else float("inf"))
    return Judged(surges=seen.n >= rule.least and chance * rule.one_in <= 1, calm=chance > CALM_CHANCE, expected=expected, chance=chance)


def surprise(n: int, habit: Sequence[int], *, widest: float = float("inf")) -> tuple[float, float]:
    """Return how many were to be expected, and the chance of `n` or more.

    A surge of a week past does not raise the bar for the next one: a window of the habit counts as at most three times the usual and five.
    """
    usual = median(habit) if habit else 0
    counted = [min(one, 3 * usual + 5) for one in habit]
    shape, rate = PRIOR_SHAPE + sum(counted), PRIOR_WINDOWS + len(counted)
    mean = shape / rate
    return mean, _tail(n, mean, min(shape, widest, _shape_of_scatter(counted, mean)))


def _shape_of_scatter(counted: Sequence[float], mean: float) -> float:
    """Return the shape at which the negative binomial scatters as the windows do (the method of moments); infinite where it is no more."""
    if len(counted) < 4:  # noqa: PLR2004 - of fewer windows nobody can say how they scatter
        return float("inf")
    centre = sum(counted) / len(counted)
    variance = sum((one - centre) ** 2 for one in counted) / (len(counted) - 1)
    return mean * mean / (variance - mean) if variance > mean else float("inf")


def _tail(n: int, mean: float, shape: float) -> float:
    """Return the chance of `n` or more where the mean is `mean`, summed away from the mean, so that tiny chances stay exact.

    Far below the mean that very count is too unlikely to be told from nothing, though it or more is all but certain.
    """
    if n <= mean:
        return 1.0 - sum(exp(_log_mass(x, mean, shape)) for x in range(n))
    total, x = 0.0, n
    term = exp(_log_mass(n, mean, shape))
    odds = mean / (mean + shape)
    while term > total * 1e-12 and x < n + 100_000:
        total += term
        term *= (x + shape) / (x + 1) * odds
        x += 1
    return min(1.0, total)


def _log_mass(x: int, mean: float, shape: float) -> float:
    """Return the logarithm of the negative binomial's mass at `x`."""
    share = shape / (shape + mean)
    return lgamma(x + shape) - lgamma(shape) - lgamma(x + 1) + shape * log(share) + x * log(1 - share)


def checked(rule: Rule) -> Rule:
    """Return the rule; `Refused` where it makes no sense."""
    if not 5 <= rule.minutes <= 1_440:  # noqa: PLR2004
        raise Refused(_("A window lies between five minutes and a day."))
    if not 1 <= rule.least <= 100_000:  # noqa: PLR2004
        raise Refused(_("Count from 1 to 100,000 cases."))
    if not 10 <= rule.one_in <= 100_000_000:  # noqa: PLR2004
        raise Refused(_("By chance at most once in 10 to 100,000,000 looks."))
    return rule


def escalations(*, raised_at: datetime, after: timedelta, now: datetime) -> int:
    """Return how often an alarm that nobody acknowledged is to have been told again: after the time, after twice and three times of it."""
    return min(MOST_ESCALATIONS, (now - raised_at) // after)
