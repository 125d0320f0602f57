"""Segments: how many a query finds as one types, over common, rare and odd conditions; and pages of members."""

from collections.abc import Sequence
from itertools import cycle
from typing import LiteralString

from amends.cli.measuring.row import Row, Timed, seconds, slowest, warmed
from amends.cli.running.installation import say
from amends.core.clock import utc_now
from amends.core.database import Connection, connect, execute, fetch_values
from amends.core.errors import Refused
from amends.inbox.actions.segments import asked, previewed
from amends.inbox.rules.asking import Asker
from amends.inbox.store import segment_members

FULL = 100_000
ROUNDS = 60
P95 = 200
WORKLOAD = "customers with tags, attributes, purchases, memberships and facts; each query typed anew letter by letter"
TYPED = (
    "tag:vip",
    "risk:high",
    "risk:high owner:none",
    "mood:negative follow-up:relapsed contact:<30d",
    "attr-tier:Gold open:>=1",
    "purchases:>=2 amount:>=400 bought:<90d",
    "birthday:<7d -is:do-not-contact",
    'organisation:"Union 7" role:board',
    "signal:renewal-soon renews:<30d",
    "lang:ta OR (lang:si since:>=2026-01-01)",
    "tag:rare-7",
    "tag:nobody-has-this",
    "attr-visits:>=97 tag:press open:>=2 risk:high",
    "loyalty:ZZ99",
)
_FILL: Sequence[LiteralString] = (
    """
    insert into attributes (key, name, kind, choices, created_at)
    values ('tier', 'Tier', 'choice', '{Gold,Silver}', now()), ('visits', 'Visits', 'number', '{}', now())
    """,
    """
    insert into customers (name, created_at, tags, languages, loyalty_number, attributes)
    select 'Customer ' || n, now() - n %% 900 * interval '1 day',
      array_remove(array[case when n %% 20 = 0 then 'vip' end, case when n %% 33 = 0 then 'press' end,
                         case when n %% 50000 = 7 then 'rare-' || n %% 10 end], null),
      array[(array['en', 'ta', 'si', 'es'])[1 + n %% 4]], case when n %% 3 = 0 then 'LA' || n else '' end,
      jsonb_build_object('tier', case when n %% 9 = 0 then 'Gold' else 'Silver' end, 'visits', n * 7919 %% 100)
    from generate_series(1, %(n)s) n
    """,
    """
    insert into customer_facts
      (customer_id, cases, open_cases, last_case_at, last_contact_at, mood, relapses, outcome, signals, risk, counted_at)
    select id, id %% 7, case when id %% 11 = 0 then 1 + id %% 3 else 0 end, now() - id %% 400 * interval '1 day',
      now() - id %% 300 * interval '1 day', (array['negative', 'neutral', 'positive'])[1 + id %% 3],
      case when id %% 40 = 0 then 1 else 0 end,
      case when id %% 40 = 0 then 'relapsed' else '' end, case when id %% 25 = 0 then '{renewal-soon}'::text[] else '{}' end,
      case when id %% 90 = 0 then 'high' when id %% 10 = 0 then 'some' else 'none' end, now()
    from customers on conflict do nothing
    """,
    """
    insert into purchases (customer_id, kind, name, amount, bought_at, renews_on, created_at)
    select id, 'subscription', 'Fibre ' || id %% 5 * 100, id %% 500, now() - id %% 700 * interval '1 day',
      current_date + (id %% 400)::int, now()
    from customers where id %% 2 = 0
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
    "truncate customer_facts_backlog",
    "truncate search_backlog",
)


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return what counting as one types costs at `full` customers."""
    _fill(url, full)
    with connect(url) as conn:
        rows = [_p95(f"size as one types: {text}, p95", _typing(conn, text)) for text in TYPED]
        letters = cycle(text[:length] for text in TYPED for length in range(len(text) - 4, len(text) + 1))
        every = _p95("size as one types, letter by letter, p95", lambda: _shown(conn, next(letters)), rounds=len(TYPED) * 5)
        pages = [
            slowest(f"page of members: {text}, p99", work=warmed(_page(conn, text), times=2), rounds=10, at_most=300) for text in TYPED[:4]
        ]
    return [every, *rows, *pages]


def _fill(url: str, customers: int) -> None:
    with connect(url) as conn:
        if fetch_values(conn, "select exists (select from customers)")[0]:
            return
        say(f"making {customers:,} customers")
        for statement in _FILL:
            execute(conn, statement, {"n": customers} if "%(n)s" in statement else {})
    with connect(url, autocommit=True) as conn:
        execute(conn, "vacuum analyze")


def _p95(operation: str, work: Timed, *, rounds: int = ROUNDS) -> Row:
    warmed(work, times=3)
    found = sorted(seconds(work) * 1000 for _ in range(rounds))[rounds * 95 // 100]
    ratio = round(found / P95, 2)
    return Row(operation=operation, product=round(found, 3), floor=P95, unit="ms", ratio=ratio, goal=f"<= {P95} ms", met=found <= P95)


def _typing(conn: Connection, text: str) -> Timed:
    return lambda: _shown(conn, text)


def _shown(conn: Connection, text: str) -> object:
    """Ask as the page does; what is half typed is refused, which takes its time too."""
    try:
        with conn.transaction():
            return previewed(conn, text, Asker(agent_id=1, now=utc_now()))
    except Refused:
        return None


def _page(conn: Connection, text: str) -> Timed:
    def fetch() -> object:
        with conn.transaction():
            return segment_members.page(conn, asked(conn, text, Asker(agent_id=1, now=utc_now())))

    return fetch
