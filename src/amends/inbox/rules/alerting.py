"""When a post raises the alarm. Place in the path: verdict of a post in a case -> here -> alert rows -> notifiers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.ports import Sentiment
from amends.inbox.rules.alarm_thresholds import Ground, Thresholds
from amends.inbox.rules.words import Severity
from amends.triage.verdict import Verdict

CRITICAL_URGENCY = 85
# What is older when we first see it (an import, a backlog) is work, but wakes nobody.
FRESH = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alert to raise: `rule` names the ground, `reason` is a sentence for whoever is woken by it."""

    rule: str
    severity: Severity
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """When a case last rang, and when it last did so critically."""

    at: datetime | None = None
    critical_at: datetime | None = None

    def holds_back(self, severity: Severity, *, cooldown: timedelta, now: datetime) -> bool:
        """Tell whether the case rang so lately that it is to be silent; no alarm that was less than critical silences one that is."""
        last = self.critical_at if severity is Severity.CRITICAL else self.at
        return last is not None and now - last < cooldown

    def again(self, severity: Severity, now: datetime) -> "Rung":
        """Return it after one more alarm."""
        return Rung(at=now, critical_at=now if severity is Severity.CRITICAL else self.critical_at)


SILENT = Rung()


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A customer's post that joined a case, and when that rang before."""

    published_at: datetime
    followers: int | None
    rung: Rung = SILENT


def decide(verdict: Verdict, heard: Heard, *, thresholds: Thresholds, now: datetime) -> Alarm | None:
    """Return the alarm to raise, or None."""
    if verdict.sentiment is not Sentiment.NEGATIVE or now - heard.published_at > FRESH:
        return None
    ground = thresholds.ground(urgency=verdict.urgency, followers=heard.followers)
    if ground is None:
        return None
    severity = severity_of(ground, verdict.urgency)
    if heard.rung.holds_back(severity, cooldown=thresholds.cooldown, now=now):
        return None
    why = f"urgency {verdict.urgency}" if ground == "urgent" else f"{heard.followers:,} followers"
    return Alarm(rule=ground, severity=severity, reason=_because(why, verdict.reasons))


def severity_of(ground: Ground, urgency: int) -> Severity:
    """Return how loud an alarm on this ground is."""
    return Severity.CRITICAL if ground == "urgent" and urgency >= CRITICAL_URGENCY else Severity.HIGH


def _because(ground: str, reasons: tuple[str, ...]) -> str:
    more = ", ".join(one for one in reasons if one != "negative")  # which it begins with
    return f"Negative, {ground}" + (f": {more}." if more else ".")
