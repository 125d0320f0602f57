"""Takes back one thing that happened to a case, named by its event. Place in the path: toast, key u, a bulk run's undo -> here.

What happened since is never overwritten: where the same matter was changed later, undoing is refused with a word that says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import AmendsError, Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import assign, clocks, incidents, press, resolve, snooze, topic_labels
from amends.inbox.actions.found import living_case
from amends.inbox.actions.notify import tell_screens
from amends.inbox.actions.read import mark_read, mark_unread
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, TopicId
from amends.inbox.rules.surveys import Skip
from amends.inbox.rules.taking_back import INCIDENT, STEPS, is_of_rule
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import cases, drafts, events, follow_ups, notes, notifications, surveys
from amends.inbox.store.bulk import DidByRule
from amends.inbox.store.cases import Case
from amends.inbox.store.events import OfCase
from amends.inbox.store.post_topics import Word

NOTE_WITHIN = timedelta(minutes=10)
TALK = (EventKind.POST_JOINED, EventKind.REPLY_QUEUED, EventKind.REPLY_SENT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Undoing:
    """One event that is being taken back; `unhurried` where it is one of many or a rule's, which have no two minutes to think."""

    conn: Connection
    case: Case
    event: OfCase
    agent_id: AgentId
    now: datetime
    unhurried: bool = False

    def refuse_after(self, *kinds: EventKind) -> None:
        """Raise `Conflict` where something of these kinds happened since."""
        if events.is_later(self.conn, kinds, case_id=self.case.id, event_id=self.event.id):
            raise Conflict(_("Something else was done since; undoing this would overwrite it."))


def undo(conn: Connection, *, case_id: CaseId, event_id: int, agent_id: AgentId, now: datetime, in_bulk: bool = False) -> None:
    """Take the event back as if it had not been; `Conflict` where it was followed by what that would overwrite."""
    case, event = living_case(conn, case_id), events.find(conn, event_id=event_id)
    if event is None or event.case_id != case.id:
        raise NotFound(_("There is nothing to take back here."))
    how = None if "undoes" in (event.because or {}) else _HOW.get(event.kind)
    if how is None:
        raise Refused(_("This cannot be taken back."))
    if events.is_taken_back(conn, case_id=case.id, event_id=event.id):
        raise Conflict(_("This was taken back already; undoing it again would overwrite what came after."))
    with events.because(conn, {"undoes": event.id}):
        unhurried = in_bulk or is_of_rule(event.because)
        how(Undoing(conn=conn, case=case, event=event, agent_id=agent_id, now=now, unhurried=unhurried))


def undo_of_rule(conn: Connection, did: DidByRule, *, case_id: CaseId, up_to: int, agent_id: AgentId, now: datetime) -> str:
    """Take back what a rule did to the case, the newest first, save what was changed since; return why not where all of it stays."""
    stays, taken, known = "", False, set[object]()
    for event in events.of_rule(conn, case_id=case_id, rule_id=did.rule_id, since=did.since, up_to=up_to):
        breath = (event.kind, event.at, event.facts.get("topic_id", event.id))  # what was said of all its posts goes with the first
        if event.kind not in _HOW or breath in known or events.is_taken_back(conn, case_id=case_id, event_id=event.id):
            continue
        known.add(breath)
        try:
            with conn.transaction():
                undo(conn, case_id=case_id, event_id=event.id, agent_id=agent_id, now=now, in_bulk=True)
            taken = True
        except AmendsError as error:
            stays = stays or error.kept
    return "" if taken else stays


def _assigned(at: Undoing) -> None:
    at.refuse_after(EventKind.CASE_ASSIGNED)
    assign.put_back(at.conn, at.case, at.event.facts, agent_id=at.agent_id, now=at.now)


def _snoozed(at: Undoing) -> None:
    at.refuse_after(*STEPS)
    before = snooze.read(at.event.facts.get("before"), at.now)
    if before is None:
        snooze.rouse(at.conn, at.case, why="undo", agent_id=at.agent_id, now=at.now)
    else:
        snooze.snooze(at.conn, case_id=at.case.id, sleep=before, agent_id=at.agent_id, now=at.now)
    cases.set_not_looked_at(at.conn, case_id=at.case.id, unread=at.event.facts.get("unread") is True, needs_look=False)


def _woken(at: Undoing) -> None:
    at.refuse_after(*STEPS, *TALK)
    before = snooze.read(at.event.facts.get("before"), at.now)
    if before is None:
        raise Refused(_("Its time has come, so the case stays awake."))
    snooze.snooze(at.conn, case_id=at.case.id, sleep=before, agent_id=at.agent_id, now=at.now)


def _resolved(at: Undoing) -> None:
    at.refuse_after(*STEPS)
    if at.unhurried:
        resolve.take_back(at.conn, at.case, agent_id=at.agent_id, why="", now=at.now)
    else:
        resolve.undo_resolve(at.conn, case_id=at.case.id, agent_id=at.agent_id, now=at.now)


