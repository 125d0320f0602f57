"""Suggested incidents over REST: complaints that say the same, and what somebody makes of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, check_reach, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.rest._bodies import Body
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import cluster_choices
from amends.inbox.actions.cluster_choices import Who
from amends.inbox.rules.ids import CaseId, ClusterId, IncidentId, TopicId
from amends.inbox.rules.incidents import Gravity
from amends.inbox.rules.rights import Right
from amends.inbox.store import cluster_list
from amends.inbox.store.cluster_list import Member, Suggested
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/clusters", tags=["incidents"])
SEE, WORK, TRIAGE = [program_may(Right.SEE)], [program_may(Right.WORK)], [program_may(Right.TRIAGE)]
LATELY = timedelta(hours=1)
MOST, MEMBERS = 100, 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Clusters:
    """What waits for somebody, that of which most is heard first."""

    clusters: list[Suggested]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """One of them, with the newest of its cases; those with `taken_at` do not belong to it."""

    cluster: Suggested
    cases: list[Member]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The incident that it is."""

    incident_id: IncidentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The topic that it became."""

    topic_id: TopicId


class ConfirmBody(Body):
    """What the incident is called (empty: by its words) and how bad it is; or the one that it is part of."""

    name: str = Field(default="", max_length=400)
    severity: Gravity = Gravity.HIGH
    incident_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None


class NameBody(Body):
    """What the topic is called."""

    name: str = Field(min_length=1, max_length=60)


@router.get("", operation_id="list_clusters", dependencies=SEE)
def list_clusters(desk: AtDesk, visitor: Bearing) -> Clusters:
    """List suggested incidents that wait for somebody."""
    with desk.pool.transaction() as conn:
        return Clusters(clusters=cluster_list.suggestions(conn, visitor.scope, lately=desk.clock() - LATELY, limit=MOST))


@router.get("/{cluster_id}", operation_id="get_cluster", dependencies=SEE)
def get_cluster(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId) -> Cluster:
    """Return one with its cases."""
    return _one(desk, visitor, cluster_id)


@router.post("/{cluster_id}/confirm", operation_id="confirm_cluster", status_code=201, dependencies=WORK)
def confirm_cluster(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId, body: ConfirmBody) -> Opened:
    """Say that it is an incident: a new one, or part of one that goes on."""
    check_reach(desk, visitor, "incident_id", body.incident_id or "")
    who, now = Who(agent_id=visitor.agent_id, scope=visitor.scope), desk.clock()
    with desk.pool.transaction() as conn:
        if body.incident_id is None:
            return Opened(incident_id=cluster_choices.confirm(conn, cluster_id, name=body.name, severity=body.severity, who=who, now=now))
        cluster_choices.belongs_to(conn, cluster_id, IncidentId(body.incident_id), who=who, now=now)
        return Opened(incident_id=IncidentId(body.incident_id))


@router.delete("/{cluster_id}/confirm", operation_id="unconfirm_cluster", status_code=204, dependencies=WORK)
def unconfirm_cluster(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId) -> None:
    """Take back that it is an incident; the cases it brought leave."""
    with desk.pool.transaction() as conn:
        cluster_choices.unconfirm(conn, cluster_id, agent_id=visitor.agent_id, now=desk.clock())


@router.post("/{cluster_id}/dismiss", operation_id="dismiss_cluster", status_code=204, dependencies=WORK)
def dismiss_cluster(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId) -> None:
    """Say that it is no incident."""
    with desk.pool.transaction() as conn:
        cluster_choices.dismiss(conn, cluster_id, agent_id=visitor.agent_id, now=desk.clock())


@router.delete("/{cluster_id}/dismiss", operation_id="restore_cluster", status_code=204, dependencies=WORK)
def restore_cluster(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId) -> None:
    """Say that it may be one after all."""
    with desk.pool.transaction() as conn:
        cluster_choices.restore(conn, cluster_id, agent_id=visitor.agent_id, now=desk.clock())


@router.delete("/{cluster_id}/cases/{case_id}", operation_id="split_case_off", dependencies=WORK)
def split_case_off(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId, case_id: CaseId) -> Cluster:
    """Take a case out."""
    with desk.pool.transaction() as conn:
        cluster_choices.split(conn, cluster_id, case_id, agent_id=visitor.agent_id, now=desk.clock())
    return _one(desk, visitor, cluster_id)


@router.put("/{cluster_id}/cases/{case_id}", operation_id="let_case_belong", dependencies=WORK)
def let_case_belong(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId, case_id: CaseId) -> Cluster:
    """Let a case that was taken out belong again."""
    with desk.pool.transaction() as conn:
        cluster_choices.split(conn, cluster_id, case_id, agent_id=visitor.agent_id, now=desk.clock(), back=True)
    return _one(desk, visitor, cluster_id)


@router.post("/{cluster_id}/topic", operation_id="name_cluster", status_code=201, dependencies=TRIAGE)
def name_cluster(desk: AtDesk, visitor: Bearing, cluster_id: ClusterId, body: NameBody) -> Named:
    """Make a topic of it, with its posts as examples."""
    who = Who(agent_id=visitor.agent_id, scope=visitor.scope)
    with desk.pool.transaction() as conn:
        return Named(topic_id=cluster_choices.name_topic(conn, cluster_id, name=body.name, who=who, now=desk.clock()))


def _one(desk: Desk, visitor: Visitor, cluster_id: ClusterId) -> Cluster:
    with desk.pool.transaction() as conn:
        found = cluster_list.find(conn, visitor.scope, cluster_id, lately=desk.clock() - LATELY)
        if found is None:
            raise NotFound(_("There is no suggested incident %(id)s any more.") % {"id": cluster_id})
        return Cluster(cluster=found, cases=cluster_list.members(conn, visitor.scope, cluster_id, limit=MEMBERS))
