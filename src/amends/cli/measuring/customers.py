"""Customers with handles and a history for benchmarks, made by the server itself; the first of them has posted for years.

A customer has three handles and twenty entries: ten posts, three cases, two replies, a note, a purchase, a consent and two changes;
besides these what segments ask of: attributes, tags, facts, days, memberships; and keys by which the same person is found elsewhere.
"""

from typing import LiteralString

from amends.core.database import Connection, execute

HANDLES = 3
POSTS = 10
HEAVY = 1
"""The customer with `HEAVY_POSTS` posts in `HEAVY_CASES` cases."""

HEAVY_POSTS, HEAVY_CASES = 50_000, 2_000


def fill_customers(conn: Connection, *, customers: int) -> None:
    """Make `customers` customers with all that belongs to them; what triggers would add to other tables is left out.

    Indexes that keep nothing unique are made afterwards, each over all rows at once, which costs less the more there are.
    """
    execute(conn, "set local session_replication_role = replica")
    execute(conn, "set local synchronous_commit = off")
    execute(conn, "set local maintenance_work_mem = '512MB'")
    params = {"customers": customers, "handles": HANDLES, "posts": POSTS, "heavy_posts": HEAVY_POSTS, "heavy_cases": HEAVY_CASES}
    execute(conn, _INDEXES_AWAY)
    for statement in (*_DESK, *_PEOPLE, *_HISTORY, *_GROUPS, *_HEAVY):
        execute(conn, statement, params)
    execute(conn, _INDEXES_BACK)


