"""Stores collected posts, each once. Place in the path: collector -> `Post` -> here -> event `post_received` -> triage."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection
from amends.core.post import Post
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import PostId, SourceId
from amends.inbox.rules.text import preview, storable
from amends.inbox.store import events, incoming

BATCH = 500
# Level 3 is as fast as the rest of ingest and within a few per cent of level 9 on bodies of this size.
COMPRESSION = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingested:
    """How many posts were new, seen before and unchanged, edited since, deleted since."""

    new: int = 0
    again: int = 0
    edited: int = 0
    deleted: int = 0

    def __add__(self, other: "Ingested") -> "Ingested":
        """Return the sum of two batches."""
        return Ingested(
            new=self.new + other.new,
            again=self.again + other.again,
            edited=self.edited + other.edited,
            deleted=self.deleted + other.deleted,
        )


def ingest(conn: Connection, *, source_id: SourceId, network: str, posts: Sequence[Post], now: datetime) -> Ingested:
    """Store `posts` of one source, each once however often it comes; edits and deletions reach the post and its case.

    A post that the network deleted stays deleted here, also where a late page still shows it.
    """
    total = Ingested()
    for start in range(0, len(posts), BATCH):
        unique = {post.external_id: post for post in sorted(posts[start : start + BATCH], key=_version)}
        total += _ingest_batch(conn, source_id, network, list(unique.values()), now)
    return total


def _version(post: Post) -> tuple[bool, datetime]:
    """Of two versions of one post in a batch the later one is kept, a deletion before all."""
    return (post.deleted, post.edited_at or post.published_at)


def _ingest_batch(conn: Connection, source_id: SourceId, network: str, posts: Sequence[Post], now: datetime) -> Ingested:
    incoming.stage(conn, (_row(post) for post in posts))
    incoming.save_authors(conn, network=network)
    new = set(incoming.insert_new(conn, source_id=source_id, network=network, now=now))
    known = [post for post in posts if post.external_id not in new]
    edited = _edit(conn, source_id, known, now) if known else set[str]()
    deleted = _delete(conn, source_id, now) if any(post.deleted for post in known) else 0
    incoming.save_raw(conn, _raw_rows(source_id, posts, new | edited, now))
    return Ingested(new=len(new), edited=len(edited), deleted=deleted, again=len(known) - len(edited) - deleted)


def _edit(conn: Connection, source_id: SourceId, known: Sequence[Post], now: datetime) -> set[str]:
    """Apply what changed of known posts; return the external ids of the edited ones."""
    touched = incoming.update_edited(conn, source_id=source_id, now=now)
    incoming.update_quietly(conn, source_id=source_id)
    _tell(conn, EventKind.POST_EDITED, touched, source_id=source_id, now=now)
    text = {post.external_id: storable(post.text) for post in known}
    _refresh_previews(conn, {post.id: preview(text[post.external_id]) for post in touched if post.case_id})
    return {post.external_id for post in touched}


def _delete(conn: Connection, source_id: SourceId, now: datetime) -> int:
    touched = incoming.blank_deleted(conn, source_id=source_id, now=now)
    _tell(conn, EventKind.POST_DELETED, touched, source_id=source_id, now=now)
    _refresh_previews(conn, {post.id: "" for post in touched if post.case_id})
    return len(touched)


def _refresh_previews(conn: Connection, previews: dict[PostId, str]) -> None:
    if previews:
        incoming.refresh_previews(conn, post_ids=list(previews), previews=list(previews.values()))


def _tell(conn: Connection, kind: EventKind, touched: Sequence[incoming.Touched], *, source_id: SourceId, now: datetime) -> None:
    events.add_all(conn, [events.Event(kind=kind, post_id=post.id, case_id=post.case_id, source_id=source_id) for post in touched], now=now)


def _raw_rows(source_id: SourceId, posts: Sequence[Post], wanted: set[str], now: datetime) -> Iterator[tuple[int, str, datetime, bytes]]:
    return (
        (source_id, post.external_id, now, zlib.compress(post.raw, COMPRESSION))
        for post in posts
        if post.external_id in wanted and not post.deleted
    )


def _row(post: Post) -> Sequence[Any]:
    """Return the post as `incoming.TYPES` wants it; a deleted one comes without words."""
    return (
        post.external_id,
        post.author.external_id,
        storable(post.author.handle),
        storable(post.author.name),
        post.author.followers,
        post.author.verified,
        storable(post.author.avatar_url),
        "" if post.deleted else storable(post.text),
        post.language_hint,
        post.published_at,
        post.edited_at,
        post.deleted,
        storable(post.permalink),
        post.root_id,
        post.parent_id,
        post.quoted_id,
        post.shared_id,
        [] if post.deleted else [storable(name) for name in post.mentions],
        [] if post.deleted else [_clean(asdict(item)) for item in post.media],
        _metrics(post),
        post.visibility,
        post.is_own,
        post.can_reply,
        post.why_no_reply,
    )


def _clean(item: dict[str, str]) -> dict[str, str]:
    return {key: storable(value) for key, value in item.items()}


def _metrics(post: Post) -> dict[str, int]:
    counters = (
        ("likes", post.metrics.likes),
        ("shares", post.metrics.shares),
        ("replies", post.metrics.replies),
        ("views", post.metrics.views),
    )
    return {name: value for name, value in counters if value is not None}
