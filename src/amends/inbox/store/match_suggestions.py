"""SQL of suggestions that two records are one person: what speaks for it, and what somebody decided.

A suggestion names the records it was made of. It is shown while both stand for themselves; what became part of another is looked up
through it, so that a merge and its undoing move no suggestion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import CustomerId, MatchId, MergeId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.customer_changes import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is suggested of two records: `reasons` as people read them, `evidence` as it is remembered."""

    one_id: CustomerId
    other_id: CustomerId
    score: float
    reasons: Sequence[dict[str, Any]]
    evidence: Sequence[str]
    strong: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Strong:
    """Two records that are one by strong evidence, the older first."""

    id: MatchId
    older_id: CustomerId
    newer_id: CustomerId
    strong: Sequence[dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A suggestion with the state it is in, and who decided on it with which program."""

    id: MatchId
    one_id: CustomerId
    other_id: CustomerId
    score: float
    reasons: Sequence[dict[str, Any]]
    state: str
    found_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    decided_program: str


def save(conn: Connection, found: Sequence[Found], *, now: datetime) -> int:
    """Keep suggestions and return how many are new or changed; a decided one is open again only for evidence it did not have."""
    rows = [
        {
            "one": one.one_id,
            "other": one.other_id,
            "score": one.score,
            "reasons": list(one.reasons),
            "evidence": list(one.evidence),
            "strong": list(one.strong) or None,
        }
        for one in found
    ]
    return execute(
        conn,
        """
        insert into match_suggestions as s (one_id, other_id, score, reasons, evidence, strong, found_at)
        select least(one, other), greatest(one, other), score, reasons, evidence, strong, %(now)s
        from jsonb_to_recordset(%(rows)s) as r(one bigint, other bigint, score real, reasons jsonb, evidence text[], strong jsonb)
        order by 1, 2
        on conflict (one_id, other_id) do update
          set score = excluded.score, reasons = excluded.reasons, evidence = excluded.evidence, strong = excluded.strong, state = 'open',
              found_at = case when s.state = 'open' then s.found_at else excluded.found_at end, decided_at = null, decided_by = null,
              program = ''
          where not excluded.evidence <@ s.evidence or (s.state = 'open' and (s.score <> excluded.score or s.reasons <> excluded.reasons))
        """,
        {"rows": Jsonb(rows), "now": now},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Two records of which an agent is asked whether they are one."""

    one_id: CustomerId
    other_id: CustomerId


def asked(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[Asked]:
    """Return the open suggestions about these records."""
    return fetch_all(
        conn,
        Asked,
        """
        select one_id, other_id from match_suggestions where state = 'open' and one_id = any(%(ids)s::bigint[])
        union select one_id, other_id from match_suggestions where state = 'open' and other_id = any(%(ids)s::bigint[])
        """,
        {"ids": list(customer_ids)},
    )


def withdraw(conn: Connection, pairs: Sequence[tuple[CustomerId, CustomerId]]) -> None:
    """Ask no more about pairs of records, the smaller id first, that have nothing in common any more."""
    execute(
        conn,
        """
        delete from match_suggestions s using unnest(%(ones)s::bigint[], %(others)s::bigint[]) gone(one_id, other_id)
        where s.one_id = gone.one_id and s.other_id = gone.other_id and s.state = 'open'
        """,
        {"ones": [one for one, _ in pairs], "others": [other for _, other in pairs]},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Dismissed:
    """What was dismissed already of two records, or of what is part of either."""

    one_id: CustomerId
    other_id: CustomerId
    evidence: Sequence[str]


def dismissed(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[Dismissed]:
    """Return what was dismissed among these records."""
    return fetch_all(
        conn,
        Dismissed,
        """
        with parts as (select root, unnest(customer_parts(root)) as id from unnest(%(ids)s::bigint[]) given(root))
        select least(a.root, b.root) as one_id, greatest(a.root, b.root) as other_id, s.evidence
        from parts a join match_suggestions s on s.one_id = a.id and s.state = 'dismissed' join parts b on b.id = s.other_id
        where a.root <> b.root
        """,
        {"ids": list(customer_ids)},
    )


def claim_strong(conn: Connection) -> Strong | None:
    """Lock and return two records that are one by strong evidence; None where there are none that nobody else holds."""
    return fetch_maybe(
        conn,
        Strong,
        """
        with one as (
          select * from match_suggestions where state = 'open' and strong is not null order by id limit 1 for update skip locked
        )
        select one.id, case when o.created_at < u.created_at then o.id else u.id end as older_id,
               case when o.created_at < u.created_at then u.id else o.id end as newer_id, one.strong
        from one join customers u on u.id = one.one_id join customers o on o.id = one.other_id
        """,
    )


def only_ask(conn: Connection, match_id: MatchId) -> None:
    """Leave a suggestion to an agent."""
    execute(conn, "update match_suggestions set strong = null where id = %(id)s", {"id": match_id})


_ROW: LiteralString = """
  select s.id, s.one_id, s.other_id, s.score, s.reasons, s.state, s.found_at, s.decided_at, g.name as decided_by,
         s.program as decided_program
  from match_suggestions s left join agents g on g.id = s.decided_by
"""
_STANDING: LiteralString = """
  and exists (select from customers u where u.id = s.one_id and u.merged_into is null and u.erased_at is null)
  and exists (select from customers u where u.id = s.other_id and u.merged_into is null and u.erased_at is null)
"""


def find(conn: Connection, match_id: MatchId, scope: Scope) -> Suggestion | None:
    """Return a suggestion between records within the scope, or None."""
    return fetch_maybe(conn, Suggestion, _ROW + " where s.id = %(id)s" + _within(scope), {"id": match_id} | scopes.params(scope))


def page(conn: Connection, scope: Scope, *, after: tuple[float, int] | None = None, limit: int) -> list[Suggestion]:
    """Return open suggestions between records within the scope, the likeliest first, `after` the score and id of the last one seen."""
    query: LiteralString = (
        _ROW
        + " where s.state = 'open' and (%(score)s::real is null or (s.score, s.id) < (%(score)s::real, %(id)s::bigint))"
        + _STANDING
        + _within(scope)
        + " order by s.score desc, s.id desc limit %(limit)s"
    )
    score, last = after or (None, None)
    return fetch_all(conn, Suggestion, query, {"score": score, "id": last, "limit": limit} | scopes.params(scope))


def of_customer(conn: Connection, customer_id: CustomerId, scope: Scope, *, limit: int = 5) -> list[Suggestion]:
    """Return the likeliest open suggestions about a record."""
    query: LiteralString = (
        _ROW
        + " where s.state = 'open' and %(customer)s in (s.one_id, s.other_id)"
        + " and s.id in (select id from match_suggestions where one_id = %(customer)s"
        + " union select id from match_suggestions where other_id = %(customer)s)"
        + _STANDING
        + _within(scope)
        + " order by s.score desc, s.id desc limit %(limit)s"
    )
    return fetch_all(conn, Suggestion, query, {"customer": customer_id, "limit": limit} | scopes.params(scope))


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """Somebody of whom it was said that a customer is not them: by whom, with which program."""

    match_id: MatchId
    customer_id: CustomerId
    customer: str
    agent: str | None
    program: str
    at: datetime


def apart(conn: Connection, customer_id: CustomerId, scope: Scope, *, limit: int = 50) -> list[Apart]:
    """Return who is said not to be this customer, or anybody who became part of them, the newest first."""
    query: LiteralString = """
        with part as (select unnest(customer_parts(u.id)) as id from customers u where u.id = %(customer)s), said as (
          select m.id, m.other_id as whom from part join match_suggestions m on m.one_id = part.id and m.state = 'dismissed'
          union select m.id, m.one_id from part join match_suggestions m on m.other_id = part.id and m.state = 'dismissed'
        )
        select s.id as match_id, u.id as customer_id, u.name as customer, g.name as agent, s.program, s.decided_at as at
        from said join match_suggestions s on s.id = said.id join customers u on u.id = said.whom left join agents g on g.id = s.decided_by
        where u.id not in (select id from part)
    """
    params = {"customer": customer_id, "limit": limit} | scopes.params(scope)
    return fetch_all(conn, Apart, query + _within(scope) + " order by s.decided_at desc, s.id desc limit %(limit)s", params)


def _within(scope: Scope) -> LiteralString:
    """Return the condition that both records are within the scope: by one of their cases, or because they have none."""
    narrowed = scopes.within(scope)
    if not narrowed:
        return ""
    one: LiteralString = " and (exists (select from cases c where c.customer_id = s.one_id" + narrowed + ")"
    other: LiteralString = " and (exists (select from cases c where c.customer_id = s.other_id" + narrowed + ")"
    return (
        one
        + " or not exists (select from cases c where c.customer_id = s.one_id))"
        + other
        + " or not exists (select from cases c where c.customer_id = s.other_id))"
    )


def decide(conn: Connection, match_id: MatchId, *, was: str, becomes: str, source: Source, now: datetime) -> bool:
    """Put a suggestion into another state, and tell whether it was in the one it `was` thought to be in."""
    return bool(
        execute(
            conn,
            """
            update match_suggestions
            set state = %(becomes)s, decided_by = case when %(becomes)s <> 'open' then %(agent_id)s::bigint end,
                decided_at = case when %(becomes)s <> 'open' then %(now)s::timestamptz end,
                program = case when %(becomes)s <> 'open' then %(program)s else '' end
            where id = %(id)s and state = %(was)s
            """,
            {"id": match_id, "was": was, "becomes": becomes, "agent_id": source.by, "program": source.token, "now": now},
        )
    )


def settle(conn: Connection, one: CustomerId, other: CustomerId, *, merge_id: MergeId, source: Source, now: datetime) -> None:
    """Keep that the suggestion between two records, where there is one, was followed."""
    execute(
        conn,
        """
        update match_suggestions set state = 'merged', merge_id = %(merge_id)s, decided_by = %(agent_id)s, program = %(program)s,
          decided_at = %(now)s
        where one_id = least(%(one)s, %(other)s) and other_id = greatest(%(one)s, %(other)s)
        """,
        {"one": one, "other": other, "merge_id": merge_id, "agent_id": source.by, "program": source.token, "now": now},
    )


def unsettle(conn: Connection, merge_id: MergeId, *, source: Source, now: datetime) -> None:
    """Ask again, since a merge was taken back; where Amends had merged by itself, somebody has said no."""
    execute(
        conn,
        """
        update match_suggestions s
        set state = case when m.agent_id is null then 'dismissed' else 'open' end, merge_id = null, strong = null,
            decided_by = case when m.agent_id is null then %(agent_id)s::bigint end,
            decided_at = case when m.agent_id is null then %(now)s::timestamptz end,
            program = case when m.agent_id is null then %(program)s else '' end
        from merges m where m.id = %(merge_id)s and s.merge_id = m.id
        """,
        {"merge_id": merge_id, "agent_id": source.by, "program": source.token, "now": now},
    )
