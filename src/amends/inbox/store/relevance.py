"""SQL of relevance: which posts agents kept and threw, what each source learnt from it, and what was thrown by itself."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadExample:
    """A kept or thrown post as an encoder reads it."""

    kept: bool
    embedding: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Thrown:
    """A post that was thrown by itself, with the reason."""

    id: PostId
    source_id: SourceId
    source: str
    network: str
    author_name: str
    text: str
    language: str
    noise: str
    permalink: str
    published_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLesson:
    """What a source has to learn from, and how well it learnt it (None: nothing yet). Shares are of its own examples."""

    id: SourceId
    handle: str
    network: str
    brand: str
    kept: int
    thrown: int
    worked: int
    thrown_found: float | None
    kept_right: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    source_id: SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Untriaged:
    """A post that waits to be triaged again, and whether it stood `beside` a case."""

    beside: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A post that an agent made work of: the case it is in (None: it still waits), and whether it stood `beside` a case before."""

    case_id: CaseId | None
    customer_posts: int
    status: str
    beside: bool


def mark(conn: Connection, *, post_id: PostId, kept: bool, agent_id: AgentId, now: datetime, beside: bool = False) -> SourceId | None:
    """Keep a post as an example, with what the model has read of it, and return its source; None where there is no such post."""
    found = fetch_maybe(
        conn,
        _Source,
        """
        insert into relevance_examples (post_id, source_id, kept, agent_id, created_at, encoder, embedding, beside)
        select p.id, p.source_id, %(kept)s, %(agent)s, %(now)s, r.encoder, r.embedding, %(beside)s
        from posts p left join readings r on r.post_id = p.id where p.id = %(post)s and p.deleted_at is null
        on conflict (post_id) do update set kept = excluded.kept, agent_id = excluded.agent_id, created_at = excluded.created_at,
          beside = excluded.beside
        returning source_id
        """,
        {"post": post_id, "kept": kept, "agent": agent_id, "now": now, "beside": beside},
    )
    return found.source_id if found else None


def unmark(conn: Connection, *, post_id: PostId) -> SourceId | None:
    """Take an example back, and return its source; None where there was none."""
    found = fetch_maybe(conn, _Source, "delete from relevance_examples where post_id = %(post)s returning source_id", {"post": post_id})
    return found.source_id if found else None


def read_by(conn: Connection, *, source_id: SourceId, encoder: str, most: int) -> list[ReadExample]:
    """Return the newest examples of a source that `encoder` has read."""
    return fetch_all(
        conn,
        ReadExample,
        """
        select kept, embedding from relevance_examples
        where source_id = %(source)s and encoder = %(encoder)s and embedding is not null
        order by created_at desc, post_id desc limit %(most)s
        """,
        {"source": source_id, "encoder": encoder, "most": most},
    )


def thrown(conn: Connection, *, limit: int, below: PostId | None = None) -> list[Thrown]:
    """Return the newest posts that were thrown as noise, those with ids below `below` alone where it is given."""
    return fetch_all(
        conn,
        Thrown,
        """
        select p.id, p.source_id, s.handle as source, p.network, coalesce(nullif(a.name, ''), a.handle) as author_name, p.text, v.language,
          v.noise, p.permalink, p.published_at
        from verdicts v join posts p on p.id = v.post_id join sources s on s.id = p.source_id join authors a on a.id = p.author_id
        where v.noise <> '' and p.route = 'ignore' and p.deleted_at is null and (%(below)s::bigint is null or v.post_id < %(below)s)
        order by v.post_id desc limit %(limit)s
        """,
        {"limit": limit, "below": below},
    )


def lessons(conn: Connection, *, most: int) -> list[SourceLesson]:
    """Return what each source has learnt from its agents; cases that were answered are counted up to `most`."""
    return fetch_all(
        conn,
        SourceLesson,
        """
        select s.id, s.handle, s.network, b.name as brand, coalesce(e.kept, 0) as kept, coalesce(e.thrown, 0) as thrown,
          (select count(*) from (
            select from cases c where c.source_id = s.id and c.status in ('waiting', 'resolved') limit %(most)s
          ) answered) as worked,
          m.found_of as thrown_found, m.found_right as kept_right
        from sources s join brands b on b.id = s.brand_id
        left join (
          select source_id, count(*) filter (where kept) as kept, count(*) filter (where not kept) as thrown
          from relevance_examples group by source_id
        ) e on e.source_id = s.id
        left join matchers m on m.kind = 'source' and m.name = s.id::text
        order by b.name, s.network, s.handle
        """,
        {"most": most},
    )


