"""SQL of what customers do and how they are, counted anew from their cases, posts, purchases and dates; kept for queries, gone with them.

The triggers of migration 0033 say whose facts are to be counted; the worker counts, one at a time, so that none overwrites a newer one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.signals import LATE
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What the tables say of a customer now; `moods` are those of the last five posts, the newest first."""

    customer_id: int
    cases: int
    open_cases: int
    complaints: int
    unanswered: int
    last_case_at: datetime | None
    last_post_at: datetime | None
    last_answer_at: datetime | None
    waiting_since: datetime | None
    question_since: datetime | None
    says_leaving: bool
    written: Sequence[str]
    moods: Sequence[str]
    relapses: int
    relapses_of_late: int
    outcome: str
    promise_due_at: datetime | None
    cancelled_at: datetime | None
    renews_on: date | None
    birthday_on: date | None
    languages: Sequence[str]
    owner_languages: Sequence[str]


def _counting(scope: Scope) -> LiteralString:
    """Return the query of what is counted of customers; of their cases, and of what belongs to one, only those within the scope."""
    theirs: LiteralString = "where c.customer_id = u.id" + scopes.within(scope)
    posts: LiteralString = "shared_id is null and deleted_at is null and triaged_at is not null" + scopes.posts_within(scope)
    return _OF_CASES + theirs + _OF_ANSWERS + theirs + _OF_POSTS + posts + _OF_FOLLOW_UPS + theirs + _OF_PROMISES + theirs + _OF_THE_REST


_OF_CASES: LiteralString = """
select u.id as customer_id, c.cases, c.open_cases, c.complaints, c.unanswered, c.last_case_at, c.last_post_at, c.waiting_since,
  c.question_since, c.says_leaving, c.written, r.last_answer_at, m.moods, f.relapses, f.relapses_of_late, f.outcome, s.promise_due_at,
  p.cancelled_at, least(p.renews_on, b.renews_on) as renews_on, d.birthday_on, u.languages,
  case when g.active then g.languages else '{}' end as owner_languages
from customers u
left join agents g on g.id = u.owner_id
cross join lateral (
  select count(*)::int as cases, (count(*) filter (where live))::int as open_cases, max(opened_at) as last_case_at,
    (count(*) filter (where opened_at > %(late)s))::int as complaints, max(last_post_at) as last_post_at,
    (count(*) filter (where status = 'open'
       and not exists (select from replies r where r.case_id = t.id and r.state = 'sent')))::int as unanswered,
    min(waiting_since) filter (where status = 'open') as waiting_since,
    min(waiting_since) filter (where status = 'open' and exists (
      select from posts q join verdicts v on v.post_id = q.id where q.case_id = t.id and q.case_number is not null and v.intent = 'question'
    )) as question_since,
    coalesce(bool_or('threatens to leave' = any(reasons)) filter (where live), false) as says_leaving,
    coalesce(array_agg(distinct language) filter (where language not in ('', 'und')), '{}') as written
  from (select *, status in ('open', 'waiting', 'snoozed') as live from cases c
"""
_OF_ANSWERS: LiteralString = """
  ) t
) c
cross join lateral (
  select max(r.sent_at) as last_answer_at from cases c join replies r on r.case_id = c.id and r.state = 'sent' and r.sent_at is not null
"""
_OF_POSTS: LiteralString = """
) r
cross join lateral (
  select coalesce(array_agg(sentiment order by published_at desc, id desc), '{}') as moods from (
    select q.id, q.published_at, v.sentiment from customer_links l
    cross join lateral (
      select id, published_at from posts
      where author_id = l.author_id and
"""
_OF_FOLLOW_UPS: LiteralString = """
      order by published_at desc limit 5
    ) q
    join verdicts v on v.post_id = q.id where l.customer_id = u.id order by q.published_at desc, q.id desc limit 5
  ) newest
) m
cross join lateral (
  select (count(distinct f.episode_id) filter (where f.outcome = 'relapsed'))::int as relapses,
    (count(distinct f.episode_id) filter (where f.outcome = 'relapsed' and f.concluded_at > %(late)s))::int as relapses_of_late,
    coalesce((array_agg(f.outcome order by f.concluded_at desc, f.id desc) filter (where f.outcome is not null))[1], '') as outcome
  from cases c join follow_ups f on f.case_id = c.id
"""
_OF_PROMISES: LiteralString = """
) f
cross join lateral (
  select min(p.due_at) as promise_due_at from cases c join promises p on p.case_id = c.id and p.made_at is not null
    and (p.state = 'open' or p.state = 'broken' and p.due_at > %(late)s)
"""
_OF_THE_REST: LiteralString = """
) s
cross join lateral (
  select max(ended_at) filter (where kind = 'subscription') as cancelled_at,
    min(renews_on) filter (where renews_on >= %(today)s and (ended_at is null or ended_at > %(now)s)) as renews_on
  from purchases where customer_id = u.id
) p
cross join lateral (
  select min(renews_on) as renews_on from memberships
  where customer_id = u.id and renews_on >= %(today)s and (until is null or until >= %(today)s)
) b
cross join lateral (
  select min(next_yearly(month, day, %(today)s)) as birthday_on from important_dates where customer_id = u.id and kind = 'birthday'
) d
where u.merged_into is null and u.erased_at is null
"""
_OF_THESE: LiteralString = " and u.id = any(%(ids)s::bigint[])"
_OF_ONE: LiteralString = " and u.id = %(id)s"


