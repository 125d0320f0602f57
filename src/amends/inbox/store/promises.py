"""SQL of promises: what we said that we would do until when, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseRow:
    """A promise; `made_at` is when the customer was told, None where the answer that says it is not out yet."""

    id: int
    case_id: CaseId
    text: str
    due_at: datetime
    remind_at: datetime | None
    state: str
    late: bool
    agent_id: AgentId
    agent: str
    made_at: datetime | None
    ended_at: datetime | None


_ROWS: LiteralString = """
select p.id, p.case_id, p.text, p.due_at, p.remind_at, p.state, p.late, p.agent_id, a.name as agent, p.made_at, p.ended_at
from promises p join agents a on a.id = p.agent_id
"""


def insert(  # noqa: PLR0913
    conn: Connection,
    *,
    case_id: CaseId,
    text: str,
    due_at: datetime,
    remind_at: datetime,
    agent_id: AgentId,
    made_at: datetime | None,
    now: datetime,
) -> int:
    """Store a promise and return its id."""
    return fetch_values(
        conn,
        """
        insert into promises (case_id, text, due_at, remind_at, agent_id, created_at, made_at, next_at)
        values (%(case)s, %(text)s, %(due)s, %(remind)s, %(agent)s, %(now)s, %(made)s,
          case when %(made)s::timestamptz is not null then %(remind)s::timestamptz end)
        returning id
        """,
        {"case": case_id, "text": text, "due": due_at, "remind": remind_at, "agent": agent_id, "made": made_at, "now": now},
    )[0]


def of_case(conn: Connection, *, case_id: CaseId) -> list[PromiseRow]:
    """Return the promises of a case, the soonest due first."""
    return fetch_all(conn, PromiseRow, _ROWS + " where p.case_id = %(case)s order by p.due_at, p.id", {"case": case_id})


def of_customer(conn: Connection, customer_id: int, scope: Scope) -> list[PromiseRow]:
    """Return the promises in the customer's cases that are seen, the open ones first."""
    return fetch_all(
        conn,
        PromiseRow,
        _ROWS
        + " join cases c on c.id = p.case_id where c.customer_id = %(customer)s"
        + scopes.within(scope)
        + " order by p.state = 'open' desc, p.due_at desc, p.id limit 50",
        {"customer": customer_id, **scopes.params(scope)},
    )


def lock(conn: Connection, *, case_id: CaseId, promise_id: int) -> PromiseRow | None:
    """Return a promise of the case, ours until the transaction ends, or None."""
    return fetch_maybe(
        conn, PromiseRow, _ROWS + " where p.id = %(id)s and p.case_id = %(case)s for update of p", {"id": promise_id, "case": case_id}
    )


def made(conn: Connection, *, case_id: CaseId, at: datetime) -> list[PromiseRow]:
    """Keep that the customer was told what waited for an answer in the case, and return it."""
    return fetch_all(
        conn,
        PromiseRow,
        """
        with made as (
          update promises set made_at = %(at)s, next_at = remind_at
          where case_id = %(case)s and made_at is null and state = 'open' returning *
        )
        select p.id, p.case_id, p.text, p.due_at, p.remind_at, p.state, p.late, p.agent_id, a.name as agent, p.made_at, p.ended_at
        from made p join agents a on a.id = p.agent_id order by p.id
        """,
        {"case": case_id, "at": at},
    )


def unmake(conn: Connection, *, case_id: CaseId, reply_id: ReplyId) -> None:
    """Let what counted since an answer was out wait for the next one, since that answer was none."""
    execute(
        conn,
        """
        update promises p set made_at = null, next_at = null from replies r
        where r.id = %(reply_id)s and p.case_id = %(case_id)s and p.state = 'open' and p.made_at = r.sent_at
        """,
        {"case_id": case_id, "reply_id": reply_id},
    )


def claim_due(conn: Connection, *, now: datetime, limit: int) -> list[PromiseRow]:
    """Lock and return promises of which somebody is to be reminded, or whose time is over."""
    return fetch_all(
        conn,
        PromiseRow,
        _ROWS + " where p.next_at <= %(now)s order by p.next_at, p.id limit %(limit)s for update of p skip locked",
        {"now": now, "limit": limit},
    )


def remind_no_more(conn: Connection, ids: Sequence[int]) -> None:
    """Look at these again when they are due."""
    execute(conn, "update promises set next_at = due_at where id = any(%(ids)s::bigint[])", {"ids": list(ids)})


def withdraw_all(conn: Connection, case_ids: Sequence[CaseId], *, agent_id: AgentId | None, at: datetime) -> None:
    """End the open promises of these cases, whose customer is forgotten: nobody is left to keep them to."""
    execute(
        conn,
        """
        update promises set state = 'withdrawn', ended_at = %(at)s, ended_by = %(agent)s, next_at = null
        where case_id = any(%(cases)s::bigint[]) and state = 'open'
        """,
        {"cases": list(case_ids), "agent": agent_id, "at": at},
    )


def end(conn: Connection, *, promise_id: int, state: str, late: bool, agent_id: AgentId | None, at: datetime) -> None:
    """Keep what became of a promise."""
    execute(
        conn,
        """
        update promises set state = %(state)s, late = %(late)s, ended_at = %(at)s, ended_by = %(agent)s, next_at = null where id = %(id)s
        """,
        {"id": promise_id, "state": state, "late": late, "agent": agent_id, "at": at},
    )


def reopen(conn: Connection, *, promise_id: int, now: datetime) -> None:
    """Let a promise stand again, with the reminder that has not come yet."""
    execute(
        conn,
        """
        update promises set state = 'open', late = false, ended_at = null, ended_by = null,
          next_at = case when made_at is null then null when remind_at > %(now)s then remind_at else due_at end
        where id = %(id)s
        """,
        {"id": promise_id, "now": now},
    )