def _dismissed(at: Undoing) -> None:
    at.refuse_after(*STEPS)
    resolve.reopen(at.conn, case_id=at.case.id, agent_id=at.agent_id, now=at.now)


def _reopened(at: Undoing) -> None:
    at.refuse_after(*STEPS, *TALK)
    if at.event.facts.get("was") == CaseStatus.DISMISSED:
        resolve.dismiss(at.conn, case_id=at.case.id, agent_id=at.agent_id, now=at.now)
        return
    resolved_at = at.event.facts.get("resolved_at")
    if not isinstance(resolved_at, str):
        raise Refused(_("The customer reopened the case; resolve it if nothing is left to do."))
    cases.end_begun_episode(at.conn, case_id=at.case.id, resolved_at=datetime.fromisoformat(resolved_at))
    concluded = at.event.facts.get("concluded")
    follow_ups.plan_again(at.conn, follow_up_ids=concluded if isinstance(concluded, list) else [])
    surveys.plan_again(at.conn, case_id=at.case.id, why=Skip.GOES_ON)
    events.add(at.conn, EventKind.REOPEN_UNDONE, now=at.now, case_id=at.case.id, agent_id=at.agent_id)
    clocks.keep(at.conn, [at.case.id], now=at.now)


def _read(at: Undoing) -> None:
    mark_unread(at.conn, case_id=at.case.id, agent_id=at.agent_id, now=at.now)


def _unread(at: Undoing) -> None:
    mark_read(at.conn, case_id=at.case.id, agent_id=at.agent_id, now=at.now)


def _noted(at: Undoing) -> None:
    if at.now - at.event.at > NOTE_WITHIN and not at.unhurried:
        raise Refused(_("It is too late to take this note back; colleagues have read it. Write another one."))
    note_id, writer = at.event.facts.get("note_id"), at.event.agent_id if is_of_rule(at.event.because) else at.agent_id
    if not (isinstance(note_id, int) and writer and notes.delete(at.conn, note_id=note_id, agent_id=writer)):
        raise Refused(_("Only who wrote a note takes it back, and only once."))
    for agent_id in notifications.forget_note(at.conn, case_id=at.case.id, note_id=note_id):
        tell_screens(at.conn, agent_id)
    events.add(at.conn, EventKind.NOTE_REMOVED, now=at.now, case_id=at.case.id, agent_id=at.agent_id, note_id=note_id)


def _topic(at: Undoing) -> None:
    topic_id = TopicId(int(str(at.event.facts["topic_id"])))
    if events.is_topic_said_later(at.conn, case_id=at.case.id, event_id=at.event.id, topic_id=topic_id):
        raise Conflict(_("Something else was said of this topic since; undoing this would overwrite it."))
    for one in events.told_with(at.conn, at.event):
        was = Word(**one.was) if one.was else None
        topic_labels.unsay(at.conn, post_id=one.post_id, topic_id=topic_id, agent_id=at.agent_id, now=at.now, was=was)


def _joined(at: Undoing) -> None:
    at.refuse_after(*INCIDENT)
    incident_id = int(str(at.event.facts["incident_id"]))
    incidents.leave(at.conn, incident_id, at.case.id, reason=_("Taken back"), agent_id=at.agent_id, now=at.now)


def _left(at: Undoing) -> None:
    at.refuse_after(*INCIDENT)
    incidents.join_again(at.conn, int(str(at.event.facts["incident_id"])), at.case.id, agent_id=at.agent_id, now=at.now)


def _pressed(at: Undoing) -> None:
    press.ease(at.conn, at.case, at.event.facts, agent_id=at.agent_id, now=at.now)


def _drafted(at: Undoing) -> None:
    there = drafts.lock(at.conn, case_id=at.case.id, box="reply")
    if there is None or (there.id, there.version) != (at.event.facts.get("draft_id"), at.event.facts.get("version")):
        raise Conflict(_("Somebody wrote on since, or sent it; undoing this would overwrite it."))
    drafts.drop(at.conn, draft_id=there.id, now=at.now)
    events.add(at.conn, EventKind.MACRO_DRAFT_REMOVED, now=at.now, case_id=at.case.id, agent_id=at.agent_id)


_HOW: Mapping[str, Callable[[Undoing], None]] = {
    EventKind.CASE_ASSIGNED: _assigned,
    EventKind.CASE_SNOOZED: _snoozed,
    EventKind.CASE_WOKEN: _woken,
    EventKind.CASE_RESOLVED: _resolved,
    EventKind.CASE_DISMISSED: _dismissed,
    EventKind.CASE_REOPENED: _reopened,
    EventKind.CASE_READ: _read,
    EventKind.CASE_UNREAD: _unread,
    EventKind.NOTE_ADDED: _noted,
    EventKind.TOPIC_GIVEN: _topic,
    EventKind.TOPIC_TAKEN: _topic,
    EventKind.CASE_PRESSED: _pressed,
    EventKind.MACRO_DRAFTED: _drafted,
    EventKind.INCIDENT_JOINED: _joined,
    EventKind.INCIDENT_LEFT: _left,
}
KINDS = frozenset(_HOW)
"""What can be taken back."""
