"""What each event of a case is called in its thread. What is shown there as itself (posts, replies, notes) is not told twice."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from amends.api import clock_words, labels, words
from amends.api.alarm_reasons import why_alarmed
from amends.api.asking_words import noted
from amends.api.giving_words import why_chosen
from amends.api.route_words import why_routed
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.sla_policy import DEEDS
from amends.inbox.rules.snoozing import Reason
from amends.inbox.store.case_page import EventRow


def _by(event: EventRow) -> str:
    """Return who did it: a rule, a colleague, or Amends by itself."""
    rule = (event.because or {}).get("name")
    return _("The rule “%(name)s”") % {"name": rule} if rule else event.agent or "Amends"


def _said(event: EventRow, sentence: str, **more: object) -> str:
    """Return `sentence` about who did it, and to what."""
    return sentence % {"name": _by(event), "whom": event.whom, "topic": words.topic(str(event.facts.get("topic", ""))), **more}


def _why(event: EventRow, alone: str, with_reason: str) -> str:
    why = why_alarmed(why_routed(str(event.facts.get("why") or event.facts.get("reason") or "")))
    return with_reason % {"name": _by(event), "why": why} if why else _said(event, alone)


def _moment(given: object) -> str:
    """Return a moment that a fact names, as the browser puts it into its reader's zone."""
    if not isinstance(given, str) or not given:
        return ""
    at = datetime.fromisoformat(given)
    return Markup('<time datetime="{}" data-time="clock">{}</time>').format(at.isoformat(), words.stamp(at))


def _timed(sentence: str, **given: str) -> str:
    """Return a sentence with a moment in it."""
    return Markup(sentence % {name: escape(value) for name, value in given.items()})  # noqa: S704 - our own words


def _assigned(event: EventRow) -> str:
    team, chosen = event.facts.get("team"), event.facts.get("chosen")
    if team:
        return _said(event, _("%(name)s gave the case to the team %(team)s"), team=team)
    if event.facts.get("was_team") and not event.whom:
        return _said(event, _("%(name)s gave the case back to every team"))
    if chosen and event.whom:
        why = why_chosen(chosen, str(event.facts.get("language", "")))
        return _("Given to %(name)s: %(why)s") % {"name": event.whom, "why": why}
    if not event.whom:
        return _said(event, _("%(name)s gave the case back to everyone"))
    return _said(event, _("%(name)s took the case") if event.whom == _by(event) else _("%(name)s gave the case to %(whom)s"))


def _snoozed(event: EventRow) -> str:
    reason, until, by = event.facts.get("reason"), event.facts.get("until"), _by(event)
    if reason == Reason.INCIDENT:
        return _("%(by)s snoozed the case until “%(label)s” is over") % {"by": by, "label": event.facts.get("label", "")}
    if reason == Reason.CUSTOMER or not until:
        return _("%(by)s snoozed the case until the customer writes") % {"by": by}
    return _timed(_("%(by)s snoozed the case until %(until)s"), by=by, until=_moment(until))


def _woken(event: EventRow) -> str:
    told = {
        "time": _("The case woke: its time has come"),
        "customer": _("The case woke: the customer wrote"),
        "undo": _("%(by)s took the snooze back"),
        "incident": _("The case woke: “%(incident)s” is over"),
    }
    given = {"by": _by(event), "incident": event.facts.get("incident", "")}
    return told.get(str(event.facts.get("woken_by")), _("%(by)s woke the case")) % given


def _pressed(event: EventRow) -> str:
    told = {"by": _by(event), "reason": event.facts.get("reason", ""), "points": f"{event.facts.get('points', 0):+d}"}
    return _("%(by)s changed the urgency by %(points)s: %(reason)s") % told


def _concluded(event: EventRow) -> str:
    outcome = str(event.facts.get("outcome", ""))
    return _("Follow-up: %(outcome)s") % {"outcome": words.OUTCOMES.get(outcome, outcome)}


def _asked(event: EventRow) -> str:
    if event.facts.get("way") == "network":
        return _("The question whether it is solved waits for approval")
    return _("The customer was asked by mail whether it is solved")


def _answered(event: EventRow) -> str:
    solved, marks = event.facts.get("solved"), event.facts.get("csat")
    told = {True: _("The customer says that it is solved"), False: _("The customer says that it is not solved")}
    said = told.get(solved) if isinstance(solved, bool) else _("The customer answered the question whether it is solved")
    return _("%(said)s (%(marks)s of 5)") % {"said": said, "marks": marks} if marks else str(said)


def _corrected(event: EventRow) -> str:
    field = str(event.facts.get("field", ""))
    old, new = (labels.said(field, str(event.facts.get(name, ""))) for name in ("old", "new"))
    told = {"name": _by(event), "field": labels.FIELDS.get(field, field), "old": old, "new": new}
    return (
        _("%(name)s confirmed the %(field)s: %(new)s") if old == new else _("%(name)s corrected the %(field)s from %(old)s to %(new)s")
    ) % told


