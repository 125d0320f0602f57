"""What somebody says of complaints that say the same. Place in the path: suggestion -> an agent -> here -> incident, topic, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.actions import incidents, topic_labels, topics
from amends.inbox.actions.cluster_joining import by_likeness, carry_on
from amends.inbox.actions.clusters import sum_up
from amends.inbox.rules.cluster_words import name as name_of
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, ClusterId, IncidentId, TopicId
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.rights import Scope
from amends.inbox.store import cluster_choices, cluster_list, cluster_work, events
from amends.inbox.store.cluster_choices import Held

EXAMPLES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """Who says something, and which cases they see."""

    agent_id: AgentId
    scope: Scope


def confirm(conn: Connection, cluster_id: ClusterId, *, name: str, severity: str, who: Who, now: datetime) -> IncidentId:
    """Open an incident over the cases of a cluster that somebody sees, and return its id; more joins by itself."""
    held = _waiting(conn, cluster_id)
    cases = cluster_list.case_ids(conn, who.scope, held.id)
    called = name.strip() or name_of(held.words) or _("Similar complaints")
    new = NewIncident(name=called, brand_id=held.brand_id, severity=severity)
    incident_id = incidents.open(conn, new, case_ids=cases, coming=by_likeness(held.words), agent_id=who.agent_id, now=now)
    _is_incident(conn, held, incident_id, who, now)
    return incident_id


def belongs_to(conn: Connection, cluster_id: ClusterId, incident_id: IncidentId, *, who: Who, now: datetime) -> None:
    """Let a cluster be part of an incident that is known already."""
    held = _waiting(conn, cluster_id)
    cases = cluster_list.case_ids(conn, who.scope, held.id)
    incidents.join(conn, incident_id, cases, coming=by_likeness(held.words), agent_id=who.agent_id, now=now)
    _is_incident(conn, held, incident_id, who, now)


def unconfirm(conn: Connection, cluster_id: ClusterId, *, agent_id: AgentId, now: datetime) -> None:
    """Take back that a cluster is an incident: the cases it brought leave, and an incident opened for it alone is closed."""
    held = _held(conn, cluster_id)
    if held.incident_id is None:
        raise Conflict(_("It is suggested already."))
    for case_id in cluster_choices.brought(conn, held):
        incidents.leave(conn, held.incident_id, case_id, reason=_("the suggestion was taken back"), agent_id=agent_id, now=now)
    cluster_choices.unconfirm(conn, held.id)
    incidents.close_if_left_empty(conn, held.incident_id, opened_at=held.confirmed_at, agent_id=agent_id, now=now)
    _tell(conn, EventKind.CLUSTER_UNCONFIRMED, held, agent_id, now, incident_id=held.incident_id)


def dismiss(conn: Connection, cluster_id: ClusterId, *, agent_id: AgentId, now: datetime) -> None:
    """Say that a cluster is no incident; its alarm ends, and it rings no more."""
    held = _waiting(conn, cluster_id)
    cluster_choices.set_dismissed(conn, held.id, agent_id=agent_id, at=now)
    _tell(conn, EventKind.CLUSTER_DISMISSED, held, agent_id, now)


def restore(conn: Connection, cluster_id: ClusterId, *, agent_id: AgentId, now: datetime) -> None:
    """Say that it may be one after all."""
    held = _held(conn, cluster_id)
    if held.dismissed_at is None:
        raise Conflict(_("It is suggested already."))
    cluster_choices.set_dismissed(conn, held.id, agent_id=None, at=None)
    _tell(conn, EventKind.CLUSTER_RESTORED, held, agent_id, now)


def split(conn: Connection, cluster_id: ClusterId, case_id: CaseId, *, agent_id: AgentId, now: datetime, back: bool = False) -> None:
    """Take a case out of a cluster, or let it belong again; out of it, it counts no more, and what it says decides no more."""
    held = _held(conn, cluster_id)
    at = None if back else now
    if not cluster_choices.set_taken(conn, held.id, case_id, agent_id=None if back else agent_id, at=at):
        raise Conflict(_("This case belongs to it already.") if back else _("This case does not belong to it any more."))
    sum_up(conn, held.id, encoder=held.encoder)
    cluster_work.add_up(conn, [held.id], now=now)
    _tell(conn, EventKind.CLUSTER_REJOINED if back else EventKind.CLUSTER_SPLIT, held, agent_id, now, case_id=case_id)


def name_topic(conn: Connection, cluster_id: ClusterId, *, name: str, who: Who, now: datetime) -> TopicId:
    """Make a topic of a cluster, with its posts as examples, and return the topic's id."""
    held = _held(conn, cluster_id)
    topic_id = topics.create(conn, name=name, brand_id=held.brand_id, agent_id=who.agent_id, now=now)
    for post_id in cluster_list.post_ids(conn, who.scope, held.id, limit=EXAMPLES):
        topic_labels.give(conn, post_id=post_id, topic_id=topic_id, agent_id=who.agent_id, now=now)
    cluster_work.add_up(conn, [held.id], now=now)
    return topic_id


def _held(conn: Connection, cluster_id: ClusterId) -> Held:
    held = cluster_choices.lock(conn, cluster_id)
    if held is None:
        raise NotFound(_("There is no suggested incident %(id)s any more.") % {"id": cluster_id})
    return held


def _waiting(conn: Connection, cluster_id: ClusterId) -> Held:
    held = _held(conn, cluster_id)
    if held.incident_id is not None:
        raise Conflict(_("Somebody opened incident %(id)s for it already.") % {"id": held.incident_id})
    return held


def _is_incident(conn: Connection, held: Held, incident_id: IncidentId, who: Who, now: datetime) -> None:
    cluster_choices.confirm(conn, held.id, incident_id=incident_id, agent_id=who.agent_id, now=now)
    carry_on(conn, [held.id], now=now)
    _tell(conn, EventKind.CLUSTER_CONFIRMED, held, who.agent_id, now, incident_id=incident_id)


def _tell(
    conn: Connection,
    kind: EventKind,
    held: Held,
    agent_id: AgentId,
    now: datetime,
    *,
    case_id: CaseId | None = None,
    **facts: object,
) -> None:
    told = {"cluster_id": held.id, "name": name_of(held.words), **facts}
    events.add_all(conn, [events.Event(kind=kind, case_id=case_id, agent_id=agent_id, facts=told)], now=now)
