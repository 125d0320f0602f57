"""SQL of the answers of a round: shown, approved, skipped, handed to the replies; and who was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.ids import AgentId, CaseId, CustomerId, IncidentId, ReplyId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.incident_rounds import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer with what is needed to write, show and judge it; `outcome` is where it stands, as the tally counts it.

    `reply_state` is empty where it is no reply (any more).
    """

    id: int
    customer_id: CustomerId
    customer: str
    handle: str
    case_id: CaseId
    case_status: str
    network: str
    source_options: dict[str, str]
    brand: str
    language: str
    languages: Sequence[str]
    said: str
    customer_posts: int
    newest_reply: int
    text: str
    state: str
    outcome: str
    why: str
    note: str
    agent: str
    decided_at: datetime | None
    reply_id: ReplyId | None
    reply_state: str
    reply_error: str
    sent_at: datetime | None

    @property
    def seen(self) -> Seen:
        """Return how far somebody has seen the case who looks at this."""
        return Seen(posts=self.customer_posts, reply=self.newest_reply)


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """An approved answer that is to be handed over now."""

    id: int
    round_id: int
    incident_id: IncidentId
    fixed_at: datetime
    customer_id: CustomerId
    case_id: CaseId
    text: str
    parts: Sequence[str]
    seen_posts: int | None
    seen_reply: int | None
    agent_id: AgentId
    by_hand: bool


STATES = {"proposed": ["proposed"], "approved": ["approved"], "underway": ["queued"], "told": ["queued"], "untold": ["queued", "skipped"]}
"""The outcomes that an answer has, each with the states in which it has that."""
_OUTCOME: LiteralString = """
case when a.state not in ('queued', 'skipped') then a.state when a.state = 'skipped' or coalesce(r.state, 'failed') = 'failed' then 'untold'
  when r.state = 'sent' then 'told' else 'underway' end
"""
_SHOWN: LiteralString = (
    """
select a.id, a.customer_id, u.name as customer, h.handle, a.case_id, c.status as case_status, c.network, s.options as source_options,
  b.name as brand, a.language, u.languages, c.preview as said, c.customer_posts,
  coalesce((select max(r.id) from replies r where r.case_id = a.case_id), 0) as newest_reply, a.text, a.state, a.why, a.note,
  coalesce(g.name, '') as agent, a.decided_at, a.reply_id, coalesce(r.state, '') as reply_state, coalesce(r.error, '') as reply_error,
  r.sent_at,
"""
    + _OUTCOME
    + """
as outcome from incident_answers a join customers u on u.id = a.customer_id join cases c on c.id = a.case_id
  join authors h on h.id = c.author_id join sources s on s.id = a.source_id join brands b on b.id = c.brand_id
  left join agents g on g.id = a.agent_id left join replies r on r.id = a.reply_id
"""
)


def page(conn: Connection, scope: Scope, round_id: int, outcomes: Sequence[str], *, after: int = 0, limit: int = 20) -> list[Answer]:
    """Return the answers of a round whose `outcome` is one of these, within the scope, behind the id `after`."""
    query: LiteralString = (
        _SHOWN
        + "where a.round_id = %(round)s and a.state = any(%(states)s) and a.id > %(after)s and "
        + _OUTCOME
        + " = any(%(outcomes)s)"
        + scopes.within(scope)
        + " order by a.id limit %(limit)s"
    )
    states = [state for one in outcomes for state in STATES[one]]
    given = {"round": round_id, "states": states, "outcomes": list(outcomes), "after": after, "limit": limit}
    return fetch_all(conn, Answer, query, given | scopes.params(scope))


def some(conn: Connection, scope: Scope, round_id: int, answer_ids: Sequence[int]) -> list[Answer]:
    """Return these answers of a round, those within the scope."""
    query: LiteralString = (
        _SHOWN + "where a.round_id = %(round)s and a.id = any(%(ids)s::bigint[])" + scopes.within(scope) + " order by a.id"
    )
    return fetch_all(conn, Answer, query, {"round": round_id, "ids": list(answer_ids)} | scopes.params(scope))


def tally(conn: Connection, scope: Scope, round_id: int) -> Tally:
    """Return how many answers of a round stand where, within the scope."""
    query: LiteralString = (
        """
        select count(*) filter (where outcome = 'proposed')::int as proposed, count(*) filter (where outcome = 'approved')::int as approved,
          count(*) filter (where outcome = 'underway')::int as underway, count(*) filter (where outcome = 'told')::int as told,
          count(*) filter (where outcome = 'untold')::int as untold
        from (select
        """
        + _OUTCOME
        + """
          as outcome from incident_answers a join cases c on c.id = a.case_id left join replies r on r.id = a.reply_id
          where a.round_id = %(round)s
        """
        + scopes.within(scope)
        + ") answers"
    )
    return fetch_one(conn, Tally, query, {"round": round_id} | scopes.params(scope))


def decide(  # noqa: PLR0913
    conn: Connection,
    answer_id: int,
    *,
    was: str,
    state: str,
    agent_id: AgentId,
    now: datetime,
    text: str = "",
    parts: Sequence[str] = (),
    seen: Seen | None = None,
    why: str = "",
    note: str = "",
) -> bool:
    """Keep what somebody decided of an answer that stands as it `was`; False where it is handed over, or somebody was faster."""
    return bool(
        execute(
            conn,
            """
            update incident_answers set state = %(state)s, text = %(text)s, parts = %(parts)s, seen_posts = %(posts)s,
              seen_reply = %(reply)s, why = %(why)s, note = %(note)s, agent_id = %(agent)s, decided_at = %(now)s
            where id = %(id)s and state = %(was)s and (state <> 'queued' or reply_id is null)
            """,
            {
                "id": answer_id,
                "was": was,
                "state": state,
                "text": text,
                "parts": list(parts),
                "posts": seen.posts if seen else None,
                "reply": seen.reply if seen else None,
                "why": why,
                "note": note,
                "agent": agent_id,
                "now": now,
            },
        )
    )


def claim(conn: Connection, *, now: datetime) -> Approved | None:
    """Return the next approved answer whose source may take one now, ours until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Approved,
        """
        select a.id, a.round_id, r.incident_id, r.fixed_at, customer_root(a.customer_id) as customer_id, a.case_id, a.text, a.parts,
          a.seen_posts, a.seen_reply, a.agent_id, a.why <> '' as by_hand
        from incident_answers a join incident_rounds r on r.id = a.round_id
        where a.state = 'approved' and r.state = 'running' and not exists (
          select from incident_answers q where q.source_id = a.source_id and q.queued_at > %(now)s - interval '1 minute' / r.per_minute
        )
        order by a.round_id, a.id limit 1 for update of a, r skip locked
        """,
        {"now": now},
    )


def hand_over(conn: Connection, answer_id: int, reply_id: ReplyId, *, now: datetime) -> None:
    """Keep which reply an answer became."""
    execute(
        conn,
        "update incident_answers set state = 'queued', queued_at = %(now)s, reply_id = %(reply)s, why = '' where id = %(id)s",
        {"id": answer_id, "reply": reply_id, "now": now},
    )


def put_back(conn: Connection, answer_id: int, *, state: str, why: str, note: str = "") -> None:
    """Keep why an approved answer does not go, or is looked at once more."""
    execute(
        conn,
        "update incident_answers set state = %(state)s, why = %(why)s, note = %(note)s where id = %(id)s and state = 'approved'",
        {"id": answer_id, "state": state, "why": why, "note": note},
    )