def _corrected_back(event: EventRow) -> str:
    field = str(event.facts.get("field", ""))
    told = {"name": _by(event), "field": labels.FIELDS.get(field, field)}
    return _("%(name)s took a correction of the %(field)s back") % told


def _promised(event: EventRow, sentence: str) -> str:
    what = str(event.facts.get("text", "")).rstrip(".")
    return _timed(sentence, by=_by(event), what=what, due=_moment(event.facts.get("due")))


def _clocked(event: EventRow, sentence: str) -> str:
    facts, deed = event.facts, str(event.facts.get("deed", ""))
    clock = clock_words.named(str(facts.get("clock", "")))
    return _timed(sentence, clock=clock, due=_moment(facts.get("due")), deed=_(DEEDS.get(deed, deed)))


def _of_incident(event: EventRow, sentence: str) -> str:
    said = sentence % {"by": _by(event), "incident": event.facts.get("incident", "")}
    note = noted(str(event.facts.get("note", "")))
    return _("%(said)s: %(note)s") % {"said": said, "note": note} if note else said


def _approved(event: EventRow) -> str:
    changed = event.facts.get("reworded")
    return _said(event, _("%(name)s approved the answer and changed its words") if changed else _("%(name)s approved the answer"))


def _told(event: EventRow) -> str:
    return _timed(
        _("%(by)s said that it was answered where it was written, %(when)s"), by=_by(event), when=_moment(event.facts.get("answered_at"))
    )


def _taken_back(event: EventRow) -> str:
    if event.facts.get("elsewhere"):
        return _said(event, _("%(name)s took back that it was answered where it was written"))
    return _said(event, _("%(name)s took an answer back before it went out"))


def _discarded(event: EventRow) -> str:
    return _said(event, _("%(name)s threw the rest of a reply away") if event.facts.get("rest") else _("%(name)s threw a reply away"))