_INDEXES_AWAY: LiteralString = """
do $$
declare
  one record;
begin
  create temp table away on commit drop as
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class t on t.oid = i.indrelid
    where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and not t.relispartition
      and not i.indisunique and not i.indisexclusion;
  for one in select name from away loop
    execute 'drop index ' || one.name;
  end loop;
end $$
"""
_INDEXES_BACK: LiteralString = """
do $$
declare
  one record;
begin
  for one in select definition from away order by name loop
    execute one.definition;
  end loop;
end $$
"""
_DESK: tuple[LiteralString, ...] = (
    "insert into brands (slug, name) values ('air', 'Air')",
    """
    insert into agents (email, name, role, password_hash, created_at)
    select 'agent' || n || '@bench.example', 'Agent ' || n, 'agent', '-', now() from generate_series(1, 20) n
    """,
    """
    insert into sources (brand_id, network, handle, credentials, created_at)
    select 1, network, 'air', '', now() from (values ('x'), ('reddit'), ('mastodon')) networks(network)
    """,
)
_PEOPLE: tuple[LiteralString, ...] = (
    """
    insert into customers (name, created_at, loyalty_number, tags, owner_id, languages, attributes, changed_at, version)
    select (array['Nila', 'Kamal', 'Abeba', 'Gurpreet', 'Kavya', 'José', 'Amina'])[1 + n %% 7] || ' '
           || (array['Perera', 'Selvam', 'Bekele', 'Singh', 'Gowda', 'Nuñez'])[1 + n / 7 %% 6] || ' ' || n,
           now() - n * interval '1 minute', case when n %% 3 = 0 then 'LA' || n else '' end,
           array_remove(array[case when n %% 20 = 0 then 'vip' end, case when n %% 33 = 0 then 'press' end,
                              case when n %% 50000 = 7 then 'rare-' || n %% 10 end], null),
           case when n %% 5 = 0 then 1 + n %% 20 end, array[(array['en', 'ta', 'si', 'es'])[1 + n %% 4]],
           jsonb_build_object('tier', case when n %% 9 = 0 then 'Gold' else 'Silver' end, 'visits', n %% 100 * 7919 %% 100), now(), 2
    from generate_series(1, %(customers)s) n
    """,
    """
    insert into authors (network, external_id, handle, name, followers)
    select (array['x', 'reddit', 'mastodon'])[h], n || '-' || h, 'p' || md5(n || '-' || h), 'Nila Perera ' || n, n %% 5000
    from generate_series(1, %(customers)s) n, generate_series(1, %(handles)s) h order by n, h
    """,
    """
    insert into customer_links (author_id, customer_id, basis, created_at)
    select id, 1 + (id - 1) / %(handles)s, 'handle', now() from authors
    """,
    """
    insert into contact_ways (customer_id, kind, value, normal, created_at)
    select id, 'email', 'p' || id || '@people.example', 'p' || id || '@people.example', now() from customers
    """,
)
_HISTORY: tuple[LiteralString, ...] = (
    # Account a has case a; its posts stand together, so that the number of each is known without looking it up.
    """
    insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
      urgency, opened_at, last_post_at, resolved_at, customer_posts, unread)
    select 1, 1 + (a - 1) %% %(handles)s, (array['x', 'reddit', 'mastodon'])[1 + (a - 1) %% %(handles)s], a,
      1 + (a - 1) / %(handles)s, a::text,
      case when a %% 8 = 0 then 'open' else 'resolved' end, 'my flight was cancelled ' || a, 'en',
      (array['negative', 'neutral', 'positive'])[1 + a %% 3], a %% 100, now() - a * interval '20 seconds',
      now() - a * interval '20 seconds',
      case when a %% 8 <> 0 then now() end, 3, false
    from generate_series(1, %(customers)s::int * %(handles)s) a
    """,
    """
    insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id, route,
      case_id)
    select 1 + (a - 1) %% %(handles)s, (array['x', 'reddit', 'mastodon'])[1 + (a - 1) %% %(handles)s], a || '-' || n, a,
      'my bag is still not here, message ' || n, now() - a * interval '20 seconds' + n * interval '1 minute', now(), now(),
      'https://x.example/1', a::text, 'append', a
    from generate_series(1, %(customers)s::int * %(handles)s) a,
      generate_series(1, %(posts)s / %(handles)s + case when a %% %(handles)s = 0 then %(posts)s %% %(handles)s else 0 end) n
    """,
    """
    insert into replies (case_id, post_id, agent_id, text, episode, answers, key, state, created_at, next_at, sent_at, author_id)
    select a, 1 + (a - 1) / %(handles)s * %(posts)s + (a - 1) %% %(handles)s * (%(posts)s / %(handles)s), 1 + a %% 20,
      'We are on it.', 1, 3,
      gen_random_uuid(), 'sent', now() - a * interval '20 seconds' + interval '1 hour', now(), now(), a
    from generate_series(1, %(customers)s::int * %(handles)s) a where a %% %(handles)s <> 0
    """,
    """
    insert into customer_notes (customer_id, kind, text, agent_id, at, created_at)
    select id, 'call', 'Rang about the refund', 1, created_at + interval '2 hours', now() from customers
    """,
    """
    insert into purchases (customer_id, kind, name, order_number, amount, currency, bought_at, renews_on, created_at)
    select id, case when id %% 2 = 0 then 'subscription' else 'purchase' end, 'Fibre ' || id %% 5 * 100, 'LK-' || id, id %% 500, 'EUR',
      now() - id %% 700 * interval '1 day', case when id %% 2 = 0 then current_date + (id %% 400)::int end, now() from customers
    """,
    """
    insert into consents (customer_id, purpose, given, basis, agent_id, at)
    select id, 'survey', id %% 4 > 0, 'said so in the form', 1, created_at from customers
    """,
    """
    insert into customer_changes (customer_id, field, was, became, origin, agent_id, at)
    select id, 'tags', '[]', '["vip"]', 'agent', 1, created_at + n * interval '1 hour' from customers, generate_series(1, 2) n
    """,
)
_GROUPS: tuple[LiteralString, ...] = (
    """
    insert into attributes (key, name, kind, choices, created_at)
    values ('tier', 'Tier', 'choice', '{Gold,Silver}', now()), ('visits', 'Visits', 'number', '{}', now())
    """,
    """
    insert into customer_facts
      (customer_id, cases, open_cases, last_case_at, last_contact_at, mood, relapses, outcome, signals, risk, counted_at)
    select id, id %% 7, case when id %% 11 = 0 then 1 + id %% 3 else 0 end, now() - id %% 400 * interval '1 day',
      now() - id %% 300 * interval '1 day', (array['negative', 'neutral', 'positive'])[1 + id %% 3],
      case when id %% 40 = 0 then 1 else 0 end,
      case when id %% 40 = 0 then 'relapsed' else '' end, case when id %% 25 = 0 then '{renewal-soon}'::text[] else '{}' end,
      case when id %% 90 = 0 then 'high' when id %% 10 = 0 then 'some' else 'none' end, now()
    from customers
    """,
    """
    insert into important_dates (customer_id, kind, month, day, created_at)
    select id, 'birthday', 1 + id %% 12, 1 + id %% 28, now() from customers where id %% 4 = 0
    """,
    "insert into organisations (name, kind, created_at) select 'Union ' || n, 'association', now() from generate_series(1, 1000) n",
    """
    insert into memberships (organisation_id, customer_id, role, since, created_at)
    select (select min(id) from organisations) + id %% 1000, id, case when id %% 13 = 0 then 'Board' else 'Member' end, '2020-01-01', now()
    from customers where id %% 3 = 0
    """,
    """
    insert into identity_keys (key, author_id)
    select key, id from authors, lateral (values ('h:' || handle), ('n:nl pr' || id %% 5000)) keys(key) order by key, id
    """,
)
_HEAVY: tuple[LiteralString, ...] = (
    """
    insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
      urgency, opened_at, last_post_at, resolved_at, customer_posts, unread)
    select 1, 1, 'x', 1, 1, 'heavy' || n, case when n < 20 then 'open' else 'resolved' end, 'again ' || n, 'en', 'negative', 50,
      now() - n * interval '1 hour', now() - n * interval '1 hour', case when n >= 20 then now() end, 3, false
    from generate_series(1, %(heavy_cases)s) n
    """,
    """
    insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id, route)
    select 1, 'x', 'heavy-' || n, 1, 'and another thing, number ' || n, now() - n * interval '3 minutes', now(), now(), 'https://x.example/1',
      'heavy', 'context' from generate_series(1, %(heavy_posts)s) n
    """,
    """
    insert into verdicts (post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency, reasons,
      needs_look, created_at)
    select id, 'bench', 'en', (array['negative', 'neutral', 'positive'])[1 + id %% 3], 0.5, 0.3, 0.2, 0.5, 0.9, 40, '{}', false, now()
    from generate_series(1, (select max(id) from posts)) id
    """,
)
