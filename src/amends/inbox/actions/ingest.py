"""Stores collected posts, each once. Place in the path: collector -> `Post` -> here -> event `post_received` -> triage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from amends.core.database import Connection
from amends.core.post import Post
from amends.inbox.actions import answered_there, snooze
from amends.inbox.actions.entries import entry
from amends.inbox.rules import changes
from amends.inbox.rules.changes import Stored
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AuthorId, PostId, SourceId
from amends.inbox.rules.text import preview, storable
from amends.inbox.rules.ways import Way
from amends.inbox.store import events, incoming, ledger, rhythm, withdrawn
from amends.inbox.store.incoming import Touched

BATCH = 500


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


def ingest(  # noqa: PLR0913
    conn: Connection,
    *,
    source_id: SourceId,
    network: str,
    posts: Sequence[Post],
    now: datetime,
    beside: bool = False,
    watch_id: Way | None = None,
    imported: bool = False,
) -> Ingested:
    """Store `posts` of one source, each once however often it comes; edits and deletions reach the post and its case.

    A post that the network deleted stays deleted here, also where a late page still shows it. `beside` posts were looked up to show what
    a case is about: a new one among them is context and no work, until a watch meets it. `watch_id` is the way they came, where a watch
    brought them, and `imported` says that a file did. Whatever changes a row is kept in the ledger, so that the row can be rebuilt.
    """
    total = Ingested()
    incoming.lock_source(conn, source_id=source_id)
    at = _Place(conn=conn, source_id=source_id, network=network, now=now, beside=beside, way=watch_id, imported=imported)
    for start in range(0, len(posts), BATCH):
        batch = [changes.believable(post, now=now) for post in posts[start : start + BATCH]]
        unique = {post.external_id: post for post in sorted(batch, key=_version)}
        total += _ingest_batch(at, unique)
    return total


def _version(post: Post) -> tuple[bool, datetime]:
    """Of two versions of one post in a batch the later one is kept, a deletion before all."""
    return (post.deleted, post.edited_at or post.published_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where and when a batch is stored."""

    conn: Connection
    source_id: SourceId
    network: str
    now: datetime
    beside: bool
    way: Way | None
    imported: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Met:
    """A post that we have, met again."""

    id: PostId
    post: Post
    stored: Stored


def _ingest_batch(at: _Place, posts: Mapping[str, Post]) -> Ingested:
    """Store one batch. Of a post that the network deleted it says no more than that, so one that we never had stays unknown."""
    stored = incoming.find(at.conn, source_id=at.source_id, external_ids=list(posts))
    met = [_Met(id=found.id, post=posts[found.external_id], stored=found) for found in stored]
    had = {found.external_id for found in stored}
    new = [post for post in posts.values() if not post.deleted and post.external_id not in had]
    new.sort(key=lambda post: (post.published_at, post.external_id))
    told = [one for one in met if changes.is_present(one.post, one.stored) and _is_told(at, one)]
    authors = _save_authors(at, [*(one.post for one in told if changes.is_author_changed(one.post.author, one.stored)), *new])
    # One batch of the ledger for both: who is named last in it is who is believed, then as now.
    batch = ledger.next_batch(at.conn) if new or told else 0
    _store_new(at, new, authors, batch)
    edited, added = _store_told(at, told, batch)
    deleted = _delete(at, [one for one in met if changes.is_withdrawn(one.post, one.stored)])
    added += len(new)
    return Ingested(new=added, edited=edited, deleted=deleted, again=max(0, len(posts) - added - edited - deleted))


def _is_told(at: _Place, one: _Met) -> bool:
    """Whether meeting this post again tells anything that we did not know."""
    return (
        _is_new_way(at, one)
        or (one.stored.beside and not at.beside)
        or changes.is_author_changed(one.post.author, one.stored)
        or changes.is_edited(one.post, one.stored)
        or changes.is_refreshed(one.post, one.stored)
    )


def _is_new_way(at: _Place, one: _Met) -> bool:
    return at.way is not None and at.way not in one.stored.seen_by


def _store_told(at: _Place, told: Sequence[_Met], batch: int) -> tuple[int, int]:
    """Store what posts that we have tell anew; return how many were edited, and how many became work."""
    if not told:
        return 0, 0
    _keep(at, [entry(one.post, imported=at.imported) for one in told], batch)
    edited = _edit(at, [one for one in told if changes.is_edited(one.post, one.stored)])
    _refresh(at, [one for one in told if changes.is_refreshed(one.post, one.stored)])
    if at.way is not None:
        incoming.add_way(at.conn, post_ids=[one.id for one in told if _is_new_way(at, one)], way=at.way)
    return edited, _make_work(at, [one.id for one in told if one.stored.beside])


def _save_authors(at: _Place, posts: Sequence[Post]) -> dict[str, AuthorId]:
    """Store who wrote these posts, as the newest of them says; return the authors by external id."""
    newest = {post.author.external_id: changes.storable_author(post.author) for post in sorted(posts, key=lambda post: post.published_at)}
    return incoming.save_authors(at.conn, network=at.network, authors=list(newest.values())) if newest else {}


