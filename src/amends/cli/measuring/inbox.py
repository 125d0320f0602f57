"""A desk with many cases for benchmarks, made by the server itself in a few statements.

Of a hundred cases twelve are open, six wait, one is snoozed, ten were put aside, the rest is resolved; twelve sources, fifty agents.
"""

from typing import LiteralString

from amends.core.database import Connection, execute
from amends.inbox.store import counts

POSTS_A_CASE = 5
VAST = 2_000_000
"""From so many cases on each has one post: a machine to develop on has no room for more."""
AT_A_TIME = 250_000
"""Cases that one statement makes: what its triggers keep until it ends has to fit in memory and on a disk."""
MESSAGES = 20
"""How many messages the open case that `bench detail` looks at has: the one with the highest id."""


def fill_desk(conn: Connection, *, cases: int) -> None:
    """Make `cases` cases of as many customers, `POSTS_A_CASE` posts each (one on a `VAST` desk), a verdict a post."""
    posts = POSTS_A_CASE if cases < VAST else 1
    execute(conn, "set local synchronous_commit = off")
    execute(conn, "set local maintenance_work_mem = '512MB'")
    _fill_desks(conn)
    for first in range(1, cases + 1, AT_A_TIME):
        span = {"first": first, "last": min(first + AT_A_TIME - 1, cases), "posts": posts}
        for statement in (_AUTHORS, _CUSTOMERS, _LINKS, _CASES, _POSTS, _VERDICTS, _TOPICS, _EVENTS, _EPISODES, _FOLLOW_UPS, _NO_CLOCKS):
            execute(conn, statement, span)
    execute(conn, _LONG_TALK, {"posts": posts, "messages": MESSAGES})
    counts.fold(conn)


def settle(conn: Connection) -> None:
    """Let the planner know what there is, as a desk that has run for a while does; outside a transaction."""
    execute(conn, "vacuum analyze")


def _fill_desks(conn: Connection) -> None:
    execute(conn, "insert into brands (slug, name) values ('air', 'Air'), ('mobile', 'Mobile'), ('shop', 'Shop')")
    execute(
        conn,
        """
        insert into agents (email, name, role, password_hash, created_at)
        select 'agent' || n || '@bench.example', 'Agent ' || n, 'agent', '-', now() from generate_series(1, 50) n
        """,
    )
    execute(
        conn,
        """
        insert into sources (brand_id, network, handle, credentials, created_at)
        select b.id, network, b.slug, '', now() from brands b, (values ('x'), ('reddit'), ('mastodon'), ('bluesky')) networks(network)
        """,
    )
    execute(conn, "insert into topics (name, created_at) select 'Topic ' || n, now() from generate_series(1, 20) n")


_AUTHORS: LiteralString = """
insert into authors (network, external_id, handle, name, followers)
select (array['x', 'reddit', 'mastodon', 'bluesky'])[1 + n %% 4], n::text, 'handle' || n, 'Somebody ' || n, n %% 5000
from generate_series(%(first)s, %(last)s) n
"""
_CUSTOMERS: LiteralString = """
insert into customers (name, created_at) select name, now() from authors where id between %(first)s and %(last)s order by id
"""
_LINKS: LiteralString = """
insert into customer_links (author_id, customer_id, basis, created_at)
select id, id, 'handle', now() from authors where id between %(first)s and %(last)s
"""
# A multiplier scatters what would else go hand in hand with the id, and so with time.
_CASES: LiteralString = """
insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
  urgency, reasons, needs_look, assignee_id, opened_at, last_post_at, waiting_since, due_at, resolved_at, customer_posts, unread)
select s.brand_id, s.id, a.network, a.id, a.id, a.id::text, d.status,
  (array['my flight was cancelled', 'internet down since morning', 'parcel late again'])[1 + h %% 3] || ' ' || a.id,
  (array['en', 'si', 'ta', 'es', 'en', 'en', 'kn', 'am'])[1 + h / 7 %% 8],
  (array['negative', 'negative', 'neutral', 'positive'])[1 + h / 3 %% 4],
  h / 100 %% 100, case when h %% 50 = 0 then array['negative', 'legal threat'] else array['negative'] end, h %% 17 = 0,
  case when h %% 3 = 0 then 1 + h / 11 %% 50 end, d.at, d.at, case when d.status = 'open' then d.at end,
  case when d.status = 'open' then d.at + interval '4 hours' end,
  case when d.status = 'resolved' then d.at + interval '1 hour' end, %(posts)s, d.status = 'open' and h %% 2 = 0
from (select *, (id * 7919) %% 1000003 as h from authors where id between %(first)s and %(last)s) a
join sources s on s.network = a.network and s.brand_id = 1 + a.h %% 3
cross join lateral (select now() - a.id * interval '20 seconds' as at,
  case when h %% 100 < 12 then 'open' when h %% 100 < 18 then 'waiting' when h %% 100 < 19 then 'snoozed'
    when h %% 100 < 29 then 'dismissed' else 'resolved' end as status) d
"""
_POST_COLUMNS: LiteralString = """
insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id, parent_id,
  route, route_why, case_id, case_number)
select c.source_id, c.network, c.id || '-' || n, c.author_id, c.preview || repeat(' and still nobody answers', 4),
  c.opened_at + n * interval '1 minute', c.opened_at + n * interval '1 minute', now(), 'http://127.0.0.1/' || c.id,
  c.root_external_id, case when n > 1 then c.id || '-' || n - 1 end, case when n = 1 then 'open' else 'append' end, 'a complaint', c.id, n
"""
_POSTS: LiteralString = _POST_COLUMNS + "from cases c, generate_series(1, %(posts)s) n where c.id between %(first)s and %(last)s"
_TALKER: LiteralString = "from (select * from cases where status = 'open' order by id desc limit 1) c, "
_LONG_TALK: LiteralString = _POST_COLUMNS + _TALKER + "generate_series(%(posts)s + 1, %(messages)s) n"
_VERDICTS: LiteralString = """
insert into verdicts (post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency, reasons,
  needs_look, created_at)
select p.id, 'bench', c.language, c.sentiment, 0.9, 0.08, 0.02, 0.9, 0.9, c.urgency, c.reasons, c.needs_look, now()
from posts p join cases c on c.id = p.case_id where c.id between %(first)s and %(last)s
"""
_TOPICS: LiteralString = """
insert into post_topics (post_id, topic_id, score, published_at)
select id, 1 + case_id * 31 %% 20, 1, published_at from posts
where case_number = 1 and case_id %% 2 = 0 and case_id between %(first)s and %(last)s
"""
_EVENTS: LiteralString = """
insert into events (kind, at, case_id, relayed_at)
select kind, opened_at, id, opened_at from cases, (values ('case_opened'), ('post_received'), ('case_resolved')) kinds(kind)
where id between %(first)s and %(last)s
"""
_EPISODES: LiteralString = """
insert into episodes (case_id, number, published_at, seen_at, triaged_at) select id, 1, opened_at, opened_at, opened_at from cases
where id between %(first)s and %(last)s
"""
_NO_CLOCKS: LiteralString = "truncate clock_queue"
_FOLLOW_UPS: LiteralString = """
insert into follow_ups (case_id, episode_id, days, planned_at, due_at, concluded_at, outcome)
select c.id, e.id, 7, c.resolved_at, c.resolved_at + interval '7 days', case when c.resolved_at < now() - interval '7 days' then now() end,
  case when c.resolved_at < now() - interval '7 days' then 'silent' end
from cases c join episodes e on e.case_id = c.id where c.status = 'resolved' and c.id between %(first)s and %(last)s
"""
