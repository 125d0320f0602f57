"""What a customer's record says of the time to come: who may leave, and what somebody may need next. Plain rules, each with its reason.

Place in the path: facts of a customer -> `signals_of` -> named reasons beside the case and on the customer's page; the worker keeps their
names so that segments can ask for them. There is no score behind them: a signal of leaving weighs one to three, its weight stands beside
its sentence, and the sum says the risk: `SOME` from two on, `HIGH` from five on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from amends.core import written
from amends.core.translating import N_, _, ngettext

LATE = timedelta(days=90)
"""How far back "of late" reaches."""
LONG_WAIT = timedelta(days=2)
SOON = timedelta(days=30)
BIRTHDAY_SOON = timedelta(days=7)
NEGATIVE_OF_FIVE = 3
AGAIN = 2
SOME, HIGH = 2, 5


class Risk(StrEnum):
    """How likely somebody leaves, as the sum of the named signals says."""

    NONE = "none"
    SOME = "some"
    HIGH = "high"


class Signal(StrEnum):
    """One thing that the record says; the first seven are of leaving, the others of what is needed next."""

    LEAVING = "leaving"
    CANCELLED = "cancelled"
    RELAPSED = "relapsed"
    NEGATIVE = "negative"
    REPEATS = "repeats"
    UNANSWERED = "unanswered"
    WAITS = "waits"
    PROMISE_OVERDUE = "promise-overdue"
    QUESTION_OPEN = "question-open"
    RENEWAL_SOON = "renewal-soon"
    BIRTHDAY_SOON = "birthday-soon"
    LANGUAGE = "language"


MEANS: Mapping[Signal, str] = {
    Signal.LEAVING: N_("Threatens to leave"),
    Signal.CANCELLED: N_("Cancelled a subscription"),
    Signal.RELAPSED: N_("Our answer did not hold"),
    Signal.NEGATIVE: N_("Sounds unhappy of late"),
    Signal.REPEATS: N_("Complains again"),
    Signal.UNANSWERED: N_("A complaint has no answer"),
    Signal.WAITS: N_("Waits for long"),
    Signal.PROMISE_OVERDUE: N_("We promised to come back"),
    Signal.QUESTION_OPEN: N_("A question is open"),
    Signal.RENEWAL_SOON: N_("Renews soon"),
    Signal.BIRTHDAY_SOON: N_("Has a birthday soon"),
    Signal.LANGUAGE: N_("Speaks another language than whom they know"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is known of a customer, as the rules take it; "of late" is within `LATE`, times are None where there is nothing.

    `negative_of_five` counts the last five posts; `complaints` are cases opened of late; `unanswered` are open cases without any answer;
    `owner_languages` is empty where nobody is their owner or the owner named none.
    """

    open_cases: int = 0
    complaints: int = 0
    negative_of_five: int = 0
    unanswered: int = 0
    waiting_since: datetime | None = None
    relapses_of_late: int = 0
    cancelled_at: datetime | None = None
    says_leaving: bool = False
    promise_due_at: datetime | None = None
    question_since: datetime | None = None
    renews_on: date | None = None
    birthday_on: date | None = None
    languages: Sequence[str] = ()
    owner_languages: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A signal that holds: why, in a sentence, and how much it adds to the risk (0: it says what is needed, not who leaves)."""

    signal: Signal
    says: str
    weight: int = 0


def leaving(at: Standing, _now: datetime) -> Told | None:
    """A post of an open case threatens to leave: 3."""
    return Told(signal=Signal.LEAVING, says=_("They write that they want to leave."), weight=3) if at.says_leaving else None


def cancelled(at: Standing, now: datetime) -> Told | None:
    """A subscription ended of late: 3."""
    if at.cancelled_at is None or not now - LATE <= at.cancelled_at <= now:
        return None
    return Told(signal=Signal.CANCELLED, says=_("They ended a subscription on %(day)s.") % {"day": written.day(at.cancelled_at)}, weight=3)


def relapsed(at: Standing, _now: datetime) -> Told | None:
    """What we called solved came back of late: 2."""
    if not at.relapses_of_late:
        return None
    says = ngettext("One answer of ours did not hold.", "%(n)s answers of ours did not hold.", at.relapses_of_late)
    return Told(signal=Signal.RELAPSED, says=says % {"n": written.number(at.relapses_of_late)}, weight=2)


def negative(at: Standing, _now: datetime) -> Told | None:
    """Three or more of the last five posts are negative: 2."""
    if at.negative_of_five < NEGATIVE_OF_FIVE:
        return None
    says = _("%(n)s of their last five posts are negative.") % {"n": at.negative_of_five}
    return Told(signal=Signal.NEGATIVE, says=says, weight=2)


def repeats(at: Standing, _now: datetime) -> Told | None:
    """Two or more cases were opened of late: 1."""
    if at.complaints < AGAIN:
        return None
    return Told(signal=Signal.REPEATS, says=_("%(n)s cases within 90 days.") % {"n": written.number(at.complaints)}, weight=1)


def unanswered(at: Standing, _now: datetime) -> Told | None:
    """An open case has no answer at all: 1."""
    if not at.unanswered:
        return None
    says = ngettext("One open case has no answer.", "%(n)s open cases have no answer.", at.unanswered)
    return Told(signal=Signal.UNANSWERED, says=says % {"n": written.number(at.unanswered)}, weight=1)


def waits(at: Standing, now: datetime) -> Told | None:
    """They have waited for us for two days or longer: 2."""
    if at.waiting_since is None or now - at.waiting_since < LONG_WAIT:
        return None
    return Told(
        signal=Signal.WAITS,
        says=_("They have waited for us for %(n)s days.") % {"n": written.number((now - at.waiting_since).days)},
        weight=2,
    )


def promise_overdue(at: Standing, now: datetime) -> Told | None:
    """What we promised of late is past its day."""
    if at.promise_due_at is None or at.promise_due_at > now:
        return None
    says = _("We said we would come back by %(day)s, and have not.") % {"day": written.day(at.promise_due_at)}
    return Told(signal=Signal.PROMISE_OVERDUE, says=says)


def question_open(at: Standing, _now: datetime) -> Told | None:
    """They asked something in an open case and wait for the answer."""
    if at.question_since is None:
        return None
    return Told(signal=Signal.QUESTION_OPEN, says=_("Their question of %(day)s is open.") % {"day": written.day(at.question_since)})


def renewal_soon(at: Standing, now: datetime) -> Told | None:
    """A subscription or membership renews within 30 days."""
    if at.renews_on is None or not timedelta(0) <= _until(at.renews_on, now) <= SOON:
        return None
    return Told(signal=Signal.RENEWAL_SOON, says=_("A subscription or membership renews on %(day)s.") % {"day": written.day(at.renews_on)})


def birthday_soon(at: Standing, now: datetime) -> Told | None:
    """Their birthday is within 7 days."""
    if at.birthday_on is None or not timedelta(0) <= _until(at.birthday_on, now) <= BIRTHDAY_SOON:
        return None
    return Told(signal=Signal.BIRTHDAY_SOON, says=_("Their birthday is on %(day)s.") % {"day": written.day(at.birthday_on)})


def language(at: Standing, _now: datetime) -> Told | None:
    """None of their languages is one of the colleague's whom they know."""
    if not at.languages or not at.owner_languages or set(at.languages) & set(at.owner_languages):
        return None
    says = _("They speak %(theirs)s; whom they know does not.") % {
        "theirs": written.listed_with_and(written.language_name(one) or one for one in at.languages)
    }
    return Told(signal=Signal.LANGUAGE, says=says)


