"""Finds out whether resolutions held. Place in the path: resolve -> planned -> due -> concluded from what the customer did since."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, FollowUpId
from amends.inbox.rules.words import Outcome


def conclude_due(conn: Connection, *, now: datetime, limit: int = 100) -> int:
    """Conclude at most `limit` due follow-ups from what the customer wrote since, and return how many."""
    raise NotImplementedError


def decide_follow_up(conn: Connection, *, follow_up_id: FollowUpId, outcome: Outcome, agent_id: AgentId, note: str, now: datetime) -> None:
    """Keep an agent's own knowledge of whether the resolution held."""
    raise NotImplementedError
