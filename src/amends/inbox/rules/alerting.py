"""When a post raises the alarm. Place in the path: verdict of a post in a case -> here -> alert rows -> notifiers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.ports import Sentiment
from amends.inbox.rules.alarm_thresholds import Thresholds
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
class Heard:
    """A customer's post that joined a case; `last_raised_at` is the case's last alert."""

    published_at: datetime
    followers: int | None
    last_raised_at: datetime | None


def decide(verdict: Verdict, heard: Heard, *, thresholds: Thresholds, now: datetime) -> Alarm | None:
    """Return the alarm to raise, or None."""
    if verdict.sentiment is not Sentiment.NEGATIVE or now - heard.published_at > FRESH:
        return None
    if heard.last_raised_at is not None and now - heard.last_raised_at < thresholds.cooldown:
        return None
    match thresholds.ground(urgency=verdict.urgency, followers=heard.followers):
        case "urgent":
            return Alarm(rule="urgent", severity=_severity(verdict.urgency), reason=_because(f"urgency {verdict.urgency}", verdict.reasons))
        case "reach":
            return Alarm(rule="reach", severity=Severity.HIGH, reason=_because(f"{heard.followers:,} followers", verdict.reasons))
        case None:
            return None


def _severity(urgency: int) -> Severity:
    return Severity.CRITICAL if urgency >= CRITICAL_URGENCY else Severity.HIGH


def _because(ground: str, reasons: tuple[str, ...]) -> str:
    return f"Negative, {ground}" + (f": {', '.join(reasons)}." if reasons else ".")
