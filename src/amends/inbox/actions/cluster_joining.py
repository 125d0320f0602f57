"""Lets cases that say what an incident is about join it. Place in the path: posts placed in its cluster -> here -> incident."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import incidents
from amends.inbox.rules.ids import CaseId, ClusterId, IncidentId
from amends.inbox.rules.incidents import How
from amends.inbox.store import cluster_choices
from amends.inbox.store.incident_cases import Coming

BY_LIKENESS = Coming(how=How.CLUSTER)


def carry_on(conn: Connection, cluster_ids: Sequence[ClusterId], *, now: datetime) -> None:
    """Let the cases of these clusters join the incidents they are, while those go on; not what somebody took out, or is in another."""
    found: dict[IncidentId, list[CaseId]] = {}
    for one in cluster_choices.newcomers(conn, cluster_ids):
        found.setdefault(one.incident_id, []).append(one.case_id)
    for incident_id, cases in found.items():
        incidents.join(conn, incident_id, cases, coming=BY_LIKENESS, agent_id=None, now=now)
