"""Tells people what happened. Place in the path: event -> queue (by a trigger, in the same transaction) -> here -> centre, open screens.

An event leaves the queue in the transaction that stores who is told, and a person is told of it once: nothing is lost and nothing doubled,
however often a worker dies. Nobody is told what they did themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import notice_calls, notice_floods
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.noticing import NEWS_OF_MINE, NEWS_OF_MY_REPLY, Notice, Way
from amends.inbox.rules.rights import Right, may
from amends.inbox.rules.words import Role, Severity
from amends.inbox.store import mentions, notification_settings, notifications, places
from amends.inbox.store.mentions import Colleague
from amends.inbox.store.notification_settings import Row
from amends.inbox.store.notifications import Heard, New, Stored

BATCH = 200
SYSTEM = frozenset({EventKind.REPLY_FAILED})
"""Events that name an agent who did not do them."""
OVER = frozenset({EventKind.REPLY_APPROVED, EventKind.REPLY_GIVEN_BACK, EventKind.REPLY_UNDONE, EventKind.REPLY_DISCARDED})
"""Events after which an answer does not wait for approval any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class For:
    """Somebody who may be told, of what kind; `team_id` is the team for whose sake."""

    agent_id: AgentId
    kind: Notice
    team_id: int | None = None


@dataclass(kw_only=True, slots=True)
class Round:
    """One batch, and who works here."""

    conn: Connection
    now: datetime
    crew: Sequence[Colleague]

    def sees(self, agent_id: AgentId, event: Heard) -> bool:
        """Tell whether somebody works here and sees the case of an event, where it is about one."""
        return any(one.id == agent_id and _is_in_sight(one, event) for one in self.crew)

    def members(self, team_id: int) -> list[AgentId]:
        """Return who is in a team in force."""
        return [one.id for one in self.crew if team_id in one.member_of]

    def who_may(self, right: Right) -> list[AgentId]:
        """Return who has a right."""
        return [one.id for one in self.crew if may(one.role, right)]


def notify(conn: Connection, *, now: datetime) -> int:
    """Tell people of at most `BATCH` events, and return how many events that were."""
    heard = notifications.claim(conn, limit=BATCH)
    if not heard:
        return 0
    at = Round(conn=conn, now=now, crew=mentions.colleagues(conn))
    wanted = [(event, one) for event in heard for one in _whom(at, event)]
    rows = notification_settings.of(conn, sorted({one.agent_id for _event, one in wanted}))
    new = [_new(event, one) for event, one in wanted if _hears(rows[one.agent_id], event, one)]
    stored = notice_floods.tell(conn, notice_calls.as_one(conn, new, lambda agent_id: rows[agent_id].wishes))
    _say(at, heard, stored, rows)
    _settle(at, heard)
    return len(heard)


def _whom(at: Round, event: Heard) -> Iterator[For]:
    """Yield who is to be told of an event, each once: who sees the case and did not do it themselves."""
    by, told = _who_did(event), set[AgentId]()
    for one in _HOW.get(event.kind, _nobody)(at, event):
        if one.agent_id != by and one.agent_id not in told and at.sees(one.agent_id, event):
            told.add(one.agent_id)
            yield one


def _is_in_sight(one: Colleague, event: Heard) -> bool:
    if event.case_id is None:
        return True
    return event.source_id is not None and one.scope.holds(team_id=event.team_id, source_id=event.source_id)


def _who_did(event: Heard) -> AgentId | None:
    """Return the person who did it; None where the machine did, such as a rule in somebody's name."""
    return None if event.kind in SYSTEM or "rule" in (event.because or {}) else event.agent_id


def _hears(row: Row, event: Heard, one: For) -> bool:
    team_id = event.team_id if one.team_id is None else one.team_id
    return row.wishes.hears(one.kind, source_id=event.source_id, team_id=team_id)


def _new(event: Heard, one: For) -> New:
    facts = {key: value for key, value in event.facts.items() if key in _KEPT}
    facts |= {"rule": event.because["name"]} if event.because and "rule" in event.because else {}
    return New(agent_id=one.agent_id, event=event, kind=one.kind, by=_who_did(event), facts=facts)


_KEPT = frozenset(
    {
        "note_id",
        "reply_id",
        "reworded",
        "outcome",
        "woken_by",
        "severity",
        "reason",
        "name",
        "why",
        "cases",
        "text",
        "rule_id",
        "note",
        "organisation_id",
        "renews_on",
        "members",
        "clock",
        "report_id",
        "alert_id",
        "rota_id",
        "begins",
    }
)


