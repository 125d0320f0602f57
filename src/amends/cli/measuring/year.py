"""A desk's year for the bench of the dashboard: cases, episodes, follow-ups and events, spread evenly over the last 365 days.

Of a hundred episodes ninety-one have an answer, ninety are resolved, eight are of a case opened before, three were put aside.
"""

from typing import LiteralString

from amends.core.database import Connection, execute


def fill_year(conn: Connection, *, cases: int) -> None:
    """Make `cases` cases with one episode each, their follow-ups and their events, and the same events as a peer keeps them."""
    execute(conn, "set local synchronous_commit = off")
    execute(conn, "set local maintenance_work_mem = '512MB'")
    for statement in (*_PEOPLE, _CASES, _EPISODES, _FOLLOW_UPS, _EVENTS, *_PEER):
        execute(conn, statement, {"cases": cases})


_PEOPLE: tuple[LiteralString, ...] = (
    "insert into brands (slug, name) values ('air', 'Air'), ('mobile', 'Mobile'), ('shop', 'Shop')",
    """
    insert into agents (email, name, role, password_hash, created_at)
    select 'agent' || n || '@bench.example', 'Agent ' || n, 'agent', '-', now() from generate_series(1, 50) n
    """,
    """
    insert into sources (brand_id, network, handle, credentials, created_at)
    select b.id, network, b.slug, '', now() from brands b, (values ('x'), ('reddit'), ('mastodon'), ('bluesky')) networks(network)
    """,
    "insert into teams (name, created_at) select 'Team ' || n, now() from generate_series(1, 8) n",
    "insert into authors (network, external_id, handle) select 'x', n::text, 'handle' || n from generate_series(1, 1000) n",
    "insert into customers (name, created_at) select handle, now() from authors order by id",
)
# A multiplier scatters what would else go hand in hand with the id, and so with time.
_CASES: LiteralString = """
insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
  urgency, assignee_id, team_id, episode, opened_at, last_post_at, resolved_at, customer_posts)
select s.brand_id, s.id, s.network, 1 + n %% 1000, 1 + n %% 1000, n::text,
  case when h %% 100 < 3 then 'dismissed' when h %% 100 < 10 then 'open' else 'resolved' end, 'parcel late again',
  (array['en', 'si', 'ta', 'es', 'en', 'en', 'kn', 'am'])[1 + h / 7 %% 8],
  (array['negative', 'negative', 'neutral', 'positive'])[1 + h / 3 %% 4],
  h / 100 %% 100, case when h %% 3 > 0 then 1 + h / 11 %% 50 end, case when h %% 5 > 0 then 1 + h / 13 %% 8 end,
  case when h %% 100 > 91 then 2 else 1 end, at, at, case when h %% 100 >= 10 then at + (h %% 500000) * interval '1 second' end, 2
from (select n, n::bigint * 7919 %% 1000003 as h, now() - (%(cases)s - n) * (interval '365 days' / %(cases)s) as at
      from generate_series(1, %(cases)s) n) made
join sources s on s.id = 1 + h %% 12
"""
_EPISODES: LiteralString = """
insert into episodes (case_id, number, published_at, seen_at, triaged_at, answered_at, resolved_at, dismissed_at)
select c.id, c.episode, c.opened_at, c.opened_at + h %% 60 * interval '1 second', c.opened_at + (h %% 60 + h %% 7) * interval '1 second',
  case when h %% 100 < 91 then c.opened_at + (h * h %% 90001) * interval '1 second' end, c.resolved_at,
  case when c.status = 'dismissed' then c.opened_at end
from (select *, id * 104729 %% 1000003 as h from cases) c
"""
_FOLLOW_UPS: LiteralString = """
insert into follow_ups (case_id, episode_id, days, planned_at, due_at, concluded_at, outcome)
select case_id, id, 7, resolved_at, resolved_at + interval '7 days', resolved_at + interval '7 days',
  (array['held', 'held', 'relapsed', 'silent', 'unknown'])[1 + id * 31 %% 5]
from episodes where resolved_at < now() - interval '7 days'
"""
_EVENTS: LiteralString = """
insert into events (kind, at, case_id, agent_id, source_id, relayed_at)
select kind, at, c.id, c.assignee_id, c.source_id, at
from cases c join episodes e on e.case_id = c.id
cross join lateral (values ('post_received', e.seen_at), ('case_opened', e.triaged_at), ('reply_sent', e.answered_at),
  ('case_resolved', e.resolved_at)) happened(kind, at)
where at is not null
"""
_PEER: tuple[LiteralString, ...] = (
    """
    create table peer_events (id bigint generated always as identity primary key, account_id bigint not null, name text not null,
      value float8 not null, source_id bigint, agent_id bigint, case_id bigint, created_at timestamptz not null)
    """,
    """
    insert into peer_events (account_id, name, value, source_id, agent_id, case_id, created_at)
    select 1, name, extract(epoch from at - e.published_at), c.source_id, c.assignee_id, c.id, at
    from cases c join episodes e on e.case_id = c.id
    cross join lateral (values ('incoming_message', e.published_at), ('outgoing_message', e.answered_at), ('first_response', e.answered_at),
      ('reply_time', e.answered_at), ('conversation_resolved', e.resolved_at)) happened(name, at)
    where at is not null
    """,
    "create index peer_events_account on peer_events (account_id, name, created_at)",
    "create index peer_events_source on peer_events (source_id)",
    "create index peer_events_agent on peer_events (agent_id)",
    "create index peer_cases on cases (opened_at)",
)
