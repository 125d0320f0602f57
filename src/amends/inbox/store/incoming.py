"""SQL of ingest: what we have is looked up, and only what is new is streamed in, a batch in a few statements.

One source is stored to by one connection at a time (`lock_source`), so nothing can become known between the look and the COPY. Rows
are always locked in the order of their keys, so that two batches at once wait for each other rather than in a circle. Lateral queries
with `offset 0` keep the planner from reading a whole table for a batch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, copy_rows, execute, fetch_all, fetch_values
from amends.core.post import Author
from amends.inbox.rules.changes import Stored
from amends.inbox.rules.ids import AuthorId, CaseId, PostId, SourceId
from amends.inbox.rules.ways import Way

POST_TYPES = (
    *("int8", "int8", "text", "text", "int8", "text", "text", "text", "timestamptz", "timestamptz", "timestamptz", "text", "text", "text"),
    *("text", "text", "text[]", "jsonb", "jsonb", "text", "bool", "bool", "text", "int8[]"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """A stored post that a batch changed."""

    id: PostId
    external_id: str
    case_id: CaseId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _KnownAuthor:
    id: AuthorId
    external_id: str


def lock_source(conn: Connection, *, source_id: SourceId) -> None:
    """Wait until nobody else stores posts of this source."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('ingest', %(source_id)s))", {"source_id": source_id})


def note_newest(conn: Connection, *, source_id: SourceId, published_at: datetime, seen_at: datetime) -> None:
    """Keep with the source what its newest post is."""
    execute(
        conn,
        "update sources set newest_published_at = %(published_at)s, newest_seen_at = %(seen_at)s where id = %(source_id)s",
        {"source_id": source_id, "published_at": published_at, "seen_at": seen_at},
    )


def find(conn: Connection, *, source_id: SourceId, external_ids: Sequence[str]) -> list[Stored]:
    """Return those of the posts that we have, with their authors."""
    return fetch_all(
        conn,
        Stored,
        """
        select p.id, p.external_id, p.text, p.edited_at, p.edit_undated, p.deleted_at is not null as is_deleted, p.beside,
          p.metrics, p.visibility, p.can_reply, p.why_no_reply, p.seen_by, a.external_id as author_external_id, a.handle, a.name,
          a.followers, a.verified, a.avatar_url
        from unnest(%(external_ids)s::text[]) given(external_id)
        cross join lateral (
          select * from posts p where p.source_id = %(source_id)s and p.external_id = given.external_id offset 0
        ) p
        cross join lateral (select * from authors a where a.id = p.author_id offset 0) a
        """,
        {"source_id": source_id, "external_ids": list(external_ids)},
    )


def find_ours(conn: Connection, *, source_id: SourceId, external_ids: Sequence[str]) -> set[str]:
    """Return those of the posts that are replies which we published."""
    found = fetch_values(
        conn,
        """
        select r.external_id from replies r join cases c on c.id = r.case_id
        where r.external_id = any(%(external_ids)s) and c.source_id = %(source_id)s
        union
        select t.external_id from reply_parts t join replies r on r.id = t.reply_id join cases c on c.id = r.case_id
        where t.external_id = any(%(external_ids)s) and c.source_id = %(source_id)s
        """,
        {"source_id": source_id, "external_ids": list(external_ids)},
    )
    return set(found)


def save_authors(conn: Connection, *, network: str, authors: Sequence[Author]) -> dict[str, AuthorId]:
    """Store the authors who are new and how the others are called now, and return all of them by external id.

    The author `deleted` stands for everybody who left and keeps the first name it was met under.
    """
    found = fetch_all(
        conn,
        _KnownAuthor,
        """
        with given as materialized (
          select g.*, a.id,
            (a.handle, a.name, a.followers, a.verified, a.avatar_url)
              is distinct from (g.handle, g.name, coalesce(g.followers, a.followers), g.verified, g.avatar_url) as differs
          from jsonb_to_recordset(%(authors)s)
            as g(external_id text, handle text, name text, followers integer, verified boolean, avatar_url text)
          left join lateral (
            select * from authors a where a.network = %(network)s and a.external_id = g.external_id offset 0
          ) a on true
        ), locked as (
          select a.id from authors a
          where a.id in (select id from given where id is not null and differs and external_id <> 'deleted')
          order by a.id for no key update
        ), changed as (
          update authors a
          set handle = g.handle, name = g.name, followers = coalesce(g.followers, a.followers), verified = g.verified,
            avatar_url = g.avatar_url
          from locked join given g on g.id = locked.id where a.id = locked.id
        ), made as (
          insert into authors (network, external_id, handle, name, followers, verified, avatar_url)
          select %(network)s, external_id, handle, name, followers, verified, avatar_url from given where id is null
          order by external_id
          on conflict (network, external_id) do update set handle = excluded.handle
          returning id, external_id
        )
        select id, external_id from given where id is not null union all select id, external_id from made
        """,
        {"network": network, "authors": Jsonb([_facts(author) for author in authors])},
    )
    return {author.external_id: author.id for author in found}


def _facts(author: Author) -> dict[str, str | int | bool | None]:
    return {
        "external_id": author.external_id,
        "handle": author.handle,
        "name": author.name,
        "followers": author.followers,
        "verified": author.verified,
        "avatar_url": author.avatar_url,
    }