def _nobody(_at: Round, _event: Heard) -> list[For]:
    return []


def _mentioned(at: Round, event: Heard) -> Iterable[For]:
    """Yield who is mentioned by name, then the people of each team that is."""
    found = mentions.of_notes(at.conn, [int(event.facts["note_id"])])
    yield from (For(agent_id=one.agent_id, kind=Notice.MENTIONED) for one in found if one.agent_id is not None)
    for team_id in (one.team_id for one in found if one.team_id is not None):
        yield from (For(agent_id=member, kind=Notice.TEAM_MENTIONED, team_id=team_id) for member in at.members(team_id))


def _given(_at: Round, event: Heard) -> Iterable[For]:
    """Yield who has the case now; of a whole hand-over that came back they are told once, not for each case."""
    assignee = event.facts.get("assignee_id")
    if isinstance(assignee, int) and "hand_over" not in event.facts:
        yield For(agent_id=AgentId(assignee), kind=Notice.GIVEN)


def _of_mine(_at: Round, event: Heard) -> Iterable[For]:
    """Yield whose case it is; a case that a colleague reopened is no word of its customer."""
    by_colleague = event.kind == EventKind.CASE_REOPENED and event.post_id is None
    if event.assignee_id is not None and not by_colleague:
        yield For(agent_id=event.assignee_id, kind=NEWS_OF_MINE[event.kind])


def _of_my_reply(_at: Round, event: Heard) -> Iterable[For]:
    """Yield who wrote the answer; one that was given back is no answer any more, so its event names them."""
    author = event.facts.get("author_id", event.author_id)
    if isinstance(author, int):
        yield For(agent_id=AgentId(author), kind=NEWS_OF_MY_REPLY[event.kind])


def _alert(at: Round, event: Heard) -> Iterable[For]:
    """Yield whose case it is; a critical alarm on a case that nobody has goes to its team."""
    if event.assignee_id is not None:
        yield For(agent_id=event.assignee_id, kind=Notice.ALERT)
    elif event.facts.get("severity") == Severity.CRITICAL and event.team_id is not None:
        yield from (For(agent_id=member, kind=Notice.ALERT, team_id=event.team_id) for member in at.members(event.team_id))


def _told(at: Round, event: Heard) -> Iterable[For]:
    """Yield whom a rule names."""
    agent_id, team_id = event.facts.get("to"), event.facts.get("team")
    if isinstance(agent_id, int):
        yield For(agent_id=AgentId(agent_id), kind=Notice.TOLD_BY_RULE)
    if isinstance(team_id, int):
        yield from (For(agent_id=member, kind=Notice.TOLD_BY_RULE, team_id=team_id) for member in at.members(team_id))


def _handed_over(_at: Round, event: Heard) -> Iterable[For]:
    yield For(agent_id=AgentId(int(event.facts["whom"])), kind=Notice.HANDED_OVER)


def _waits(at: Round, event: Heard) -> Iterable[For]:
    """Yield who may let the answer out; its author may not."""
    return (For(agent_id=one, kind=Notice.APPROVAL) for one in at.who_may(Right.APPROVE) if one != event.author_id)


def _rule_stopped(at: Round, _event: Heard) -> Iterable[For]:
    return (For(agent_id=one, kind=Notice.RULE_STOPPED) for one in at.who_may(Right.RULES))


def _called(_at: Round, event: Heard) -> Iterable[For]:
    yield For(agent_id=AgentId(int(event.facts["whom"])), kind=Notice.CALLED)


def _rota_gap(at: Round, _event: Heard) -> Iterable[For]:
    return (For(agent_id=one, kind=Notice.ROTA_GAP) for one in at.who_may(Right.RULES))


def _renewal(_at: Round, event: Heard) -> Iterable[For]:
    yield For(agent_id=AgentId(int(event.facts["whom"])), kind=Notice.RENEWAL)


def _report(_at: Round, event: Heard) -> Iterable[For]:
    yield For(agent_id=AgentId(int(event.facts["whom"])), kind=Notice.REPORT_FAILED)


def _clocked(_at: Round, event: Heard) -> Iterable[For]:
    """Yield whose case it is."""
    if event.assignee_id is not None:
        yield For(agent_id=event.assignee_id, kind=Notice(event.kind))


