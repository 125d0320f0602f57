"""Stores collected posts, each once. Place in the path: collector -> `Post` -> here -> event `post_received` -> triage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.post import Post
from amends.inbox.rules.ids import SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingested:
    """How many posts were new, seen before and unchanged, edited since, deleted since."""

    new: int = 0
    again: int = 0
    edited: int = 0
    deleted: int = 0


def ingest(conn: Connection, *, source_id: SourceId, network: str, posts: Sequence[Post], now: datetime) -> Ingested:
    """Store `posts` of one source, each once however often it comes; edits and deletions reach the post and its case."""
    raise NotImplementedError
