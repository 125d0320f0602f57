"""Ends a case and takes the end back: resolve, undo, dismiss, reopen."""

from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId, CaseId
from amends.inbox.rules.policy import Policy


def resolve(conn: Connection, *, case_id: CaseId, agent_id: AgentId, policy: Policy, now: datetime) -> None:
    """Resolve the case and plan its follow-up; `Conflict` where it is over already."""
    raise NotImplementedError


def undo_resolve(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Take a resolve back as if it had not been: the same episode goes on, the follow-up is gone. `Refused` after two minutes."""
    raise NotImplementedError


def dismiss(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Put the case aside as no work of ours; it counts as neither answered nor resolved."""
    raise NotImplementedError


def reopen(conn: Connection, *, case_id: CaseId, agent_id: AgentId, now: datetime) -> None:
    """Open the case again: a resolved one as a new episode, a dismissed one where it was."""
    raise NotImplementedError
