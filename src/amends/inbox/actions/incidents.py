"""Opens incidents, lets cases join and leave, and says where they stand.

Place in the path: a cluster, a selection, a query or an agent -> here -> the cases and the board; once fixed, `actions.tell_affected`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import N_, _
from amends.inbox.actions import kept_queries
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules import incidents as rule
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, BrandId, CaseId, IncidentId
from amends.inbox.rules.incidents import OVER, How, NewIncident, Stage, Times
from amends.inbox.rules.seen import mark_by
from amends.inbox.store import brands, events, incident_cases, incident_notes, incident_rounds, incidents
from amends.inbox.store.incident_cases import Coming
from amends.inbox.store.incidents import Incident

NO_INCIDENT = N_("There is no incident %(id)s.")
BY_HAND = Coming(how=How.HAND)


def open(  # noqa: A001 - an incident is opened
    conn: Connection,
    new: NewIncident,
    *,
    case_ids: Sequence[int] = (),
    coming: Coming = BY_HAND,
    agent_id: AgentId,
    now: datetime,
) -> IncidentId:
    """Open an incident over these cases and return its id; its opener is on it. Cases of another incident that goes on stay there.

    They join for what the incident is called, where nobody says more.
    """
    checked = _checked(conn, new)
    free = _free(conn, case_ids, None)
    began = rule.begun(new.started_at, incident_cases.first_published(conn, free), now)
    incident_id = incidents.insert(conn, checked, started_at=began, agent_id=agent_id, now=now)
    incidents.put_on(conn, incident_id, agent_id, now=now)
    events.add(conn, EventKind.INCIDENT_OPENED, now=now, agent_id=agent_id, incident_id=incident_id, incident=checked.name)
    _let_in(conn, incident_id, checked.name, free, replace(coming, reason=rule.reasoned(coming.reason) or checked.name), agent_id, now)
    return incident_id


def open_over(conn: Connection, name: str, case_ids: Sequence[int], *, agent_id: AgentId, now: datetime) -> IncidentId:
    """Open an incident that these cases, of the brand of most of them, are to join one by one; `Refused` where there is none."""
    brand_id = incident_cases.brand_of(conn, case_ids)
    if brand_id is None:
        raise Refused(_("No case is selected."))
    new = NewIncident(name=name, brand_id=brand_id, started_at=incident_cases.first_published(conn, case_ids))
    return open(conn, new, agent_id=agent_id, now=now)


def incident_of(conn: Connection, incident_id: int) -> Incident:
    """Return an incident; `NotFound` where there is none."""
    found = incidents.find(conn, incident_id)
    if found is None:
        raise _absent(incident_id)
    return found


def join(
    conn: Connection,
    incident_id: int,
    case_ids: Sequence[int],
    *,
    coming: Coming,
    agent_id: AgentId | None,
    now: datetime,
) -> list[CaseId]:
    """Let cases belong to an incident, and return those that did not yet.

    `Conflict` where it is closed, or a single case is elsewhere; `Refused` without a reason.
    """
    incident = incidents.hold(conn, incident_id)
    if incident is None:
        raise _absent(incident_id)
    if incident.status == Stage.CLOSED:
        raise Conflict(N_("“%(name)s” is closed; open it again first."), name=incident.name)
    free = _free(conn, case_ids, incident.id)
    if len(set(case_ids)) == 1 and not free:
        raise Conflict(_("This case belongs to another incident that still goes on; take it out there first."))
    return _let_in(conn, incident.id, incident.name, free, coming, agent_id, now)


def join_again(conn: Connection, incident_id: int, case_id: CaseId, *, agent_id: AgentId, now: datetime) -> None:
    """Take back that a case left: it belongs to the incident as it came there. `Refused` where it never did."""
    came = incident_cases.came(conn, incident_id, case_id)
    coming = Coming(how=How(came.how), reason=came.reason or _("Taken back")) if came else BY_HAND
    join(conn, incident_id, [case_id], coming=coming, agent_id=agent_id, now=now)


def leave(conn: Connection, incident_id: int, case_id: CaseId, *, reason: str, agent_id: AgentId, now: datetime) -> None:
    """Take a case out of an incident; `Conflict` where it is not in it, `Refused` without a reason."""
    incident = incident_of(conn, incident_id)
    incident_cases.lock(conn, [case_id])
    if not _leave(conn, incident, [case_id], rule.because(reason), agent_id, now):
        raise Conflict(N_("This case does not belong to “%(name)s” any more."), name=incident.name)


def change(conn: Connection, incident_id: int, new: NewIncident, *, agent_id: AgentId, now: datetime, seen: str = "") -> None:
    """Describe an incident anew: its name, brand, severity, and when it began.

    `seen` is the `mark_of` the incident that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    incident = unchanged(conn, f"incident {incident_id}", lambda: _locked(conn, incident_id), mark_of, seen)
    checked = _checked(conn, new)
    if new.started_at is not None:
        rule.begun(new.started_at, None, now)
    incidents.update(conn, incident.id, checked)
    kept_queries.follow(conn, "incident", incident.name, checked.name)
    _tell(conn, incident, "described", agent_id, now)