BAD = {
    EventKind.CLOCK_BREACHED,
    EventKind.PROMISE_BROKEN,
    EventKind.ALERT_RAISED,
    EventKind.ALERT_FAILED,
    EventKind.REPLY_NOT_VISIBLE,
    EventKind.REPLY_VANISHED,
}
GOOD = {EventKind.CASE_RESOLVED, EventKind.REPLY_CAME_BACK}
SENTENCES: dict[str, Callable[[EventRow], str]] = {
    EventKind.CASE_OPENED: lambda event: _why(event, _("Case opened"), _("Case opened: %(why)s")),
    EventKind.CASE_REOPENED: lambda event: _why(event, _("%(name)s reopened the case"), _("%(name)s reopened the case: %(why)s")),
    EventKind.CASE_RESOLVED: lambda event: _said(event, _("%(name)s resolved the case")),
    EventKind.RESOLVE_UNDONE: lambda event: _said(event, _("%(name)s took the resolve back")),
    EventKind.CASE_DISMISSED: lambda event: _said(event, _("%(name)s put the case aside as no work of ours")),
    EventKind.CUSTOMER_ERASED: lambda _event: _("The customer's record was erased."),
    EventKind.CASE_ASSIGNED: _assigned,
    EventKind.REOPEN_UNDONE: lambda event: _("%(by)s took the reopening back") % {"by": _by(event)},
    EventKind.CASE_SNOOZED: _snoozed,
    EventKind.CASE_WOKEN: _woken,
    EventKind.CASE_PRESSED: _pressed,
    EventKind.COLLEAGUES_TOLD: lambda event: (
        _("%(by)s told %(whom)s of the case") % {"by": _by(event), "whom": event.facts.get("name", "")}
    ),
    EventKind.CASE_READ: lambda event: _("%(by)s marked the case as read") % {"by": _by(event)},
    EventKind.CASE_UNREAD: lambda event: _("%(by)s marked the case as unread") % {"by": _by(event)},
    EventKind.NOTE_REMOVED: lambda event: _("%(by)s took a note back") % {"by": _by(event)},
    EventKind.REPLY_PROPOSED: lambda event: _said(event, _("%(name)s asked for approval of an answer")),
    EventKind.REPLY_APPROVED: _approved,
    EventKind.REPLY_APPROVAL_UNDONE: lambda event: _said(event, _("%(name)s took the approval back")),
    EventKind.REPLY_GIVEN_BACK: lambda event: _said(event, _("%(name)s gave the answer back: %(note)s"), note=event.facts.get("note", "")),
    EventKind.REPLY_UNDONE: _taken_back,
    EventKind.REPLY_TOLD: _told,
    EventKind.MACRO_DRAFTED: lambda event: (
        _("%(by)s drafted the macro “%(macro)s”")
        % {
            "by": _by(event),
            "macro": event.facts.get("macro", ""),
        }
    ),
    EventKind.MACRO_DRAFT_REMOVED: lambda event: _("%(by)s took the drafted macro back") % {"by": _by(event)},
    EventKind.MACRO_USED: lambda event: _said(event, _("%(name)s used the macro “%(macro)s”"), macro=event.facts.get("macro", "")),
    EventKind.REPLY_RETRIED: lambda event: _said(event, _("%(name)s sent an answer again that had not gone out")),
    EventKind.REPLY_DISCARDED: _discarded,
    EventKind.REPLY_NOT_VISIBLE: lambda _event: _("Our answer cannot be seen in public"),
    EventKind.REPLY_VANISHED: lambda _event: _("Our answer vanished from the public thread"),
    EventKind.REPLY_CAME_BACK: lambda _event: _("Our answer can be seen in public again"),
    EventKind.REPLY_LEFT_ALONE: lambda _event: _("The complaint under our answer was taken down"),
    EventKind.FOLLOW_UP_CONCLUDED: _concluded,
    EventKind.CLUSTER_SPLIT: lambda event: _("%(by)s took the case out of similar complaints") % {"by": _by(event)},
    EventKind.CLUSTER_REJOINED: lambda event: _("%(by)s let the case belong to similar complaints again") % {"by": _by(event)},
    EventKind.INCIDENT_JOINED: lambda event: _of_incident(event, _("%(by)s put the case into the incident “%(incident)s”")),
    EventKind.INCIDENT_LEFT: lambda event: _of_incident(event, _("%(by)s took the case out of the incident “%(incident)s”")),
    EventKind.PROMISE_MADE: lambda event: _promised(event, _("%(by)s promised: %(what)s, until %(due)s")),
    EventKind.PROMISE_KEPT: lambda event: _promised(event, _("%(by)s kept a promise: %(what)s")),
    EventKind.PROMISE_WITHDRAWN: lambda event: _promised(event, _("%(by)s withdrew a promise: %(what)s")),
    EventKind.PROMISE_BACK: lambda event: _promised(event, _("%(by)s let a promise stand again: %(what)s")),
    EventKind.PROMISE_REMINDED: lambda event: _promised(event, _("A promise is due soon: %(what)s, until %(due)s")),
    EventKind.PROMISE_BROKEN: lambda event: _promised(event, _("A promise is broken: %(what)s, until %(due)s")),
    EventKind.CLOCK_WARNED: lambda event: _clocked(event, _("%(clock)s is due soon: %(due)s")),
    EventKind.CLOCK_BREACHED: lambda event: _clocked(event, _("%(clock)s is late: it was due %(due)s")),
    EventKind.CLOCK_ESCALATED: lambda event: _clocked(event, _("Escalated, since it is late: %(deed)s")),
    EventKind.FOLLOW_UP_TAKEN_BACK: lambda event: _("%(by)s took their word on the follow-up back") % {"by": _by(event)},
    EventKind.SURVEY_SENT: _asked,
    EventKind.SURVEY_ANSWERED: _answered,
    EventKind.ALERT_RAISED: lambda event: _why(event, _("Alarm raised"), _("Alarm raised: %(why)s")),
    EventKind.ALERT_FAILED: lambda event: _why(event, _("The alarm did not arrive"), _("The alarm did not arrive: %(why)s")),
    EventKind.LABEL_CORRECTED: _corrected,
    EventKind.CORRECTION_UNDONE: _corrected_back,
    EventKind.TOPIC_GIVEN: lambda event: _said(event, _("%(name)s said that it is about %(topic)s")),
    EventKind.TOPIC_TAKEN: lambda event: _said(event, _("%(name)s said that it is not about %(topic)s")),
    EventKind.POST_EDITED: lambda _event: _("The customer edited a post"),
    EventKind.POST_DELETED: lambda _event: _("A post was deleted on the network; its text is gone here too"),
    EventKind.POST_HIDDEN: lambda _event: _("A post is no longer public on the network; its text is gone here too"),
}


def is_shown(event: EventRow) -> bool:
    """Tell whether the thread has a line for this event; who opens a case reads it, which is no deed."""
    return event.kind in SENTENCES and (event.kind != EventKind.CASE_READ or bool(event.because))


def sentence(event: EventRow) -> str:
    """Return what happened, in one sentence."""
    return SENTENCES[event.kind](event)


def mood(event: EventRow) -> str:
    """Return how the line is coloured: bad, good or calm."""
    outcome: Any = event.facts.get("outcome")
    if event.kind in BAD or outcome == "relapsed" or event.facts.get("solved") is False:
        return "bad"
    return "good" if outcome == "held" or event.kind in GOOD or event.facts.get("solved") else "calm"