def count(conn: Connection, customer_ids: Sequence[int], *, now: datetime, scope: Scope = EVERYTHING) -> list[Counted]:
    """Return what the tables say of those customers who are there (nobody who was merged or erased), as far as the scope shows it."""
    return fetch_all(conn, Counted, _counting(scope) + _OF_THESE, {"ids": list(customer_ids)} | _params(scope, now))


def count_one(conn: Connection, customer_id: int, *, now: datetime, scope: Scope) -> Counted | None:
    """Return the same of one customer, None where they are not there; as a list of one it would be planned anew each time, for 5 ms."""
    return fetch_maybe(conn, Counted, _counting(scope) + _OF_ONE, {"id": customer_id} | _params(scope, now))


def _params(scope: Scope, now: datetime) -> dict[str, Any]:
    return {"now": now, "late": now - LATE, "today": now.astimezone(UTC).date()} | scopes.params(scope)


def claim(conn: Connection, *, now: datetime, limit: int) -> list[int]:
    """Return whose facts are to be counted, at most about `limit`, and take them off the backlog; none where another counts now."""
    if not fetch_values(conn, "select pg_try_advisory_xact_lock(hashtextextended('customer facts', 0))")[0]:
        return []
    return fetch_values(
        conn,
        """
        with taken as (
          delete from customer_facts_backlog where id in (select id from customer_facts_backlog order by id limit %(limit)s)
          returning customer_id
        )
        select customer_id from taken
        union
        (select customer_id from customer_facts where stale_at <= %(now)s order by stale_at limit %(limit)s)
        order by customer_id
        """,
        {"now": now, "limit": limit},
    )


def count_everybody_again(conn: Connection) -> int:
    """Put every customer into the backlog, which rebuilds all facts from nothing; return how many they are."""
    return execute(conn, "insert into customer_facts_backlog (customer_id) select id from customers order by id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A customer's facts as they are kept."""

    customer_id: int
    cases: int
    open_cases: int
    last_case_at: datetime | None
    last_contact_at: datetime | None
    waiting_since: datetime | None
    mood: str
    relapses: int
    outcome: str
    languages: Sequence[str]
    signals: Sequence[str]
    risk: str
    stale_at: datetime | None


def save(conn: Connection, found: Sequence[Facts], *, asked: Sequence[int], now: datetime) -> None:
    """Keep the facts of those who are there, and forget those of the others who were asked for."""
    execute(
        conn,
        """
        with given as (
          select * from unnest(%(rows)s::jsonb[]) one(facts), jsonb_to_record(facts) as r(
            customer_id bigint, cases int, open_cases int, last_case_at timestamptz, last_contact_at timestamptz, waiting_since timestamptz,
            mood text, relapses int, outcome text, languages text[], signals text[], risk text, stale_at timestamptz)
        ), gone as (
          delete from customer_facts where customer_id = any(%(asked)s::bigint[]) and customer_id not in (select customer_id from given)
        )
        insert into customer_facts (customer_id, cases, open_cases, last_case_at, last_contact_at, waiting_since, mood, relapses, outcome,
          languages, signals, risk, stale_at, counted_at)
        select customer_id, cases, open_cases, last_case_at, last_contact_at, waiting_since, mood, relapses, outcome, languages, signals,
          risk, stale_at, %(now)s
        from given order by customer_id
        on conflict (customer_id) do update set cases = excluded.cases, open_cases = excluded.open_cases,
          last_case_at = excluded.last_case_at,
          last_contact_at = excluded.last_contact_at, waiting_since = excluded.waiting_since, mood = excluded.mood,
          relapses = excluded.relapses, outcome = excluded.outcome, languages = excluded.languages, signals = excluded.signals,
          risk = excluded.risk, stale_at = excluded.stale_at, counted_at = excluded.counted_at
        """,
        {"rows": [as_row(one) for one in found], "asked": list(asked), "now": now},
    )


def as_row(facts: Facts) -> Jsonb:
    """Return facts as SQL takes them."""
    return Jsonb({name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(facts).items()})