def mark_of(incident: Incident) -> str:
    """Return what tells an incident as its form shows it from the same incident described anew since."""
    return mark_by(NewIncident, incident)


def set_status(conn: Connection, incident_id: int, status: str, *, agent_id: AgentId, now: datetime) -> str:
    """Say where it stands, and return where it stood. Once it is over, the cases wake that sleep until then.

    Where it goes on again, no answer says any more that it is mended.
    """
    incident, stage = _locked(conn, incident_id), rule.staged(status)
    if incident.status != stage:
        _stand(conn, incident, stage, rule.times(incident.times, stage, now), agent_id, now)
    return incident.status


def stand_again(conn: Connection, incident_id: int, status: str, *, agent_id: AgentId, now: datetime) -> None:
    """Say that it stands as before, which a colleague takes back: fixed since it was, so that nobody is told a second time."""
    incident, stage = _locked(conn, incident_id), rule.staged(status)
    if incident.status != stage:
        before = replace(incident.times, fixed_at=incident.fixed_at or incidents.fixed_before(conn, incident.id))
        _stand(conn, incident, stage, rule.times(before, stage, now), agent_id, now)


def _stand(conn: Connection, incident: Incident, stage: Stage, times: Times, agent_id: AgentId, now: datetime) -> None:
    incidents.set_status(conn, incident.id, stage, times)
    if incident.closed_at and times.closed_at is None:
        _let_go(conn, incident, agent_id, now)
    if stage in OVER:
        incidents.let_wake(conn, incident.id, now=now)
    else:
        incident_rounds.stop_of(conn, incident.id)
    events.add(
        conn,
        EventKind.INCIDENT_CHANGED,
        now=now,
        agent_id=agent_id,
        incident_id=incident.id,
        incident=incident.name,
        change="status",
        was=incident.status,
        became=stage,
    )


def close_if_left_empty(conn: Connection, incident_id: IncidentId, *, opened_at: datetime | None, agent_id: AgentId, now: datetime) -> None:
    """Close an incident that was opened just then, where no case belongs to it any more."""
    incident = _locked(conn, incident_id)
    if incident.created_at == opened_at and not incident_cases.has_any(conn, incident.id):
        set_status(conn, incident.id, Stage.CLOSED, agent_id=agent_id, now=now)


def put_on(conn: Connection, incident_id: int, colleague_id: AgentId, *, agent_id: AgentId, now: datetime) -> None:
    """Put somebody on an incident."""
    incident = _locked(conn, incident_id)
    if incidents.put_on(conn, incident.id, colleague_id, now=now):
        _tell(conn, incident, "person_on", agent_id, now, colleague=colleague_id)


def take_off(conn: Connection, incident_id: int, colleague_id: AgentId, *, agent_id: AgentId, now: datetime) -> None:
    """Take somebody off an incident."""
    incident = _locked(conn, incident_id)
    if incidents.take_off(conn, incident.id, colleague_id):
        _tell(conn, incident, "person_off", agent_id, now, colleague=colleague_id)