def next_ids(conn: Connection, *, number: int) -> list[PostId]:
    """Return so many unused post ids, ascending."""
    return fetch_values(conn, "select nextval('posts_id_seq') from generate_series(1, %(number)s)", {"number": number})


def copy_posts(conn: Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Store new posts (columns as in the statement, types as in `POST_TYPES`)."""
    copy_rows(
        conn,
        """
        copy posts (id, source_id, network, external_id, author_id, text, language_hint, region, published_at, edited_at, seen_at,
          permalink, root_id, parent_id, quoted_id, shared_id, mentions, media, metrics, visibility, is_own, can_reply, why_no_reply,
          seen_by)
        from stdin (format binary)
        """,
        POST_TYPES,
        rows,
    )


def add_way(conn: Connection, *, post_ids: Sequence[PostId], way: Way) -> None:
    """Remember that these posts were also met on this way."""
    if post_ids:
        execute(
            conn,
            """
            with locked as (select id from posts where id = any(%(ids)s) and deleted_at is null order by id for no key update)
            update posts p set seen_by = p.seen_by || %(way)s::bigint from locked where p.id = locked.id
            """,
            {"ids": list(post_ids), "way": way},
        )


def set_beside(conn: Connection, *, post_ids: Sequence[PostId], now: datetime) -> None:
    """Keep new posts from becoming work: they only show what a case is about."""
    execute(
        conn,
        """
        update posts set beside = true, triaged_at = %(now)s, route = 'context', route_why = 'looked_up'
        where id = any(%(ids)s)
        """,
        {"ids": list(post_ids), "now": now},
    )


def make_work(conn: Connection, *, post_ids: Sequence[PostId], now: datetime) -> None:
    """Let posts that stood beside a case be triaged, seen from now on."""
    execute(
        conn,
        """
        with locked as (select id from posts where id = any(%(ids)s) and beside order by id for no key update)
        update posts p set beside = false, seen_at = %(now)s, triaged_at = null, route = null, route_why = ''
        from locked where p.id = locked.id
        """,
        {"ids": list(post_ids), "now": now},
    )


def update_edited(conn: Connection, posts: Sequence[Mapping[str, Any]], *, now: datetime) -> list[Touched]:
    """Give posts (`id`, `text`, `media`, `mentions`, `edited_at`) the words that they have on the network now, and return them.

    The old words are kept as a version, what a model read of them goes, and what was triaged by them waits to be judged anew.
    """
    return fetch_all(
        conn,
        Touched,
        """
        with given as (
          select * from jsonb_to_recordset(%(posts)s) as g(id bigint, text text, media jsonb, mentions text[], edited_at timestamptz)
        ), locked as (
          select id from posts where id in (select id from given) and deleted_at is null order by id for no key update
        ), kept as (
          insert into post_versions (post_id, written_at, replaced_at, text)
          select p.id, coalesce(p.edited_at, p.published_at), coalesce(g.edited_at, %(now)s), p.text
          from locked join posts p using (id) join given g using (id) where p.text <> g.text
        ), unread as (
          delete from readings r using given where r.post_id = given.id
        ), taught_anew as (
          update topic_examples e set encoder = null, embedding = null from given where e.post_id = given.id
        ), marked_anew as (
          update relevance_examples e set encoder = null, embedding = null from given where e.post_id = given.id
        )
        update posts p set text = g.text, media = g.media, mentions = g.mentions, edited_at = coalesce(g.edited_at, %(now)s),
          edit_undated = g.edited_at is null, reworded = p.triaged_at is not null
        from locked join given g using (id) where p.id = locked.id
        returning p.id, p.external_id, p.case_id
        """,
        {"posts": Jsonb(list(posts)), "now": now},
    )


def update_quietly(conn: Connection, posts: Sequence[Mapping[str, Any]]) -> None:
    """Refresh what may change without an edit (`id`, `metrics`, `visibility`, `can_reply`, `why_no_reply`).

    That we may reply stays so: what a search calls closed to us may be open under a mention.
    """
    execute(
        conn,
        """
        with given as (
          select * from jsonb_to_recordset(%(posts)s)
            as g(id bigint, metrics jsonb, visibility text, can_reply boolean, why_no_reply text)
        ), locked as (
          select id from posts where id in (select id from given) and deleted_at is null order by id for no key update
        )
        update posts p
        set metrics = g.metrics, visibility = g.visibility, can_reply = g.can_reply or p.can_reply,
          why_no_reply = case when p.can_reply then '' else g.why_no_reply end
        from locked join given g using (id) where p.id = locked.id
        """,
        {"posts": Jsonb(list(posts))},
    )


def refresh_previews(conn: Connection, *, post_ids: Sequence[PostId], previews: Sequence[str]) -> None:
    """Show the new words of changed posts in their cases, where the post is the customer's newest there."""
    execute(
        conn,
        """
        with newest as (
          select c.id, given.preview
          from unnest(%(post_ids)s::bigint[], %(previews)s::text[]) given(post_id, preview)
          join posts p on p.id = given.post_id join cases c on c.id = p.case_id
          where p.case_number is not null and not exists (
            select from posts later where later.case_id = c.id and later.case_number is not null
              and (later.published_at, later.id) > (p.published_at, p.id)
          )
          order by c.id
          for no key update of c
        )
        update cases c set preview = newest.preview from newest where c.id = newest.id
        """,
        {"post_ids": list(post_ids), "previews": list(previews)},
    )
