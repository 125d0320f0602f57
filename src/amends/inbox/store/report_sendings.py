"""SQL of the sendings of reports: one row for each person and turn, claimed, tried again, and kept as the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import AgentId


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A sending that is due, ours to send."""

    id: int
    report_id: int
    agent_id: AgentId
    turn: datetime
    trial: bool
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """A sending as the log has it; `why` says why it did not go, or not yet."""

    id: int
    turn: datetime
    trial: bool
    to: str
    state: str
    attempts: int
    sent_at: datetime | None
    why: str


def queue(conn: Connection, report_id: int, people: Sequence[int], *, turn: datetime, now: datetime, trial: bool = False) -> int:
    """Let a report go to people for a turn, to nobody twice; return how many sendings that made."""
    return execute(
        conn,
        """
        insert into report_sendings (report_id, agent_id, turn, trial, next_at)
        select %(report)s, g.id, %(turn)s, %(trial)s, %(now)s from agents g where g.id = any(%(people)s::bigint[]) order by g.id
        on conflict (report_id, turn, agent_id) where not trial do nothing
        """,
        {"report": report_id, "people": list(people), "turn": turn, "now": now, "trial": trial},
    )


def claim(conn: Connection, *, now: datetime, lease: timedelta) -> Claimed | None:
    """Return the sending that is due longest, ours for the length of the lease, or None. What was being sent by who died is due again."""
    return fetch_maybe(
        conn,
        Claimed,
        """
        with due as (
          select id from report_sendings where state in ('queued', 'sending') and next_at <= %(now)s
          order by next_at, id limit 1 for update skip locked
        )
        update report_sendings s set state = 'sending', next_at = %(until)s, attempts = attempts + 1 from due where s.id = due.id
        returning s.id, s.report_id, s.agent_id, s.turn, s.trial, s.attempts
        """,
        {"now": now, "until": now + lease},
    )


def set_sent(conn: Connection, sending_id: int, *, now: datetime) -> None:
    """Keep that the mail server took it."""
    execute(
        conn,
        "update report_sendings set state = 'sent', sent_at = %(now)s, why = '' where id = %(id)s and state = 'sending'",
        {"id": sending_id, "now": now},
    )


def set_again(conn: Connection, sending_id: int, *, at: datetime, why: str) -> None:
    """Try it again at a moment."""
    execute(
        conn,
        "update report_sendings set state = 'queued', next_at = %(at)s, why = %(why)s where id = %(id)s and state = 'sending'",
        {"id": sending_id, "at": at, "why": why},
    )


def set_over(conn: Connection, sending_id: int, *, state: str, why: str) -> None:
    """Keep that it did not go and will not: `failed`, or `skipped`."""
    execute(
        conn,
        "update report_sendings set state = %(state)s, why = %(why)s where id = %(id)s and state = 'sending'",
        {"id": sending_id, "state": state, "why": why},
    )


def drop_queued(conn: Connection, report_id: int, *, why: str) -> int:
    """Let nothing go out of a report that has not gone yet, and return how many sendings that were."""
    return execute(
        conn,
        "update report_sendings set state = 'skipped', why = %(why)s where report_id = %(id)s and state = 'queued'",
        {"id": report_id, "why": why},
    )


def log(conn: Connection, report_id: int, *, below: int | None = None, limit: int = 50) -> list[Sending]:
    """Return the newest sendings of a report, those below an id."""
    return fetch_all(
        conn,
        Sending,
        """
        select s.id, s.turn, s.trial, g.name as to, s.state, s.attempts, s.sent_at, s.why
        from report_sendings s join agents g on g.id = s.agent_id
        where s.report_id = %(id)s and (%(below)s::bigint is null or s.id < %(below)s::bigint) order by s.id desc limit %(limit)s
        """,
        {"id": report_id, "below": below, "limit": limit},
    )
