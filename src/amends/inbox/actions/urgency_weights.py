"""Sets how much each reason weighs. Place in the path: page Urgency -> here -> new posts at once, open cases by a job."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_
from amends.inbox.actions import jobs
from amends.inbox.actions.setting_history import History, Version
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, UrgencyWeightsId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store import events, urgency_weights
from amends.inbox.store.urgency_weights import SetWeights
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights

SHIPPED_ID = UrgencyWeightsId(0)
"""Stands for the shipped weights, which have no row."""


def set_weights(
    conn: Connection, weights: UrgencyWeights, *, instead_of: UrgencyWeightsId, agent_id: AgentId, now: datetime
) -> UrgencyWeightsId:
    """Let `weights` count from now on, and return which counted before; `Conflict` where those are not the ones the manager saw."""
    before = HISTORY.replaced(conn, weights, instead_of=instead_of)
    old, new = before.value.stored, weights.stored
    weights_id = urgency_weights.insert(conn, weights, agent_id=agent_id, now=now)
    changed = {name: [old[name], new[name]] for name in new if new[name] != old[name]}
    events.add(conn, EventKind.URGENCY_WEIGHED, now=now, agent_id=agent_id, weights_id=weights_id, changed=changed)
    jobs.start(conn, kind="retriage", why=JobWhy.WEIGHTS, facts={}, agent_id=agent_id, now=now)
    return before.id


def bring_back(
    conn: Connection, weights_id: UrgencyWeightsId, *, instead_of: UrgencyWeightsId, agent_id: AgentId, now: datetime
) -> UrgencyWeightsId:
    """Let earlier weights count again (0: the shipped ones), as a new row; return which counted before."""
    return set_weights(conn, HISTORY.earlier(conn, weights_id), instead_of=instead_of, agent_id=agent_id, now=now)


def _version(row: SetWeights | None) -> Version[UrgencyWeightsId, UrgencyWeights] | None:
    return Version(id=row.id, value=row.weights, agent=row.agent) if row else None


HISTORY = History(
    first=Version(id=SHIPPED_ID, value=SHIPPED_WEIGHTS),
    lock=urgency_weights.lock,
    newest=lambda conn: _version(urgency_weights.newest(conn)),
    find=lambda conn, weights_id: _version(urgency_weights.find(conn, weights_id)),
    newer=N_("%(agent)s has set other weights since you opened this page. Reload it to see them; nothing was changed."),
    absent=N_("There are no such weights."),
    same=N_("These are the weights in force already."),
)
