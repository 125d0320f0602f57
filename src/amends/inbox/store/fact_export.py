"""SQL of the raw facts as they leave the house: one row an episode, by keyset, no words and no names of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Query
from amends.inbox.rules.spans import Period
from amends.inbox.store.fact_rows import PATIENCE
from amends.inbox.store.matching import carefully
from amends.inbox.store.query_sql import condition


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One episode; lengths are whole seconds."""

    episode_id: int
    case_id: int
    number: int
    network: str
    brand: str
    source: str
    team: str
    language: str
    mood: str
    topics: Sequence[str]
    published_at: datetime
    resolved_at: datetime | None
    first_answer: int | None
    next_answer: int | None
    ending: int | None
    seen: int
    triaged: int
    promise: str
    after_7: str
    after_30: str
    csat: int | None
    handled: int | None
    first_business: int | None
    next_business: int | None
    ending_business: int | None


_FACTS: LiteralString = """
select f.episode_id, f.case_id, f.number, f.network, b.slug as brand, s.handle as source, coalesce(t.name, '') as team, f.language, f.mood,
  array(select name from topics where id = any(f.topics) order by name) as topics, f.published_at,
  case when f.ending is not null then f.resolved_at end as resolved_at,
  f.first_answer, nullif(f.next_answer, -2) as next_answer, f.ending, f.seen, f.triaged, coalesce(f.promise, '') as promise,
  coalesce(f.after_7, '') as after_7, coalesce(f.after_30, '') as after_30, f.csat,
  f.handled, f.first_business, nullif(f.next_business, -2) as next_business, f.ending_business
from (select f.* from episode_facts f join cases c on c.id = f.case_id
  where f.published_at >= %(since)s and f.published_at < %(until)s and not f.dismissed and
"""
_NAMED: LiteralString = """
  order by f.published_at, f.episode_id limit %(limit)s) f
join brands b on b.id = f.brand_id join sources s on s.id = f.source_id left join teams t on t.id = f.team_id
order by f.published_at, f.episode_id
"""


def page(conn: Connection, period: Period, query: Query, asker: Asker, *, after: Fact | None, limit: int) -> list[Fact]:
    """Return at most `limit` facts of episodes begun in the span, the oldest first, behind the fact `after`."""
    asked = condition(conn, query, asker)
    further: LiteralString = "" if after is None else " and (f.published_at, f.episode_id) > (%(after_at)s, %(after_id)s)"
    place = {"after_at": after.published_at, "after_id": after.episode_id} if after else {}
    given = asked.params | place | {"since": period.since, "until": period.until, "limit": limit}
    with carefully(conn, milliseconds=PATIENCE):
        return fetch_all(conn, Fact, _FACTS + " " + asked.whole + further + _NAMED, given)
