"""When a post raises the alarm. Place in the path: verdict of a post in a case -> here -> alert rows -> notifiers."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.ports import Sentiment
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.words import Severity
from amends.triage.verdict import Verdict

CRITICAL_URGENCY = 85


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alert to raise: `rule` names the ground, `reason` is a sentence for whoever is woken by it."""

    rule: str
    severity: Severity
    reason: str


def decide(verdict: Verdict, *, followers: int | None, last_raised_at: datetime | None, policy: Policy, now: datetime) -> Alarm | None:
    """Return the alarm for a customer's post that joined a case, or None; `last_raised_at` is the case's last alert."""
    if verdict.sentiment is not Sentiment.NEGATIVE:
        return None
    if last_raised_at is not None and now - last_raised_at < policy.alert_cooldown:
        return None
    if verdict.urgency >= policy.alert_urgency:
        return Alarm(rule="urgent", severity=_severity(verdict.urgency), reason=_because(f"urgency {verdict.urgency}", verdict.reasons))
    if followers is not None and followers >= policy.alert_followers:
        return Alarm(rule="reach", severity=Severity.HIGH, reason=_because(f"{followers:,} followers", verdict.reasons))
    return None


def _severity(urgency: int) -> Severity:
    return Severity.CRITICAL if urgency >= CRITICAL_URGENCY else Severity.HIGH


def _because(ground: str, reasons: tuple[str, ...]) -> str:
    return f"Negative, {ground}" + (f": {', '.join(reasons)}." if reasons else ".")