def _store_new(at: _Place, posts: Sequence[Post], authors: Mapping[str, AuthorId], batch: int) -> None:
    """Store new posts in the order they were published, with their bodies and an event each."""
    if not posts:
        return
    ids = incoming.next_ids(at.conn, number=len(posts))
    answers = [post.external_id for post in posts if post.parent_id and not post.is_own]
    ours = incoming.find_ours(at.conn, source_id=at.source_id, external_ids=answers) if answers else set[str]()
    owned = [replace(post, is_own=True) if post.external_id in ours else post for post in posts]
    incoming.copy_posts(
        at.conn, (_row(at, post_id, authors[post.author.external_id], post) for post_id, post in zip(ids, owned, strict=True))
    )
    _keep(at, [entry(post, imported=at.imported) for post in owned], batch)
    own = {post.root_id for post in owned if post.is_own}
    if own:
        answered_there.meet(at.conn, source_id=at.source_id, roots=sorted(own))
    newest = max(changes.published_at(post, now=at.now) for post in owned)
    incoming.note_newest(at.conn, source_id=at.source_id, published_at=newest, seen_at=at.now)
    if at.beside:
        incoming.set_beside(at.conn, post_ids=ids, now=at.now)
    else:
        events.add_received(at.conn, ids, source_id=at.source_id, now=at.now)
        others = [changes.published_at(post, now=at.now) for post in posts if not (post.is_own or post.external_id in ours)]
        rhythm.add(at.conn, source_id=at.source_id, published=others)


def _make_work(at: _Place, post_ids: Sequence[PostId]) -> int:
    """Let a watch's post that was known only beside a case go the way of every other; return how many did."""
    if at.beside or not post_ids:
        return 0
    incoming.make_work(at.conn, post_ids=post_ids, now=at.now)
    events.add_received(at.conn, post_ids, source_id=at.source_id, now=at.now)
    return len(post_ids)


def _keep(at: _Place, entries: Sequence[ledger.Entry], batch: int) -> None:
    """Append to this batch of the ledger."""
    ledger.copy(at.conn, entries, ledger.Came(batch=batch, source_id=at.source_id, at=at.now, way=at.way, beside=at.beside))


def _edit(at: _Place, met: Sequence[_Met]) -> int:
    if not met:
        return 0
    facts = [
        {
            "id": one.id,
            "text": storable(one.post.text),
            "media": _media(one.post),
            "mentions": _mentions(one.post),
            "edited_at": one.post.edited_at and one.post.edited_at.isoformat(),
        }
        for one in met
    ]
    touched = incoming.update_edited(at.conn, facts, now=at.now)
    _tell(at, EventKind.POST_EDITED, touched)
    snooze.rouse_written(at.conn, post_ids=[post.id for post in touched], now=at.now)
    words = {one.id: one.post.text for one in met}
    _refresh_previews(at, {post.id: preview(storable(words[post.id])) for post in touched if post.case_id})
    return len(touched)


def _refresh(at: _Place, met: Sequence[_Met]) -> None:
    facts = [
        {
            "id": one.id,
            "metrics": changes.counters(one.post.metrics),
            "visibility": one.post.visibility,
            "can_reply": one.post.can_reply,
            "why_no_reply": one.post.why_no_reply,
        }
        for one in met
    ]
    if facts:
        incoming.update_quietly(at.conn, facts)


def _delete(at: _Place, met: Sequence[_Met]) -> int:
    """Blank posts that the network deleted or hid, and tell the desk which of both it was."""
    if not met:
        return 0
    touched = withdrawn.blank(at.conn, source_id=at.source_id, post_ids=[one.id for one in met], now=at.now)
    hidden = {one.id for one in met if not one.post.deleted}
    _tell(at, EventKind.POST_DELETED, [post for post in touched if post.id not in hidden])
    _tell(at, EventKind.POST_HIDDEN, [post for post in touched if post.id in hidden])
    _refresh_previews(at, {post.id: "" for post in touched if post.case_id})
    return len(touched)


def _refresh_previews(at: _Place, previews: Mapping[PostId, str]) -> None:
    if previews:
        incoming.refresh_previews(at.conn, post_ids=list(previews), previews=list(previews.values()))


def _tell(at: _Place, kind: EventKind, touched: Sequence[Touched]) -> None:
    told = [events.Event(kind=kind, post_id=post.id, case_id=post.case_id, source_id=at.source_id) for post in touched]
    events.add_all(at.conn, told, now=at.now)


def _row(at: _Place, post_id: PostId, author_id: AuthorId, post: Post) -> Sequence[Any]:
    """Return the post as `incoming.copy_posts` wants it."""
    return (
        post_id,
        at.source_id,
        at.network,
        post.external_id,
        author_id,
        storable(post.text),
        post.language_hint,
        post.region,
        changes.published_at(post, now=at.now),
        post.edited_at,
        at.now,
        storable(post.permalink),
        post.root_id,
        post.parent_id,
        post.quoted_id,
        post.shared_id,
        _mentions(post),
        _media(post),
        changes.counters(post.metrics),
        post.visibility,
        post.is_own,
        post.can_reply,
        post.why_no_reply,
        [] if at.way is None else [at.way],
    )


def _mentions(post: Post) -> list[str]:
    return [storable(name) for name in post.mentions]


def _media(post: Post) -> list[dict[str, str]]:
    return [{"kind": item.kind, "url": storable(item.url), "alt": storable(item.alt)} for item in post.media]
