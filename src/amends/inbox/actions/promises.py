"""What we promise customers in answers: made, kept, withdrawn, reminded of and broken. Place in the path: reply box -> here -> the beat."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.promising import checked, reminded_at
from amends.inbox.rules.text import storable
from amends.inbox.store import events, promises
from amends.inbox.store.promises import PromiseRow

BATCH = 100
_ENDS = {"kept": EventKind.PROMISE_KEPT, "withdrawn": EventKind.PROMISE_WITHDRAWN}


def promise(  # noqa: PLR0913
    conn: Connection, *, case_id: CaseId, text: str, due_at: datetime, said: bool, agent_id: AgentId, now: datetime
) -> int:
    """Keep a promise and return its id: one that was `said` already counts at once, any other with the next answer that goes out.

    `Conflict` where the same is promised already.
    """
    case, words = locked_case(conn, case_id), checked(storable(text), due_at, now)
    if any((one.state, one.text, one.due_at) == ("open", words, due_at) for one in promises.of_case(conn, case_id=case.id)):
        raise Conflict(_("This is promised already, until the same time."))
    remind_at = reminded_at(due_at, now)
    made_at = now if said else None
    promise_id = promises.insert(
        conn, case_id=case.id, text=words, due_at=due_at, remind_at=remind_at, agent_id=agent_id, made_at=made_at, now=now
    )
    if said:
        _tell(conn, EventKind.PROMISE_MADE, _of_case(conn, case_id, promise_id), agent_id, now)
    return promise_id


def say(conn: Connection, case_id: CaseId, *, at: datetime, now: datetime) -> None:
    """Let what was promised with an answer count, since that is out."""
    for row in promises.made(conn, case_id=case_id, at=at):
        _tell(conn, EventKind.PROMISE_MADE, row, row.agent_id, now)


def end(conn: Connection, *, case_id: CaseId, promise_id: int, state: str, agent_id: AgentId, now: datetime) -> None:
    """Say that a promise was kept (late where it was due before), or is withdrawn; `Conflict` where that was said already."""
    row = _of_case(conn, case_id, promise_id)
    if row.state in _ENDS or state not in _ENDS:
        raise Conflict(_("This promise is settled already."))
    promises.end(conn, promise_id=row.id, state=state, late=state == "kept" and now > row.due_at, agent_id=agent_id, at=now)
    _tell(conn, _ENDS[state], row, agent_id, now)


def take_back(conn: Connection, *, case_id: CaseId, promise_id: int, agent_id: AgentId, now: datetime) -> None:
    """Let a settled promise stand again."""
    row = _of_case(conn, case_id, promise_id)
    if row.state not in _ENDS:
        raise Conflict(_("This promise stands already."))
    promises.reopen(conn, promise_id=row.id, now=now)
    _tell(conn, EventKind.PROMISE_BACK, row, agent_id, now)


def ring_due(conn: Connection, *, now: datetime) -> int:
    """Remind of promises that are due soon, and call those broken whose time is over; return how many. Twice does it once."""
    rows = promises.claim_due(conn, now=now, limit=BATCH)
    soon = [row for row in rows if row.due_at > now]
    promises.remind_no_more(conn, [row.id for row in soon])
    for row in rows:
        if row.due_at <= now:
            promises.end(conn, promise_id=row.id, state="broken", late=False, agent_id=None, at=row.due_at)
        _tell(conn, EventKind.PROMISE_REMINDED if row.due_at > now else EventKind.PROMISE_BROKEN, row, None, now)
    return len(rows)


def _of_case(conn: Connection, case_id: CaseId, promise_id: int) -> PromiseRow:
    locked_case(conn, case_id)
    found = promises.lock(conn, case_id=case_id, promise_id=promise_id)
    if found is None:
        raise NotFound(_("There is no such promise."))
    return found


def _tell(conn: Connection, kind: EventKind, row: PromiseRow, agent_id: AgentId | None, now: datetime) -> None:
    facts = {"promise_id": row.id, "text": row.text, "due": row.due_at.isoformat(), "by": row.agent_id}
    events.add_all(conn, [events.Event(kind=kind, case_id=row.case_id, agent_id=agent_id, facts=facts)], now=now)