def untriage(conn: Connection, *, post_id: PostId) -> Untriaged | None:
    """Let a post that is in no case be triaged anew; None where it was none, or what we wrote or what is shared."""
    found = fetch_maybe(
        conn,
        Untriaged,
        """
        with lay as (
          select id, beside from posts
          where id = %(post)s and route in ('ignore', 'context') and case_id is null and deleted_at is null and not is_own
            and shared_id is null
          for no key update
        )
        update posts p set triaged_at = null, route = null, route_why = '', beside = false
        from lay where p.id = lay.id returning lay.beside
        """,
        {"post": post_id},
    )
    if found:
        execute(conn, "delete from verdicts where post_id = %(post)s", {"post": post_id})
    return found


def kept(conn: Connection, *, post_id: PostId) -> Kept | None:
    """Return a post that an agent made work of, locked; None where nobody did."""
    return fetch_maybe(
        conn,
        Kept,
        """
        select p.case_id, coalesce(c.customer_posts, 0) as customer_posts, coalesce(c.status, '') as status, e.beside
        from posts p join relevance_examples e on e.post_id = p.id left join cases c on c.id = p.case_id
        where p.id = %(post)s and e.kept
        for no key update of p
        """,
        {"post": post_id},
    )


def case_posts(conn: Connection, *, case_id: int) -> list[PostId]:
    """Return the posts of a case that its customer wrote and that are still there, the newest first."""
    rows = fetch_all(
        conn,
        _Post,
        """
        select id from posts where case_id = %(case)s and case_number is not null and deleted_at is null
        order by published_at desc, id desc limit 20
        """,
        {"case": case_id},
    )
    return [row.id for row in rows]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Post:
    id: PostId


def worked(conn: Connection, *, source_id: SourceId, encoder: str, most: int) -> list[bytes]:
    """Return what posts of a source mean that agents answered or resolved, the newest cases first, but for those that are examples."""
    return fetch_values(
        conn,
        """
        select r.embedding
        from (
          select id from cases
          where source_id = %(source)s and status in ('waiting', 'resolved')
          order by id desc limit %(most)s
        ) c
        join posts p on p.case_id = c.id and p.case_number = 1
        join readings r on r.post_id = p.id and r.encoder = %(encoder)s and r.embedding is not null
        where not exists (select from relevance_examples e where e.post_id = p.id)
        """,
        {"source": source_id, "encoder": encoder, "most": most},
    )


def untaught(conn: Connection, *, encoder: str, most: int, least_thrown: int, least_kept: int) -> list[SourceId]:
    """Return the sources that learnt nothing, though `encoder` has read enough of what agents threw, and of what they answered or kept.

    It counts just what `read_by` and `worked` find: who is named and yet has too few would be named again at once.
    """
    return fetch_values(
        conn,
        """
        select s.source_id
        from (select distinct source_id from relevance_examples where encoder = %(encoder)s and embedding is not null) s
        cross join lateral (
          select count(*) filter (where not kept) as thrown, count(*) filter (where kept) as kept from (
            select kept from relevance_examples
            where source_id = s.source_id and encoder = %(encoder)s and embedding is not null
            order by created_at desc, post_id desc limit %(most)s
          ) newest
        ) e
        where not exists (select from matchers m where m.kind = 'source' and m.name = s.source_id::text)
          and e.thrown >= %(thrown)s and e.kept + (
            select count(*)
            from (
              select id from cases
              where source_id = s.source_id and status in ('waiting', 'resolved')
              order by id desc limit %(most)s
            ) c
            join posts p on p.case_id = c.id and p.case_number = 1
            join readings r on r.post_id = p.id and r.encoder = %(encoder)s and r.embedding is not null
            where not exists (select from relevance_examples x where x.post_id = p.id)
          ) >= %(kept)s
        """,
        {"encoder": encoder, "most": most, "thrown": least_thrown, "kept": least_kept},
    )