RULES: Sequence[Callable[[Standing, datetime], Told | None]] = (
    leaving,
    cancelled,
    relapsed,
    negative,
    waits,
    repeats,
    unanswered,
    promise_overdue,
    question_open,
    renewal_soon,
    birthday_soon,
    language,
)


def signals_of(at: Standing, now: datetime) -> list[Told]:
    """Return the signals that hold, those of leaving first."""
    return [told for rule in RULES if (told := rule(at, now))]


def risk_of(told: Sequence[Told]) -> Risk:
    """Return what the weights of the signals say together."""
    weight = sum(one.weight for one in told)
    return Risk.HIGH if weight >= HIGH else Risk.SOME if weight >= SOME else Risk.NONE


def stale_at(at: Standing, now: datetime) -> datetime | None:
    """Return the next moment at which time alone may change a signal; None where it never does. What is "of late" ages day by day."""
    ages = at.complaints or at.negative_of_five or at.relapses_of_late
    turns = [moment for moment in _turns(at) if moment > now]
    return min([*turns, now + timedelta(days=1)] if ages else turns, default=None)


def _turns(at: Standing) -> Iterator[datetime]:
    if at.waiting_since:
        yield at.waiting_since + LONG_WAIT
    if at.cancelled_at:
        yield from (at.cancelled_at, at.cancelled_at + LATE)
    if at.promise_due_at:
        yield from (at.promise_due_at, at.promise_due_at + LATE)
    for day, before in ((at.renews_on, SOON), (at.birthday_on, BIRTHDAY_SOON)):
        if day:
            yield from (_begin(day) - before, _begin(day) + timedelta(days=1))


def _begin(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def _until(day: date, now: datetime) -> timedelta:
    return day - now.astimezone(UTC).date()
