"""SQL of episodes: the clocks of a case, one row from open to resolved."""

from datetime import datetime

from amends.core.database import Connection, execute
from amends.inbox.rules.ids import AgentId, CaseId


def answer(conn: Connection, *, case_id: CaseId, number: int, at: datetime) -> None:
    """Stop the clock of the first response, once."""
    execute(
        conn,
        """
        update episodes set answered_at = %(at)s where case_id = %(case_id)s and number = %(number)s and answered_at is null
        """,
        {"case_id": case_id, "number": number, "at": at},
    )


def recount_answer(conn: Connection, *, case_id: CaseId, number: int) -> None:
    """Let the first of its answers by when they were published have stopped that clock, or none, in whatever order we heard of them."""
    execute(
        conn,
        """
        update episodes e set answered_at = first.at
        from (select min(sent_at) as at from replies where case_id = %(case_id)s and episode = %(number)s and state = 'sent') first
        where e.case_id = %(case_id)s and e.number = %(number)s and e.answered_at is distinct from first.at
        """,
        {"case_id": case_id, "number": number},
    )


def resolve(conn: Connection, *, case_id: CaseId, number: int, at: datetime, agent_id: AgentId) -> None:
    """End the episode as resolved; where a clock was put back, no sooner than it began."""
    execute(
        conn,
        """
        update episodes set resolved_at = greatest(%(at)s, published_at), resolved_by = %(agent_id)s
        where case_id = %(case_id)s and number = %(number)s
        """,
        {"case_id": case_id, "number": number, "at": at, "agent_id": agent_id},
    )


def dismiss(conn: Connection, *, case_id: CaseId, number: int, at: datetime) -> None:
    """End the episode as no work of ours."""
    execute(
        conn,
        "update episodes set dismissed_at = %(at)s where case_id = %(case_id)s and number = %(number)s",
        {"case_id": case_id, "number": number, "at": at},
    )


def leave(conn: Connection, *, case_id: CaseId, number: int, at: datetime) -> None:
    """End the episode of a customer who is forgotten: neither resolved nor put aside."""
    execute(
        conn,
        """
        update episodes set erased_at = greatest(%(at)s, published_at) where case_id = %(case_id)s and number = %(number)s
        """,
        {"case_id": case_id, "number": number, "at": at},
    )


def continue_(conn: Connection, *, case_id: CaseId, number: int) -> None:
    """Take the episode's end back."""
    execute(
        conn,
        """
        update episodes set resolved_at = null, resolved_by = null, dismissed_at = null, outcome = null
        where case_id = %(case_id)s and number = %(number)s
        """,
        {"case_id": case_id, "number": number},
    )
