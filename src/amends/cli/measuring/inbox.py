"""A desk with many cases for benchmarks, made by the server itself in a few statements."""

from amends.core.database import Connection, execute


def fill_desk(conn: Connection, *, cases: int) -> None:
    """Make `cases` cases of as many customers, two posts each, a verdict a post: a tenth open, the rest long done."""
    execute(conn, "insert into brands (slug, name) values ('air', 'Air'), ('mobile', 'Mobile'), ('shop', 'Shop')")
    execute(
        conn,
        """
        insert into agents (email, name, role, password_hash, created_at)
        select 'agent' || n || '@bench.example', 'Agent ' || n, 'agent', '-', now() from generate_series(1, 20) n
        """,
    )
    execute(
        conn,
        """
        insert into sources (brand_id, network, handle, credentials, created_at)
        select b.id, network, b.slug, '', now() from brands b, (values ('x'), ('reddit')) networks(network)
        """,
    )
    execute(
        conn,
        """
        insert into authors (network, external_id, handle, name, followers)
        select case when n %% 2 = 0 then 'x' else 'reddit' end, n::text, 'handle' || n, 'Somebody ' || n, n %% 5000
        from generate_series(1, %(cases)s) n
        """,
        {"cases": cases},
    )
    execute(conn, "insert into customers (name, created_at) select name, now() from authors order by id")
    execute(
        conn,
        "insert into customer_links (author_id, customer_id, basis, created_at) select id, id, 'handle', now() from authors",
    )
    _fill_cases(conn)
    _fill_posts(conn)
    execute(conn, "analyze")


def _fill_cases(conn: Connection) -> None:
    execute(
        conn,
        """
        insert into cases (brand_id, source_id, network, author_id, customer_id, root_external_id, status, preview, language, sentiment,
          urgency, reasons, needs_look, assignee_id, opened_at, last_post_at, waiting_since, resolved_at, customer_posts)
        select s.brand_id, s.id, a.network, a.id, a.id, a.id::text,
          case a.id %% 10 when 0 then 'open' when 1 then 'waiting' when 2 then 'dismissed' else 'resolved' end,
          (array['my flight was cancelled', 'internet down since morning', 'parcel late again'])[1 + a.id %% 3] || ' ' || a.id,
          (array['en', 'si', 'ta', 'es'])[1 + a.id %% 4], 'negative', a.id %% 100, '{"negative"}', a.id %% 17 = 0,
          case when a.id %% 3 = 0 then 1 + a.id %% 20 end, now() - a.id * interval '1 minute', now() - a.id * interval '1 minute',
          case when a.id %% 10 = 0 then now() - a.id * interval '1 minute' end,
          case when a.id %% 10 > 2 then now() - a.id * interval '30 seconds' end, 2
        from authors a join sources s on s.network = a.network and s.brand_id = 1 + a.id %% 3
        """,
        {},
    )


def _fill_posts(conn: Connection) -> None:
    execute(
        conn,
        """
        insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, triaged_at, permalink, root_id,
          route, route_why, case_id, case_number)
        select c.source_id, c.network, c.id || '-' || n, c.author_id, c.preview || repeat(' and still nobody answers', 4),
          c.opened_at + n * interval '1 minute', c.opened_at + n * interval '1 minute', now(), 'http://127.0.0.1/' || c.id,
          c.root_external_id, case when n = 1 then 'open' else 'append' end, 'a complaint', c.id, n
        from cases c, generate_series(1, 2) n
        """,
    )
    execute(
        conn,
        """
        insert into verdicts (post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency, reasons,
          needs_look, created_at)
        select p.id, 'bench', c.language, 'negative', 0.9, 0.08, 0.02, 0.9, 0.9, c.urgency, c.reasons, c.needs_look, now()
        from posts p join cases c on c.id = p.case_id
        """,
    )
    execute(
        conn,
        """
        insert into events (kind, at, case_id, relayed_at)
        select kind, opened_at, id, opened_at from cases, (values ('case_opened'), ('post_received'), ('case_resolved')) kinds(kind)
        """,
    )
    execute(
        conn,
        """
        insert into episodes (case_id, number, published_at, seen_at, triaged_at)
        select id, 1, opened_at, opened_at, opened_at from cases
        """,
    )
