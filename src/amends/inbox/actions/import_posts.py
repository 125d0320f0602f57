"""Stores posts that come from a file. Place in the path: file -> `core/rows/posts` -> here -> ingest -> triage, as if collected.

Imported posts belong to a source of their own per network (never fetched), or to a source that is collected, where one is named: then
the same post from both is one post.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from amends.core.database import Connection
from amends.core.post import Post
from amends.core.secrets import unseal
from amends.core.translating import N_
from amends.inbox.actions.ingest import Ingested, ingest
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import brands, sources

IMPORTED = "Imported"
WHY_NO_REPLY = N_("This post was imported from a file; answer it on the network itself.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlace:
    """Where a file's posts go: the source's handle, and the brand of a source that has to be made.

    Without a brand it is the only one there is, else `IMPORTED`.
    """

    handle: str
    brand: str | None
    secret_key: str


def import_posts(conn: Connection, posts: Sequence[Post], *, place: ImportPlace, now: datetime) -> Ingested:
    """Store `posts`, those of each network in its source; posts that are there already stay one."""
    by_network = groupby(sorted(posts, key=lambda post: post.network), key=lambda post: post.network)
    return sum((_import_network(conn, network, list(group), place, now) for network, group in by_network), start=Ingested())


def _import_network(conn: Connection, network: str, posts: Sequence[Post], place: ImportPlace, now: datetime) -> Ingested:
    source_id, answers = _source(conn, network, place, now)
    ready = [post if answers and not post.external_id.startswith("import-") else _silent(post) for post in posts]
    return ingest(conn, source_id=source_id, network=network, posts=ready, now=now, imported=True)


def _source(conn: Connection, network: str, place: ImportPlace, now: datetime) -> tuple[SourceId, bool]:
    """Return the source and whether it has an account that can answer."""
    known = sources.find_by_handle(conn, network=network, handle=place.handle)
    if known is not None:
        return known.id, bool(unseal(known.credentials, place.secret_key))
    made = add_source(
        conn,
        brand=place.brand or _usual_brand(conn),
        network=network,
        handle=place.handle,
        credentials={},
        options={},
        watches=(),
        secret_key=place.secret_key,
        now=now,
    )
    return made, False


def _usual_brand(conn: Connection) -> str:
    names = brands.brand_names(conn)
    return names[0] if len(names) == 1 else IMPORTED


def _silent(post: Post) -> Post:
    return replace(post, can_reply=False, why_no_reply=WHY_NO_REPLY)
