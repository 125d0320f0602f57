"""Stores the posts once more from the ledger, in its order. Place in the path: ledger -> `posts_from` -> `Post` -> ingest, as then."""

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from amends import collectors
from amends.core.database import Connection
from amends.core.errors import AmendsError, NotFound
from amends.core.ports import Account
from amends.core.post import Author, Metrics, Post, Visibility
from amends.core.rows.posts import reread
from amends.core.translating import _
from amends.inbox.actions.ingest import ingest
from amends.inbox.rules.ids import SourceId
from amends.inbox.store.ledger import Kept, SourceVersion

UNREADABLE = (ValueError, LookupError, TypeError, zlib.error, AmendsError)


class Eyes:
    """Whose eyes a body is read with: who we were on its source when it came."""

    def __init__(self, versions: Iterable[SourceVersion]) -> None:
        self._of = {source_id: list(group) for source_id, group in groupby(versions, key=lambda version: version.source_id)}

    def at(self, source_id: SourceId, batch: int) -> SourceVersion:
        """Return who we were on the source when `batch` came; `NotFound` where there is no such source."""
        versions = self._of.get(source_id)
        if not versions:
            raise NotFound(_("there is no source %(source_id)s") % {"source_id": source_id})
        return versions[max(0, bisect_right(versions, batch, key=lambda version: version.since) - 1)]


def batches(entries: Iterable[Kept]) -> Iterator[list[Kept]]:
    """Yield what was stored together."""
    return (list(group) for _, group in groupby(entries, key=lambda entry: entry.batch))


def replay_batch(conn: Connection, entries: Sequence[Kept], eyes: Eyes) -> list[str]:
    """Store a batch as it was stored then; return one line for each entry that cannot be read."""
    gone = [entry for entry in entries if entry.body is None]
    read, troubles = _read([entry for entry in entries if entry.body is not None], eyes)
    if read:
        first = entries[0]
        ingest(
            conn,
            source_id=first.source_id,
            network=eyes.at(first.source_id, first.batch).network,
            posts=read,
            now=first.at,
            beside=first.beside,
            watch_id=first.way,
            imported=bool((first.facts or {}).get("imported")),
        )
    for entry in gone:
        _take_away(conn, entry, eyes.at(entry.source_id, entry.batch).network)
    return troubles


def _read(entries: Sequence[Kept], eyes: Eyes) -> tuple[list[Post], list[str]]:
    posts: list[Post] = []
    troubles: list[str] = []
    for entry in entries:
        try:
            posts.append(_post_of(entry, eyes))
        except UNREADABLE as error:
            troubles.append(f"source {entry.source_id}, post {entry.external_id}: {type(error).__name__}: {error}")
    return posts, troubles


def _post_of(entry: Kept, eyes: Eyes) -> Post:
    facts = entry.facts or {}
    raw = zlib.decompress(entry.body or b"")
    found = reread(raw, now=entry.at) if facts.get("imported") else _of_network(raw, eyes.at(entry.source_id, entry.batch))
    return replace(
        found,
        is_own=bool(facts.get("is_own")),
        can_reply=bool(facts.get("can_reply", True)),
        why_no_reply=str(facts.get("why_no_reply", "")),
    )


def _of_network(raw: bytes, version: SourceVersion) -> Post:
    account = Account(handle=version.handle, options=version.options)
    harvest = collectors.load(version.network).posts_from(raw, account)
    if len(harvest.posts) != 1:
        raise ValueError("; ".join(harvest.troubles) or f"{len(harvest.posts)} posts in one body")
    [post] = harvest.posts
    return post


def _take_away(conn: Connection, entry: Kept, network: str) -> None:
    """Store what remained of a post that is gone, as it was first seen and by every way, and then let it go."""
    facts = entry.facts or {}
    post = _without_words(entry, facts, network)
    for way in facts["seen_by"] or [None]:
        ingest(
            conn,
            source_id=entry.source_id,
            network=network,
            posts=[post],
            now=datetime.fromisoformat(facts["seen_at"]),
            beside=facts["beside"],
            watch_id=way,
        )
    ingest(conn, source_id=entry.source_id, network=network, posts=[replace(post, deleted=True)], now=entry.at)


def _without_words(entry: Kept, facts: dict[str, Any], network: str) -> Post:
    return Post(
        network=network,
        external_id=entry.external_id,
        author=Author(**facts["author"]),
        text="",
        published_at=datetime.fromisoformat(facts["published_at"]),
        edited_at=datetime.fromisoformat(facts["edited_at"]) if facts["edited_at"] else None,
        permalink="",
        root_id=facts["root_id"],
        raw=b"{}",
        language_hint=facts["language_hint"],
        parent_id=facts["parent_id"],
        quoted_id=facts["quoted_id"],
        shared_id=facts["shared_id"],
        metrics=Metrics(**facts["metrics"]),
        visibility=Visibility(facts["visibility"]),
        is_own=facts["is_own"],
        can_reply=facts["can_reply"],
        why_no_reply=facts["why_no_reply"],
    )
