"""What an alert says. Short on purpose: it leaves the house, so it carries the first words of one post, personal data masked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.personal.finding import mask
from amends.core.ports import Json, Message
from amends.inbox.rules.ids import AlertId, CaseId, PostId, SourceId

FIRST_WORDS = 200
LONGEST_HANDLE = 60
TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Characters that turn the direction of what follows: in an alert nothing else would turn it back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertFacts:
    """An alert with what its message needs of the case and the post that raised it."""

    alert_id: AlertId
    case_id: CaseId
    post_id: PostId
    rule: str
    severity: str
    reason: str
    raised_at: datetime
    brand: str
    network: str
    handle: str
    followers: int | None
    language: str
    urgency: int
    text: str = field(repr=False)
    permalink: str
    published_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceAlertFacts:
    """An alert of a source; no word of a customer is in it."""

    alert_id: AlertId
    source_id: SourceId
    rule: str
    severity: str
    reason: str
    since: datetime
    raised_at: datetime
    brand: str
    network: str
    handle: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SurgeFacts:
    """An alert of a surge; no word of a customer is in it."""

    alert_id: AlertId
    rule: str
    severity: str
    reason: str
    n: int
    expected: float
    since: datetime
    raised_at: datetime


def first_words(text: str, limit: int = FIRST_WORDS) -> str:
    """Return `text` on one line, cut at a word to at most `limit` characters with an ellipsis."""
    line = " ".join(text.translate(TURNING).split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head) + "…"


def message_of(facts: AlertFacts, *, public_url: str, seen_to: str, order_shapes: Sequence[str] = ()) -> Message:
    """Return the message for one alert; its key is the same on every try and every channel, by `seen_to` somebody sees to it."""
    url = f"{public_url.rstrip('/')}/inbox/{facts.case_id}"
    words = first_words(mask(facts.text, facts.language, shapes=order_shapes)) or "(no text)"
    author = first_words(facts.handle, LONGEST_HANDLE)
    return Message(
        key=f"alert-{facts.alert_id}",
        title=f"{facts.brand} on {facts.network}: {facts.reason}",
        body=f"@{author} on {facts.network}: {words}\n\nWhy: {facts.reason}\nCase: {url}\nPost: {facts.permalink}\nI see to it: {seen_to}",
        url=url,
        severity=facts.severity,
        facts=_machine_facts(facts, words) | {"acknowledge_url": seen_to},
    )


def source_message_of(facts: SourceAlertFacts, *, public_url: str, seen_to: str) -> Message:
    """Return the message for one alert of a source."""
    url = f"{public_url.rstrip('/')}/alarms#alarm-{facts.alert_id}"
    account = f"{facts.handle} on {facts.network}"
    machine: dict[str, Json] = {
        "alert_id": facts.alert_id,
        "source_id": facts.source_id,
        "rule": facts.rule,
        "reason": facts.reason,
        "brand": facts.brand,
        "network": facts.network,
        "handle": facts.handle,
        "since": facts.since.isoformat(),
        "raised_at": facts.raised_at.isoformat(),
        "acknowledge_url": seen_to,
    }
    return Message(
        key=f"alert-{facts.alert_id}",
        title=f"{facts.brand}, source {account}: {first_words(facts.reason, 120)}",
        body=f"The source {account} needs somebody.\n\nWhy: {facts.reason}\nMore: {url}\nI see to it: {seen_to}",
        url=url,
        severity=facts.severity,
        facts=machine,
    )


def surge_message_of(facts: SurgeFacts, *, seen_to: str) -> Message:
    """Return the message for one alert of a surge."""
    machine: dict[str, Json] = {
        "alert_id": facts.alert_id,
        "rule": facts.rule,
        "reason": facts.reason,
        "n": facts.n,
        "expected": round(facts.expected, 2),
        "since": facts.since.isoformat(),
        "raised_at": facts.raised_at.isoformat(),
        "acknowledge_url": seen_to,
    }
    return Message(
        key=f"alert-{facts.alert_id}",
        title=first_words(facts.reason, 160),
        body=f"{facts.reason}\n\nI see to it: {seen_to}",
        url=seen_to,
        severity=facts.severity,
        facts=machine,
    )


def _machine_facts(facts: AlertFacts, words: str) -> dict[str, Json]:
    return {
        "alert_id": facts.alert_id,
        "case_id": facts.case_id,
        "post_id": facts.post_id,
        "rule": facts.rule,
        "reason": facts.reason,
        "brand": facts.brand,
        "network": facts.network,
        "handle": facts.handle,
        "followers": facts.followers,
        "language": facts.language,
        "urgency": facts.urgency,
        "text": words,
        "permalink": facts.permalink,
        "published_at": facts.published_at.isoformat(),
        "raised_at": facts.raised_at.isoformat(),
    }
