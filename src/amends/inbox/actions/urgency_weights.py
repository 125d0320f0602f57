"""Sets how much each reason weighs. Place in the path: page Urgency -> here -> new posts at once, open cases by a job."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.inbox.actions import jobs
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, UrgencyWeightsId
from amends.inbox.store import events, urgency_weights
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights

SHIPPED_ID = UrgencyWeightsId(0)
"""Stands for the shipped weights, which have no row."""


def set_weights(
    conn: Connection, weights: UrgencyWeights, *, instead_of: UrgencyWeightsId, agent_id: AgentId, now: datetime
) -> UrgencyWeightsId:
    """Let `weights` count from now on, if those that the manager saw (`instead_of`) still do; `Conflict` where a colleague was faster."""
    urgency_weights.lock(conn)
    found = urgency_weights.newest(conn)
    if instead_of != (found.id if found else SHIPPED_ID):
        who = f"{found.agent} has" if found else "Somebody has"
        raise Conflict(f"{who} set other weights since you opened this page. Reload it to see them; nothing was changed.")
    return _set(conn, weights, before=found.weights if found else SHIPPED_WEIGHTS, agent_id=agent_id, now=now)


def bring_back(conn: Connection, weights_id: UrgencyWeightsId, *, agent_id: AgentId, now: datetime) -> UrgencyWeightsId:
    """Let earlier weights count again (0: the shipped ones), as a new row, so that the history stays whole."""
    urgency_weights.lock(conn)
    wanted = None if weights_id == SHIPPED_ID else urgency_weights.find(conn, weights_id)
    if wanted is None and weights_id != SHIPPED_ID:
        raise NotFound("There are no such weights.")
    found = urgency_weights.newest(conn)
    return _set(
        conn,
        wanted.weights if wanted else SHIPPED_WEIGHTS,
        before=found.weights if found else SHIPPED_WEIGHTS,
        agent_id=agent_id,
        now=now,
    )


def _set(conn: Connection, weights: UrgencyWeights, *, before: UrgencyWeights, agent_id: AgentId, now: datetime) -> UrgencyWeightsId:
    if weights == before:
        raise Refused("These are the weights in force already.")
    weights_id = urgency_weights.insert(conn, weights, agent_id=agent_id, now=now)
    changed = {name: [before.stored[name], weight] for name, weight in weights.stored.items() if weight != before.stored[name]}
    events.add(conn, EventKind.URGENCY_WEIGHED, now=now, agent_id=agent_id, weights_id=weights_id, changed=changed)
    jobs.start(conn, kind="retriage", why="other weights of urgency", facts={}, agent_id=agent_id, now=now)
    return weights_id
