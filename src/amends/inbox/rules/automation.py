"""When a rule of the team looks at a case, and when it must not. Place in the path: event, sweep -> here -> `actions.automation`."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from amends.core.translating import N_
from amends.inbox.rules.events import EventKind

MOST_STEPS = 5
"""How many rules may follow from one another before the chain is cut."""
MOST_FAILURES = 3
"""After how many failures in a row a rule is switched off."""
ITS_OWN = N_("What happened came of this rule itself.")
CHAINED = N_("%(n)s rules followed from one another already.")
"""Why a rule is held back; kept in English, and screens recognise it."""


class Trigger(StrEnum):
    """What makes a rule look at a case."""

    OPENED = "opened"
    CHANGED = "changed"
    POSTED = "posted"
    REPLIED = "replied"
    ASSIGNED = "assigned"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    UNANSWERED = "unanswered"
    SILENT = "silent"


class Outcome(StrEnum):
    """What a rule did when it was asked: `unmet` where the condition did not hold, or there was nothing left to do."""

    ACTED = "acted"
    FAILED = "failed"
    LOOPED = "looped"
    UNMET = "unmet"


TRIGGERS: Mapping[Trigger, str] = {
    Trigger.OPENED: N_("a case is opened"),
    Trigger.POSTED: N_("the customer writes again"),
    Trigger.REPLIED: N_("our reply goes out"),
    Trigger.ASSIGNED: N_("a case is given to somebody"),
    Trigger.REOPENED: N_("a case is reopened"),
    Trigger.RESOLVED: N_("a case is resolved"),
    Trigger.SNOOZED: N_("a case is snoozed"),
    Trigger.WOKEN: N_("a case wakes"),
    Trigger.CHANGED: N_("anything of these happens to a case that there is already"),
    Trigger.UNANSWERED: N_("the customer has waited for our answer for this many hours"),
    Trigger.SILENT: N_("the customer has not written for this many hours since our answer"),
}
TIMED = frozenset({Trigger.UNANSWERED, Trigger.SILENT})
HEARD: Mapping[str, Trigger] = {
    EventKind.CASE_OPENED: Trigger.OPENED,
    EventKind.POST_JOINED: Trigger.POSTED,
    EventKind.REPLY_SENT: Trigger.REPLIED,
    EventKind.CASE_ASSIGNED: Trigger.ASSIGNED,
    EventKind.CASE_REOPENED: Trigger.REOPENED,
    EventKind.CASE_RESOLVED: Trigger.RESOLVED,
    EventKind.CASE_SNOOZED: Trigger.SNOOZED,
    EventKind.CASE_WOKEN: Trigger.WOKEN,
}


def kinds_of(trigger: Trigger) -> Sequence[str]:
    """Return the kinds of events that a trigger hears; none where it goes by the clock."""
    if trigger is Trigger.CHANGED:
        return [kind for kind, heard in HEARD.items() if heard is not Trigger.OPENED]
    return [kind for kind, heard in HEARD.items() if heard is trigger]


def chain_of(because: Mapping[str, object] | None) -> tuple[int, ...]:
    """Return the rules of which an event came, the first one first."""
    chain = (because or {}).get("chain")
    return tuple(int(one) for one in chain) if isinstance(chain, list) else ()


def loop(rule_id: int, chain: Sequence[int]) -> str:
    """Return why the rule must not answer an event that came of these rules, empty where it may."""
    if rule_id in chain:
        return ITS_OWN
    if len(chain) >= MOST_STEPS:
        return CHAINED % {"n": len(chain)}
    return ""
