"""SQL of the facts: one row an episode, counted anew from the truth whenever its case was touched.

Place in the path: a change -> `touched_cases` (triggers) -> here -> `episode_facts` -> `stale_slices` (triggers) -> `fact_slices`.
"""

from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_one, fetch_values

A_MONTH = 18
"""A look at a resolution so many days later, or more, is the one after a month; before that it is the one after a week."""
_FACTS: LiteralString = """
insert into episode_facts (episode_id, case_id, number, brand_id, source_id, network, team_id, agent_id, language, mood, topics,
  published_at, resolved_at, dismissed, first_answer, ending, seen, triaged, after_7, after_30, promise, next_answer, csat, handled,
  first_business, next_business, ending_business, first_calendar, ending_calendar, forgotten)
select e.id, c.id, e.number, c.brand_id, c.source_id, c.network, c.team_id, c.assignee_id, c.language, c.sentiment,
  array(select distinct l.topic_id from posts p join post_topics l on l.post_id = p.id
        where p.case_id = c.id and p.case_number is not null and l.fits order by l.topic_id),
  e.published_at, coalesce(e.resolved_at, e.erased_at), e.dismissed_at is not null, whole_seconds(e.answered_at - e.published_at),
  whole_seconds(e.resolved_at - e.published_at), whole_seconds(e.seen_at - e.published_at), whole_seconds(e.triaged_at - e.seen_at),
  (select f.outcome from follow_ups f where f.episode_id = e.id and f.outcome is not null
     and f.days < %(month)s order by f.days limit 1),
  (select f.outcome from follow_ups f where f.episode_id = e.id and f.outcome is not null
     and f.days >= %(month)s order by f.days desc limit 1),
  k.promise, k.next_answer, (select s.csat from surveys s where s.episode_id = e.id), whole_seconds(e.answered_at - e.triaged_at),
  k.first_business, k.next_business, k.ending_business, k.first_calendar, k.ending_calendar, whole_seconds(e.erased_at - e.published_at)
from episodes e join cases c on c.id = e.case_id
cross join lateral (
  select case when bool_or(due_at is not null and (breached_at is not null or stopped_at > due_at)) then 'broken'
              when bool_or(promised and stopped_at is not null)
               and not bool_or(promised and waits) then 'kept' end as promise,
         case when bool_or(kind = 'next' and waits) then -2
              else (max(least(2147483647, wall_seconds))
                    filter (where kind = 'next' and stopped_at is not null and wall_seconds is not null))::integer end as next_answer,
         max(business) filter (where kind = 'first' and stopped_at is not null) as first_business,
         case when bool_or(kind = 'next' and waits and calendar_version_id is not null) then -2
              else max(business) filter (where kind = 'next' and stopped_at is not null) end as next_business,
         max(whole_business) filter (where kind = 'resolution' and stopped_at is not null) as ending_business,
         max(calendar_version_id) filter (where kind = 'first')::integer as first_calendar,
         max(calendar_version_id) filter (where kind = 'resolution')::integer as ending_calendar
  from (
    -- A clock that stands is due at no moment, and yet something was promised. What somebody waited for who was forgotten nobody gave.
    select x.*, x.due_at is not null or case x.kind when 'first' then v.first_minutes when 'next' then v.next_minutes
      else v.resolution_minutes end is not null as promised,
      x.stopped_at is null and (x.voided_at is null or e.erased_at is not null) as waits,
      whole_seconds(make_interval(secs => x.business_seconds)) as business,
      whole_seconds(make_interval(secs => x.whole_business_seconds)) as whole_business
    from clocks x left join sla_policy_versions v on v.id = x.policy_version_id where x.episode_id = e.id) k) k
"""
_OF_CASES: LiteralString = " where c.id = any(%(case_ids)s::bigint[]) "
_KEPT: LiteralString = """
on conflict (episode_id) do update set
  (case_id, number, brand_id, source_id, network, team_id, agent_id, language, mood, topics, published_at, resolved_at, dismissed,
   first_answer, ending, seen, triaged, after_7, after_30, promise, next_answer, csat, handled, first_business, next_business,
   ending_business, first_calendar, ending_calendar, forgotten)
  = (excluded.case_id, excluded.number, excluded.brand_id, excluded.source_id, excluded.network, excluded.team_id, excluded.agent_id,
     excluded.language, excluded.mood, excluded.topics, excluded.published_at, excluded.resolved_at, excluded.dismissed,
     excluded.first_answer, excluded.ending, excluded.seen, excluded.triaged, excluded.after_7, excluded.after_30,
     excluded.promise, excluded.next_answer, excluded.csat, excluded.handled, excluded.first_business, excluded.next_business,
     excluded.ending_business, excluded.first_calendar, excluded.ending_calendar, excluded.forgotten)
where episode_facts is distinct from excluded
"""
_WORDS: LiteralString = """
insert into fact_words (word)
select word from (select distinct unnest(array[network, language]) as word from cases c {}) words
where not exists (select from fact_words w where w.word = words.word)
on conflict do nothing
"""


def alone(conn: Connection, *, wait: bool = False) -> bool:
    """Tell whether we are the only ones to fold until the transaction ends; with `wait`, become it."""
    if wait:
        fetch_values(conn, "select pg_advisory_xact_lock(hashtext('amends.facts'))")
        return True
    return bool(fetch_values(conn, "select pg_try_advisory_xact_lock(hashtext('amends.facts'))")[0])


def take_touched(conn: Connection, *, limit: int) -> list[int]:
    """Take at most `limit` marks off, the oldest first, and return their cases."""
    return fetch_values(
        conn,
        """
        with taken as (
          delete from touched_cases where id in (select id from touched_cases order by id limit %(limit)s) returning case_id
        )
        select distinct case_id from taken order by case_id
        """,
        {"limit": limit},
    )


def recount(conn: Connection, case_ids: list[int]) -> int:
    """Make the facts of these cases what the truth says, and return how many changed."""
    execute(conn, _WORDS.format("where c.id = any(%(case_ids)s::bigint[])"), {"case_ids": case_ids})
    return execute(conn, _FACTS + _OF_CASES + _KEPT, {"case_ids": case_ids, "month": A_MONTH})


def recount_all(conn: Connection) -> int:
    """Throw all facts away and make them anew; return how many there are."""
    for emptied in _EMPTIED:
        execute(conn, emptied)
    execute(conn, _WORDS.format(""))
    return execute(conn, _FACTS, {"month": A_MONTH})


_EMPTIED: tuple[LiteralString, ...] = (
    "delete from touched_cases",
    "delete from episode_facts",
    "delete from fact_slices",
    "delete from slice_packs",
)


def touched(conn: Connection) -> bool:
    """Tell whether a fact may have changed, or a day waits to be packed."""
    return bool(fetch_values(conn, "select exists (select from touched_cases) or exists (select from stale_slices)")[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How much is to be done: marks of cases, and slices."""

    cases: int
    slices: int


def waiting(conn: Connection) -> Waiting:
    """Return how much is to be done."""
    return fetch_one(
        conn,
        Waiting,
        """
        select (select count(*) from touched_cases) as cases,
               (select count(*) from (select distinct axis, begins from stale_slices) stale) as slices
        """,
    )
