"""Lets a case sleep and wakes it. The customer's clock goes on meanwhile; a post of the customer wakes it too, and so does an edited one.

The former happens in `actions.triage`.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, Refused
from amends.core.translating import _
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.automation import chain_of
from amends.inbox.rules.case_states import Step, after, awake
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, PostId
from amends.inbox.rules.incidents import OVER
from amends.inbox.rules.snoozing import Reason, Sleep, checked
from amends.inbox.rules.words import CaseStatus
from amends.inbox.store import cases, events, incidents, snoozes
from amends.inbox.store.cases import Case
from amends.inbox.store.incidents import Incident

BATCH = 100


def snooze(conn: Connection, *, case_id: CaseId, sleep: Sleep, agent_id: AgentId, now: datetime) -> None:
    """Let the case sleep; one that sleeps already sleeps as is said now. `Conflict` where it is over."""
    wish, case = checked(named(conn, sleep), now), locked_case(conn, case_id)
    after(case.status, Step.SNOOZE)
    before = facts_of_sleep(conn, case)
    lay_down(conn, case, wish, agent_id=agent_id, now=now)
    facts = written(wish) | {"before": before, "unread": case.unread}
    events.add_all(conn, [events.Event(kind=EventKind.CASE_SNOOZED, case_id=case.id, agent_id=agent_id, facts=facts)], now=now)


def lay_down(conn: Connection, case: Case, sleep: Sleep, *, agent_id: AgentId | None, now: datetime) -> None:
    """Put a locked case to sleep; its clocks go on."""
    cases.set_status(conn, case_id=case.id, status=CaseStatus.SNOOZED, waiting_since=case.waiting_since, resolved_at=None)
    cases.set_read(conn, case_id=case.id)
    snoozes.put(conn, case_id=case.id, sleep=sleep, agent_id=agent_id, now=now)


def sleep_on(conn: Connection, case: Case, facts: object, *, now: datetime) -> None:
    """Let a locked case sleep on as `written` wrote it, unless what it waited for has come meanwhile."""
    slept = read(facts, now)
    if slept and (slept.incident_id is None or _going_on(conn, slept.incident_id)):
        lay_down(conn, case, slept, agent_id=None, now=now)


def wake(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Wake the case by hand, to where it was; `Conflict` where it does not sleep."""
    case = locked_case(conn, case_id)
    if case.status != CaseStatus.SNOOZED:
        raise Conflict(_("This case is awake already."))
    rouse(conn, case, why="hand", agent_id=agent_id, now=now)


def rouse(conn: Connection, case: Case, *, why: str, agent_id: AgentId, now: datetime) -> None:
    """Wake a locked case that sleeps."""
    before = facts_of_sleep(conn, case)
    cases.set_status(conn, case_id=case.id, status=awake(case.waiting_since), waiting_since=case.waiting_since, resolved_at=None)
    events.add(conn, EventKind.CASE_WOKEN, now=now, case_id=case.id, agent_id=agent_id, woken_by=why, before=before)


def wake_due(conn: Connection, *, now: datetime) -> int:
    """Wake the cases whose time has come, at most `BATCH`, and return how many; doing it twice wakes them once.

    Where a rule had sent a case to sleep, its waking came of that rule, too: or a rule that answers it would go round for ever.
    """
    woken = snoozes.wake_due(conn, now=now, limit=BATCH)
    for one in woken:
        with events.because(conn, one.because) if one.because and chain_of(one.because) else nullcontext():
            told = events.Event(kind=EventKind.CASE_WOKEN, case_id=one.id, facts=_why(one.incident))
            events.add_all(conn, [told], now=now)
    return len(woken)


def _why(incident: str) -> dict[str, str]:
    return {"woken_by": "incident", "incident": incident} if incident else {"woken_by": "time"}


def named(conn: Connection, sleep: Sleep) -> Sleep:
    """Return a wish with the name of the incident it waits for; `Refused` where there is none, or it is over already."""
    if sleep.incident_id is None:
        return sleep
    found = _going_on(conn, sleep.incident_id)
    if found is None:
        raise Refused(_("This incident is over; choose another one, or a time."))
    return replace(sleep, label=found.name)


def _going_on(conn: Connection, incident_id: int) -> Incident | None:
    """Return an incident that is not over, and will not be before the transaction ends; None where there is no such one."""
    found = incidents.hold(conn, incident_id)
    return found if found and found.status not in OVER else None


def rouse_written(conn: Connection, *, post_ids: Sequence[PostId], now: datetime) -> None:
    """Wake the sleeping cases in which a customer edited one of these posts: an edit is writing, too."""
    woken = snoozes.wake_written(conn, post_ids=post_ids)
    told = [events.Event(kind=EventKind.CASE_WOKEN, case_id=one.id, facts={"woken_by": "customer"}) for one in woken]
    events.add_all(conn, told, now=now)


def facts_of_sleep(conn: Connection, case: Case) -> dict[str, object] | None:
    """Return how the case sleeps, as an event keeps it; None where it is awake."""
    row = snoozes.find(conn, case_id=case.id) if case.status == CaseStatus.SNOOZED else None
    return written(row.sleep) if row else None


def written(sleep: Sleep) -> dict[str, object]:
    """Return a sleep as an event keeps it."""
    facts: dict[str, object] = {"reason": sleep.reason.value, "until": sleep.until and sleep.until.isoformat(), "label": sleep.label}
    return facts if sleep.incident_id is None else facts | {"incident": sleep.incident_id}


def read(facts: object, now: datetime) -> Sleep | None:
    """Return the sleep that `written` wrote, None where there is none or its time is over."""
    if not isinstance(facts, dict):
        return None
    until = datetime.fromisoformat(str(facts["until"])) if facts.get("until") else None
    if until and until <= now:
        return None
    reason, incident = Reason(str(facts["reason"])), facts.get("incident")
    return Sleep(reason=reason, until=until, label=str(facts.get("label", "")), incident_id=int(incident) if incident else None)