def _promised(at: Round, event: Heard) -> Iterable[For]:
    """Yield whose case it is, or who promised; of a broken promise the leads of its team too."""
    by = event.assignee_id or event.facts.get("by")
    if isinstance(by, int):
        yield For(agent_id=AgentId(by), kind=Notice(event.kind))
    if event.kind == EventKind.PROMISE_BROKEN:
        yield from (For(agent_id=one.id, kind=Notice(event.kind)) for one in _leads(at, event))


def _leads(at: Round, event: Heard) -> list[Colleague]:
    """Return the leads of the event's team, all leads where it has none."""
    leads = [one for one in at.crew if one.role == Role.LEAD]
    return [one for one in leads if event.team_id in one.member_of] or leads


def _escalated(at: Round, event: Heard) -> Iterable[For]:
    """Yield whom the step names: whose case it is, the leads of its team (all leads where it has none that has any), the managers."""
    deed = event.facts.get("deed")
    if deed == "assignee" and event.assignee_id is not None:
        yield For(agent_id=event.assignee_id, kind=Notice.CLOCK_ESCALATED)
    named = {"lead": _leads(at, event), "manager": at.crew}
    wanted = {"lead": Role.LEAD, "manager": Role.MANAGER}
    if isinstance(deed, str) and deed in named:
        yield from (For(agent_id=one.id, kind=Notice.CLOCK_ESCALATED) for one in named[deed] if one.role == wanted[deed])


_HOW: Mapping[str, Callable[[Round, Heard], Iterable[For]]] = {
    **dict.fromkeys(NEWS_OF_MINE, _of_mine),
    **dict.fromkeys(NEWS_OF_MY_REPLY, _of_my_reply),
    EventKind.NOTE_ADDED: _mentioned,
    EventKind.CASE_ASSIGNED: _given,
    EventKind.ALERT_RAISED: _alert,
    EventKind.COLLEAGUES_TOLD: _told,
    EventKind.CASES_HANDED_OVER: _handed_over,
    EventKind.HAND_OVER_UNDONE: _handed_over,
    EventKind.REPLY_PROPOSED: _waits,
    EventKind.REPLY_APPROVAL_UNDONE: _waits,
    EventKind.RULE_STOPPED: _rule_stopped,
    EventKind.RENEWAL_NEAR: _renewal,
    EventKind.REPORT_FAILED: _report,
    EventKind.ON_CALL_CALLED: _called,
    EventKind.ROTA_GAP_FOUND: _rota_gap,
    EventKind.CLOCK_WARNED: _clocked,
    EventKind.CLOCK_BREACHED: _clocked,
    EventKind.CLOCK_ESCALATED: _escalated,
    EventKind.PROMISE_REMINDED: _promised,
    EventKind.PROMISE_BROKEN: _promised,
}


def _say(at: Round, heard: Sequence[Heard], stored: Sequence[Stored], rows: Mapping[AgentId, Row]) -> None:
    """Send one word to the open screens of each person who was told; what may not pop up only moves the count."""
    events = {event.id: event for event in heard}
    for agent_id in sorted({one.agent_id for one in stored}):
        wishes, away = rows[agent_id].wishes, rows[agent_id].is_away(at.now)
        own = sorted((one for one in stored if one.agent_id == agent_id), key=lambda one: one.id)
        popping = [one for one in own if wishes.pops(at.now, away=away, severity=str(events[one.event_id].facts.get("severity", "")))]
        browser = [one.id for one in popping if wishes.way_of(Notice(one.kind)) is Way.BROWSER]
        facts = {"told": [one.id for one in popping][-MOST_SAID:], "browser": browser[-MOST_SAID:]}
        tell_screens(at.conn, agent_id, **facts)


MOST_SAID = 20


def tell_screens(conn: Connection, agent_id: AgentId, **facts: object) -> None:
    """Let all open screens of somebody count anew; `told` are notifications that they show, `browser` those for the browser too."""
    places.notice(conn, agent_id=agent_id, facts={"what": "notifications", **facts})


def _settle(at: Round, heard: Sequence[Heard]) -> None:
    """Take the word back that an answer waits, where somebody saw to it."""
    for event in heard:
        if event.kind in OVER and event.case_id is not None:
            reply_id = int(event.facts["reply_id"])
            for agent_id in notifications.settle_approvals(at.conn, case_id=event.case_id, reply_id=reply_id, now=at.now):
                tell_screens(at.conn, agent_id)
