"""What each event of a case is called in its thread. What is shown there as itself (posts, replies, notes) is not told twice."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.api import labels, words
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.snoozing import Reason
from amends.inbox.store.case_page import EventRow


def _by(event: EventRow) -> str:
    rule = (event.because or {}).get("name")
    return _("The rule “%(name)s”") % {"name": rule} if rule else event.agent or "Amends"


def _why(event: EventRow) -> str:
    why = str(event.facts.get("why") or event.facts.get("reason") or "")
    return f": {why}" if why else ""


def _assigned(event: EventRow) -> str:
    if not event.whom:
        return f"{_by(event)} gave the case back to everyone"
    return f"{_by(event)} took the case" if event.whom == _by(event) else f"{_by(event)} gave the case to {event.whom}"


def _snoozed(event: EventRow) -> str:
    reason, until, by = event.facts.get("reason"), event.facts.get("until"), _by(event)
    if reason == Reason.INCIDENT:
        return _("%(by)s snoozed the case until “%(label)s” is over") % {"by": by, "label": event.facts.get("label", "")}
    if reason == Reason.CUSTOMER or not until:
        return _("%(by)s snoozed the case until the customer writes") % {"by": by}
    return _("%(by)s snoozed the case until %(until)s") % {"by": by, "until": words.stamp(datetime.fromisoformat(until))}


def _woken(event: EventRow) -> str:
    told = {
        "time": _("The case woke: its time has come"),
        "customer": _("The case woke: the customer wrote"),
        "undo": _("%(by)s took the snooze back"),
    }
    return told.get(str(event.facts.get("woken_by")), _("%(by)s woke the case")) % {"by": _by(event)}


def _team(event: EventRow) -> str:
    if not event.facts.get("team"):
        return _("%(by)s gave the case back to every team") % {"by": _by(event)}
    return _("%(by)s gave the case to the team %(team)s") % {"by": _by(event), "team": event.facts["team"]}


def _pressed(event: EventRow) -> str:
    told = {"by": _by(event), "reason": event.facts.get("reason", ""), "points": f"{event.facts.get('points', 0):+d}"}
    return _("%(by)s changed the urgency by %(points)s: %(reason)s") % told


def _concluded(event: EventRow) -> str:
    outcome = str(event.facts.get("outcome", ""))
    return f"Follow-up: {words.OUTCOMES.get(outcome, outcome)}"


def _corrected(event: EventRow) -> str:
    field = str(event.facts.get("field", ""))
    old, new = (labels.said(field, str(event.facts.get(name, ""))) for name in ("old", "new"))
    return f"{_by(event)} confirmed the {field}: {new}" if old == new else f"{_by(event)} corrected the {field} from {old} to {new}"


def _corrected_back(event: EventRow) -> str:
    return f"{_by(event)} took a correction of the {event.facts.get('field', '')} back"


BAD = {EventKind.ALERT_RAISED, EventKind.ALERT_FAILED, EventKind.REPLY_NOT_VISIBLE, EventKind.REPLY_VANISHED}
GOOD = {EventKind.CASE_RESOLVED, EventKind.REPLY_CAME_BACK}
SENTENCES: dict[str, Callable[[EventRow], str]] = {
    EventKind.CASE_OPENED: lambda event: f"Case opened{_why(event)}",
    EventKind.CASE_REOPENED: lambda event: f"{_by(event)} reopened the case{_why(event)}",
    EventKind.CASE_RESOLVED: lambda event: f"{_by(event)} resolved the case",
    EventKind.RESOLVE_UNDONE: lambda event: f"{_by(event)} took the resolve back",
    EventKind.CASE_DISMISSED: lambda event: f"{_by(event)} dismissed the case as no work of ours",
    EventKind.CASE_ASSIGNED: _assigned,
    EventKind.REOPEN_UNDONE: lambda event: _("%(by)s took the reopening back") % {"by": _by(event)},
    EventKind.CASE_SNOOZED: _snoozed,
    EventKind.CASE_WOKEN: _woken,
    EventKind.CASE_GIVEN_TO_TEAM: _team,
    EventKind.CASE_PRESSED: _pressed,
    EventKind.CASE_UNREAD: lambda event: _("%(by)s marked the case as unread") % {"by": _by(event)},
    EventKind.NOTE_REMOVED: lambda event: _("%(by)s took a note back") % {"by": _by(event)},
    EventKind.REPLY_DISCARDED: lambda event: f"{_by(event)} threw {'the rest of ' if event.facts.get('rest') else ''}a reply away",
    EventKind.REPLY_NOT_VISIBLE: lambda _event: "Our answer cannot be seen in public",
    EventKind.REPLY_VANISHED: lambda _event: "Our answer vanished from the public thread",
    EventKind.REPLY_CAME_BACK: lambda _event: "Our answer can be seen in public again",
    EventKind.REPLY_LEFT_ALONE: lambda _event: "The complaint under our answer was taken down",
    EventKind.FOLLOW_UP_CONCLUDED: _concluded,
    EventKind.ALERT_RAISED: lambda event: f"Alarm raised{_why(event)}",
    EventKind.ALERT_FAILED: lambda event: f"The alarm did not arrive{_why(event)}",
    EventKind.LABEL_CORRECTED: _corrected,
    EventKind.CORRECTION_UNDONE: _corrected_back,
    EventKind.TOPIC_GIVEN: lambda event: f"{_by(event)} said that it is about {event.facts.get('topic', '')}",
    EventKind.TOPIC_TAKEN: lambda event: f"{_by(event)} said that it is not about {event.facts.get('topic', '')}",
    EventKind.POST_EDITED: lambda _event: "The customer edited a post",
    EventKind.POST_DELETED: lambda _event: "A post was deleted on the network; its text is gone here too",
    EventKind.POST_HIDDEN: lambda _event: "A post is no longer public on the network; its text is gone here too",
}


def is_shown(event: EventRow) -> bool:
    """Tell whether the thread has a line for this event."""
    return event.kind in SENTENCES


def sentence(event: EventRow) -> str:
    """Return what happened, in one sentence."""
    return SENTENCES[event.kind](event)


def mood(event: EventRow) -> str:
    """Return how the line is coloured: bad, good or calm."""
    outcome: Any = event.facts.get("outcome")
    if event.kind in BAD or outcome == "relapsed":
        return "bad"
    return "good" if outcome == "held" or event.kind in GOOD else "calm"