def note(conn: Connection, incident_id: int, texts: Mapping[str, str], *, agent_id: AgentId, now: datetime) -> int:
    """Say something of an incident, once for all of its cases, in one language or several; return the note's id."""
    incident = _locked(conn, incident_id)
    note_id = incident_notes.add(conn, incident.id, rule.noted(texts), status=incident.status, agent_id=agent_id, now=now)
    events.add(conn, EventKind.INCIDENT_NOTED, now=now, agent_id=agent_id, incident_id=incident.id, note_id=note_id)
    return note_id


def remove_note(conn: Connection, incident_id: int, note_id: int, *, agent_id: AgentId, now: datetime, back: bool = False) -> None:
    """Take a note away, or bring it back; `Conflict` where it was so already."""
    incident = _locked(conn, incident_id)
    if not incident_notes.remove(conn, incident.id, note_id, at=None if back else now):
        raise Conflict(_("This note is gone already."))
    change = "note_back" if back else "note_removed"
    _tell(conn, incident, change, agent_id, now, note_id=note_id)


def _let_go(conn: Connection, incident: Incident, agent_id: AgentId, now: datetime) -> None:
    """Let the cases of an incident that is opened again stay where they are, which came to another one that goes on while it was closed."""
    there = incident_cases.lock(conn, incident_cases.every(conn, incident.id))
    why = _("It belongs to another incident that goes on.")
    _leave(conn, incident, incident_cases.elsewhere(conn, there, but=incident.id), why, agent_id, now)


def _leave(conn: Connection, incident: Incident, case_ids: Sequence[CaseId], why: str, agent_id: AgentId, now: datetime) -> list[CaseId]:
    left = incident_cases.leave(conn, incident.id, case_ids, reason=why, now=now)
    facts = {"incident_id": incident.id, "incident": incident.name, "note": why}
    told = [events.Event(kind=EventKind.INCIDENT_LEFT, case_id=one, agent_id=agent_id, facts=facts) for one in left]
    events.add_all(conn, told, now=now)
    return left


def _let_in(  # noqa: PLR0913
    conn: Connection,
    incident_id: IncidentId,
    name: str,
    case_ids: Sequence[CaseId],
    coming: Coming,
    agent_id: AgentId | None,
    now: datetime,
) -> list[CaseId]:
    why = replace(coming, reason=rule.belonging(coming.reason))
    joined = incident_cases.join(conn, incident_id, case_ids, why, agent_id=agent_id, now=now)
    facts = {"incident_id": incident_id, "incident": name, "how": why.how.value, "note": why.reason}
    told = [events.Event(kind=EventKind.INCIDENT_JOINED, case_id=one, agent_id=agent_id, facts=facts) for one in joined]
    events.add_all(conn, told, now=now)
    return joined


def _free(conn: Connection, case_ids: Sequence[int], incident_id: IncidentId | None) -> list[CaseId]:
    """Return the cases, locked, that belong to no other incident which goes on."""
    there = incident_cases.lock(conn, case_ids) if case_ids else []
    taken = set(incident_cases.elsewhere(conn, there, but=incident_id)) if there else set[CaseId]()
    return [one for one in there if one not in taken]


def _checked(conn: Connection, new: NewIncident) -> NewIncident:
    if not brands.exists(conn, brand_id=BrandId(new.brand_id)):
        raise Refused(_("Choose the brand that the incident is about."))
    return replace(new, name=rule.named(new.name), severity=rule.graded(new.severity))


def _locked(conn: Connection, incident_id: int) -> Incident:
    found = incidents.lock(conn, incident_id)
    if found is None:
        raise _absent(incident_id)
    return found


def _absent(incident_id: int) -> NotFound:
    return NotFound(NO_INCIDENT, id=str(incident_id))


def _tell(  # noqa: PLR0913
    conn: Connection,
    incident: Incident,
    change: str,
    agent_id: AgentId,
    now: datetime,
    *,
    colleague: int | None = None,
    note_id: int | None = None,
) -> None:
    facts = {"incident_id": incident.id, "incident": incident.name, "change": change, "colleague": colleague, "note_id": note_id}
    events.add_all(conn, [events.Event(kind=EventKind.INCIDENT_CHANGED, agent_id=agent_id, facts=facts)], now=now)
