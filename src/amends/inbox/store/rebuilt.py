"""SQL of comparing the posts of two databases: what a batch makes of the networks' bodies, each value as PostgreSQL writes it.

Left out are the numbers that a database gives by itself (ids) and what triage makes of a post afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, stream
from amends.inbox.rules.comparing import Cells
from amends.inbox.rules.ids import BrandId, SourceId

POST_COLUMNS = (
    *("network", "author", "text", "language_hint", "region", "published_at", "edited_at", "deleted_at", "seen_at", "permalink", "root_id"),
    *("parent_id", "quoted_id", "shared_id", "mentions", "media", "metrics", "visibility", "is_own", "can_reply", "why_no_reply"),
    *("beside", "seen_by", "versions"),
)
AUTHOR_COLUMNS = ("handle", "name", "followers", "verified", "avatar_url")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Brand:
    id: BrandId
    slug: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    id: SourceId
    brand_id: BrandId
    network: str
    handle: str


def copy_sources(live: Connection, empty: Connection) -> None:
    """Give `empty` the sources of `live` with their ids, and nothing that is secret."""
    for brand in fetch_all(live, _Brand, "select id, slug, name from brands"):
        execute(
            empty,
            "insert into brands (id, slug, name) overriding system value values (%(id)s, %(slug)s, %(name)s)",
            {"id": brand.id, "slug": brand.slug, "name": brand.name},
        )
    for source in fetch_all(live, _Source, "select id, brand_id, network, handle from sources"):
        execute(
            empty,
            """
            insert into sources (id, brand_id, network, handle, credentials, created_at) overriding system value
            values (%(id)s, %(brand_id)s, %(network)s, %(handle)s, '', now())
            """,
            {"id": source.id, "brand_id": source.brand_id, "network": source.network, "handle": source.handle},
        )


def posts(conn: Connection) -> Iterator[Cells]:
    """Yield every post by source and external id."""
    return stream(conn, Cells, _POSTS)


def authors(conn: Connection) -> Iterator[Cells]:
    """Yield everybody who wrote a post, by network and external id; those whom a network hides share one name, which says nothing."""
    return stream(conn, Cells, _AUTHORS)


_POSTS: LiteralString = """
select 'source ' || p.source_id || ', post ' as kind, p.external_id as name, array[p.network, a.external_id, p.text, p.language_hint,
  p.region, p.published_at::text, p.edited_at::text, p.deleted_at::text, p.seen_at::text, p.permalink, p.root_id, p.parent_id, p.quoted_id,
  p.shared_id, p.mentions::text, p.media::text, p.metrics::text, p.visibility, p.is_own::text, p.can_reply::text, p.why_no_reply,
  p.beside::text, p.seen_by::text,
  (select jsonb_agg(jsonb_build_array(v.written_at, v.replaced_at, v.text) order by v.replaced_at, v.written_at, v.text collate "C")::text
   from post_versions v where v.post_id = p.id)] as cells
from posts p join authors a on a.id = p.author_id
order by ('source ' || p.source_id || ', post ') collate "C", p.external_id collate "C"
"""
_AUTHORS: LiteralString = """
select a.network || ', author ' as kind, a.external_id as name,
  array[a.handle, a.name, a.followers::text, a.verified::text, a.avatar_url] as cells
from authors a where a.external_id <> 'deleted' and exists (select from posts p where p.author_id = a.id)
order by (a.network || ', author ') collate "C", a.external_id collate "C"
"""
