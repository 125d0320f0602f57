"""Lets cases that say what an incident is about join it. Place in the path: posts placed in its cluster -> here -> incident."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.actions import incidents
from amends.inbox.rules.cluster_words import name as name_of
from amends.inbox.rules.ids import CaseId, ClusterId, IncidentId
from amends.inbox.rules.incidents import LONGEST_REASON, How
from amends.inbox.store import cluster_choices
from amends.inbox.store.incident_cases import Coming


def by_likeness(words: Sequence[str]) -> Coming:
    """Return how the cases of a cluster come: what they all say is the reason."""
    return Coming(how=How.CLUSTER, reason=name_of(words)[:LONGEST_REASON] or _("Similar complaints"))


def carry_on(conn: Connection, cluster_ids: Sequence[ClusterId], *, now: datetime) -> None:
    """Let the cases of these clusters join the incidents they are, while those go on; not what somebody took out, or is in another."""
    found: dict[tuple[IncidentId, Coming], list[CaseId]] = {}
    for one in cluster_choices.newcomers(conn, cluster_ids):
        found.setdefault((one.incident_id, by_likeness(one.words)), []).append(one.case_id)
    for (incident_id, coming), cases in found.items():
        incidents.join(conn, incident_id, cases, coming=coming, agent_id=None, now=now)
