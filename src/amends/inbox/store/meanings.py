"""SQL of sentences that the worker has still to read: examples, prototypes, trials. Undone is what this encoder has not read."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A sentence to read, and where it lies. `owner` is the source of a relevance example, else 0."""

    place: str
    id: int
    text: str
    language: str
    owner: int


def claim(conn: Connection, *, encoder: str, limit: int) -> list[Unread]:
    """Lock and return sentences that `encoder` has not read, those that somebody tries first, and none that another worker holds."""
    found: list[Unread] = []
    for query in (_TRIALS, _EXAMPLES, _RELEVANCE, _PROTOTYPES):
        if len(found) < limit:
            found += fetch_all(conn, Unread, query, {"encoder": encoder, "limit": limit - len(found)})
    return found


_TRIALS = """
select 'trials' as place, id, text, '' as language, 0 as owner from trials
where encoder is distinct from %(encoder)s order by id limit %(limit)s for update skip locked
"""
_EXAMPLES = """
select 'topic_examples' as place, e.id, coalesce(p.text, e.text) as text, coalesce(p.language_hint, e.language) as language, 0 as owner
from topic_examples e left join posts p on p.id = e.post_id
where e.encoder is distinct from %(encoder)s order by e.id limit %(limit)s for update of e skip locked
"""
_RELEVANCE = """
select 'relevance_examples' as place, e.post_id as id, p.text, p.language_hint as language, e.source_id as owner
from relevance_examples e join posts p on p.id = e.post_id
where e.encoder is distinct from %(encoder)s order by e.post_id limit %(limit)s for update of e skip locked
"""
_PROTOTYPES = """
select 'prototypes' as place, id, text, '' as language, 0 as owner from prototypes
where encoder is distinct from %(encoder)s order by id limit %(limit)s for update skip locked
"""
_ROWS: LiteralString = " from jsonb_to_recordset(%(rows)s) as r(id bigint, embedding text) "
_SET: LiteralString = " t set encoder = %(encoder)s, embedding = decode(r.embedding, 'base64')"
_SAVE: dict[str, LiteralString] = {
    "trials": "update trials" + _SET + _ROWS + "where t.id = r.id",
    "topic_examples": "update topic_examples" + _SET + _ROWS + "where t.id = r.id",
    "relevance_examples": "update relevance_examples" + _SET + _ROWS + "where t.post_id = r.id",
    "prototypes": "update prototypes" + _SET + _ROWS + "where t.id = r.id",
}


def save(conn: Connection, read: Sequence[tuple[Unread, bytes | None]], *, encoder: str) -> None:
    """Keep what sentences mean; None where the model cannot say."""
    for place, query in _SAVE.items():
        rows = [{"id": one.id, "embedding": embedding and b64encode(embedding).decode()} for one, embedding in read if one.place == place]
        if rows:
            execute(conn, query, {"encoder": encoder, "rows": Jsonb(rows)})
