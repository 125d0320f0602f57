"""Sets how much each reason weighs. Place in the path: page Urgency -> here -> new posts at once, open cases by a job."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, UrgencyWeightsId
from amends.inbox.store import events, urgency_weights
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights

SHIPPED_ID = UrgencyWeightsId(0)
"""Stands for the shipped weights, which have no row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _InForce:
    id: UrgencyWeightsId
    weights: UrgencyWeights
    agent: str


def set_weights(
    conn: Connection, weights: UrgencyWeights, *, instead_of: UrgencyWeightsId, agent_id: AgentId, now: datetime
) -> UrgencyWeightsId:
    """Let `weights` count from now on, and return which counted before; `Conflict` where those are not the ones the manager saw."""
    before = _locked(conn)
    if instead_of != before.id:
        raise Conflict(
            _("%(agent)s has set other weights since you opened this page. Reload it to see them; nothing was changed.")
            % {"agent": before.agent}
        )
    return _set(conn, weights, before=before, agent_id=agent_id, now=now)


def bring_back(conn: Connection, weights_id: UrgencyWeightsId, *, agent_id: AgentId, now: datetime) -> UrgencyWeightsId:
    """Let earlier weights count again (0: the shipped ones), and return which counted before; a new row, so the history stays whole."""
    before = _locked(conn)
    if weights_id == SHIPPED_ID:
        return _set(conn, SHIPPED_WEIGHTS, before=before, agent_id=agent_id, now=now)
    wanted = urgency_weights.find(conn, weights_id)
    if wanted is None:
        raise NotFound(_("There are no such weights."))
    return _set(conn, wanted.weights, before=before, agent_id=agent_id, now=now)


def _locked(conn: Connection) -> _InForce:
    """Return what is in force; nobody else changes it until the transaction ends."""
    urgency_weights.lock(conn)
    found = urgency_weights.newest(conn)
    if found is None:
        return _InForce(id=SHIPPED_ID, weights=SHIPPED_WEIGHTS, agent="Nobody")
    return _InForce(id=found.id, weights=found.weights, agent=found.agent)


def _set(conn: Connection, weights: UrgencyWeights, *, before: _InForce, agent_id: AgentId, now: datetime) -> UrgencyWeightsId:
    old, new = before.weights.stored, weights.stored
    if old == new:
        raise Refused(_("These are the weights in force already."))
    weights_id = urgency_weights.insert(conn, weights, agent_id=agent_id, now=now)
    changed = {name: [old[name], new[name]] for name in new if new[name] != old[name]}
    events.add(conn, EventKind.URGENCY_WEIGHED, now=now, agent_id=agent_id, weights_id=weights_id, changed=changed)
    jobs.start(conn, kind="retriage", why="other weights of urgency", facts={}, agent_id=agent_id, now=now)
    return before.id
