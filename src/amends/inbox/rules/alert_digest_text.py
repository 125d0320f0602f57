"""What is said of many alarms at once, of one that nobody has seen to, and of one that is over. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from amends.core.ports import Json, Message
from amends.inbox.rules.alert_text import first_words
from amends.inbox.rules.ids import AlertId, CaseId
from amends.inbox.rules.words import Severity

MOST_LINES = 20
LONGEST_LINE = 160
OVER = -1
VARIES = re.compile(
    r"(?<=^Negative, urgency )\d+|(?<=^Negative, )[\d,]+(?= followers)|[\d,]+(?= (?:cases|customers) .*within \d+ minutes)"
    r"|[\d,]+\.\d(?= is the habit of this hour)"
)
"""The numbers in a reason by which alarms differ that else say the same; the name of a rule, which may hold one, is none of them."""
WHY = {"digest": "gathered", "quiet": "in quiet hours", "flood": "too many to tell one by one"}


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestItem:
    """One alarm in a digest."""

    alert_id: AlertId
    case_id: CaseId | None
    rule: str
    severity: str
    reason: str
    raised_at: datetime
    why: str
    is_seen_to: bool
    is_over: bool


def digest_message_of(items: Sequence[DigestItem], *, digest_id: int, public_url: str) -> Message:
    """Return the message for a digest: how many alarms, how many still wait for somebody, and the loudest of these."""
    waiting = [one for one in items if not one.is_seen_to and not one.is_over]
    loudest = sorted(waiting or items, key=lambda one: (one.severity != Severity.CRITICAL, one.raised_at, one.alert_id))
    url = f"{public_url.rstrip('/')}/alarms"
    alike = _alike(loudest)[:MOST_LINES]
    lines = [f"- {_line(same)}" for same in alike]
    rest = len(loudest) - sum(len(same) for same in alike)
    told = [*lines, *([f"… and {rest:,} more"] if rest else []), "", f"Why together: {_why(items)}", f"All of them: {url}"]
    facts: dict[str, Json] = {
        "digest_id": digest_id,
        "alerts": len(items),
        "waiting": len(waiting),
        "critical": sum(one.severity == Severity.CRITICAL for one in items),
        "alert_ids": [one.alert_id for one in items],
    }
    return Message(
        key=f"digest-{digest_id}",
        title=f"{len(items):,} alarm{'' if len(items) == 1 else 's'}, {len(waiting):,} not seen to yet",
        body="\n".join(told),
        url=url,
        severity=Severity.CRITICAL if any(one.severity == Severity.CRITICAL for one in waiting) else Severity.HIGH,
        facts=facts,
        happening="alert.digest",
    )


def retold(message: Message, again: int) -> Message:
    """Return a message as it is told again: 1, 2 … where nobody has seen to it, `OVER` where it is over; each has a key of its own."""
    if again == 0:
        return message
    if again == OVER:
        facts = {name: value for name, value in message.facts.items() if name != "acknowledge_url"}
        title, body = f"Over: {message.title}", f"It is over.\n\n{message.title}\n\n{message.url}"
        return replace(message, key=f"{message.key}-over", title=title, body=body, facts=facts, happening="alert.ended")
    said = "Nobody has seen to it yet. "
    return replace(message, key=f"{message.key}-{again}", title=said + message.title, body=said + message.body)


def _alike(loudest: Sequence[DigestItem]) -> list[list[DigestItem]]:
    """Return the alarms, those that say the same but for their numbers together, in the order of the first of each."""
    found: dict[tuple[str, str], list[DigestItem]] = {}
    for one in loudest:
        found.setdefault((one.severity, VARIES.sub("", one.reason)), []).append(one)
    return list(found.values())


def _line(same: Sequence[DigestItem]) -> str:
    first, last = f"{same[0].raised_at:%H:%M}", f"{same[-1].raised_at:%H:%M}"
    when = first if first == last else f"{first} to {last}"
    loud = "critical" if same[0].severity == Severity.CRITICAL else "high"
    times = f"{len(same):,} times, " if len(same) > 1 else ""
    return f"{when} UTC, {times}{loud}: {first_words(_said(same), LONGEST_LINE)}"


def _said(same: Sequence[DigestItem]) -> str:
    """Return the reason of alarms alike: each number from the least to the greatest."""
    spans = zip(*(VARIES.findall(one.reason) for one in same), strict=True)
    told = iter([" to ".join(dict.fromkeys((min(span, key=_value), max(span, key=_value)))) for span in spans])
    return VARIES.sub(lambda _found: next(told), same[0].reason)


def _value(written: str) -> float:
    return float(written.replace(",", "") or 0)


def _why(items: Sequence[DigestItem]) -> str:
    counted = Counter(one.why for one in items)
    return ", ".join(f"{n:,} {WHY[why]}" for why, n in counted.most_common())
