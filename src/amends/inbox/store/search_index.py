"""SQL of the index that is searched: what has to be read (again), locked where it lies, and its words as they are kept.

The triggers of migration 0026 say what has to be read. Whoever writes a row holds it and its place in the backlog, and is passed over
here; whoever writes while we read waits for us. So words that are withdrawn meanwhile do not come back, and nobody waits in a circle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What is to be searched, with what it is filtered by; empty where it is no more."""

    kind: str
    row_id: int
    case_id: int | None
    at: datetime
    text: str
    language: str
    network: str
    handles: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Indexed:
    """A text as it is kept: `words` is a tsvector."""

    text: Text
    words: str


_NEWEST: LiteralString = " where b.kind = %(kind)s order by b.row_id desc limit %(limit)s for update of b skip locked for share of "
_TEXTS: Mapping[str, LiteralString] = {
    "post": "select 'post' as kind, p.id as row_id, c.id as case_id, p.published_at as at,"
    " case when p.deleted_at is null and (c.id is not null or not p.is_own and p.shared_id is null and p.triaged_at is not null)"
    " then p.text else '' end as text, coalesce(c.language, v.language, '') as language, p.network, array[a.handle] as handles"
    " from search_backlog b join posts p on p.id = b.row_id left join cases c on c.id = p.case_id"
    " left join verdicts v on v.post_id = p.id and p.case_id is null join authors a on a.id = p.author_id" + _NEWEST + "p skip locked",
    "reply": "select 'reply' as kind, r.id as row_id, r.case_id, r.created_at as at, r.text, c.language, c.network,"
    " array[a.handle] as handles from search_backlog b"
    " join replies r on r.id = b.row_id join cases c on c.id = r.case_id join authors a on a.id = c.author_id" + _NEWEST + "r skip locked",
    "note": "select 'note' as kind, n.id as row_id, n.case_id, n.created_at as at, n.text, c.language, c.network,"
    " array[a.handle] as handles from search_backlog b"
    " join notes n on n.id = b.row_id join cases c on c.id = n.case_id join authors a on a.id = c.author_id" + _NEWEST + "n skip locked",
    "customer": "select 'customer' as kind, u.id as row_id, null::bigint as case_id, u.created_at as at,"
    " concat_ws(' ', u.name, (select string_agg(a.name, ' ') from customer_links l join authors a on a.id = l.author_id"
    " where l.customer_id = u.id and a.name <> u.name)) as text, '' as language, '' as network,"
    " array(select a.handle from customer_links l join authors a on a.id = l.author_id where l.customer_id = u.id) as handles"
    " from search_backlog b"
    " join customers u on u.id = b.row_id" + _NEWEST + "u skip locked",
}
KINDS = tuple(_TEXTS)


def claim(conn: Connection, kind: str, *, limit: int) -> list[Text]:
    """Lock and return what waits of a kind, the newest first, and take it off the backlog; what somebody is writing is passed over."""
    found = fetch_all(conn, Text, _TEXTS[kind], {"kind": kind, "limit": limit})
    execute(
        conn,
        "delete from search_backlog where kind = %(kind)s and row_id = any(%(ids)s::bigint[])",
        {"kind": kind, "ids": [text.row_id for text in found]},
    )
    return found


def save(conn: Connection, rows: Sequence[Indexed]) -> None:
    """Keep the words of texts in the place of what was kept of them; a text that is no more is kept no more."""
    facts = [
        {
            "kind": row.text.kind,
            "row_id": row.text.row_id,
            "case_id": row.text.case_id,
            "at": row.text.at.isoformat(),
            "words": row.words,
            "parts": " ".join(row.text.handles).lower() if row.text.kind == "customer" else "",
        }
        for row in rows
    ]
    execute(
        conn,
        """
        with given as (
          select * from jsonb_to_recordset(%(rows)s)
            as r(kind text, row_id bigint, case_id bigint, at timestamptz, words text, parts text)
        ), gone as (
          delete from search_texts t using given g where g.words = '' and t.kind = g.kind and t.row_id = g.row_id
        )
        insert into search_texts (kind, row_id, case_id, at, words, parts)
        select kind, row_id, case_id, at, words::tsvector, parts from given where words <> ''
        on conflict (kind, row_id) do update
          set case_id = excluded.case_id, at = excluded.at, words = excluded.words, parts = excluded.parts
        """,
        {"rows": Jsonb(facts)},
    )


def is_behind(conn: Connection) -> bool:
    """Tell whether something waits to be read."""
    return bool(fetch_values(conn, "select exists (select from search_backlog)")[0])


def bytes_of(conn: Connection) -> int:
    """Return how much room the index takes, with its table."""
    return int(fetch_values(conn, "select pg_total_relation_size('search_texts')")[0])
