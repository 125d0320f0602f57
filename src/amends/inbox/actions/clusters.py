"""Gathers complaints that say the same, as they come. Place in the path: what triage read -> here -> suggested incidents, alarms.

Undone are the posts of `cluster_backlog`: new ones, and those that were edited, deleted, judged otherwise or read by another encoder. A
killed worker leaves them there. Each brand and each encoder by itself; a post whose cluster another encoder made stays in it, and the
cluster is looked at by the new encoder from then on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from amends.core.database import Connection
from amends.inbox.actions import cluster_growth
from amends.inbox.actions.cluster_joining import carry_on
from amends.inbox.actions.cluster_merging import WEIGHTS, become_one, known
from amends.inbox.actions.cluster_splitting import fall_apart
from amends.inbox.rules.clustering import APART, OLDEST, Grown, Said, Sight, gather, sight_of
from amends.inbox.rules.ids import BrandId, ClusterId, PostId
from amends.inbox.store import cluster_work, prototypes
from amends.inbox.store.cluster_work import Sum, Waiting
from amends.triage.language import script_of
from amends.triage.matching import Numbers, pack, stacked, unpack

BATCH = 256
MOST_ALIVE = 20_000
MOST_MEMBERS = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """What is clustered together."""

    brand_id: BrandId
    encoder: str


def cluster_pending(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Place at most `limit` posts, and return how many; 0 also where somebody else clusters at this moment."""
    if not cluster_work.lock(conn):
        return 0
    waiting = cluster_work.claim(conn, limit=limit)
    touched = _let_leave(conn, [post for post in waiting if _leaves(post)])
    touched |= _read_anew(conn, [post for post in waiting if _is_read_anew(post)])
    for kind, posts in _by_kind(post for post in waiting if _is_to_place(post, now)).items():
        touched |= _place(conn, kind, posts, now)
    if touched:
        cluster_work.add_up(conn, sorted(touched), now=now)
        cluster_growth.look(conn, sorted(touched), sight=sight, now=now)
        carry_on(conn, sorted(touched), now=now)
    return len(waiting)


def sight(conn: Connection, encoder: str) -> Sight:
    """Return how to look at the embeddings of an encoder."""
    return _sight(encoder, tuple((one.text, one.embedding) for one in prototypes.read_by(conn, encoder=encoder)))


@lru_cache(maxsize=2)
def _sight(_encoder: str, known: tuple[tuple[str, bytes], ...]) -> Sight:
    meant = stacked([embedding for _text, embedding in known]) if known else unpack(b"").reshape(0, 0)
    texts = [text for text, _embedding in known]
    return sight_of(meant, [script_of(text) for text in texts], [any(map(str.isdigit, text)) for text in texts])


def sum_up(conn: Connection, cluster_id: ClusterId, *, encoder: str) -> None:
    """Add a cluster's posts up anew, as this encoder reads them."""
    meant = cluster_work.members_meant(conn, cluster_id, encoder=encoder, limit=MOST_MEMBERS)
    vector = sight(conn, encoder).see(stacked(meant)).sum(axis=0) if meant else unpack(b"")
    cluster_work.set_sums(conn, [Sum(cluster_id=cluster_id, vector=pack(vector, WEIGHTS), weight=len(meant))], encoder=encoder)


def _is_read_anew(post: Waiting) -> bool:
    """Tell whether another encoder read a post that is in a cluster, while its words are the same."""
    return post.fits and post.cluster_id is not None and post.cluster_encoder != post.encoder


def _leaves(post: Waiting) -> bool:
    """Tell whether a post leaves its cluster: it fits into none any more, or says something else now."""
    return post.cluster_id is not None and not _is_read_anew(post)


def _is_to_place(post: Waiting, now: datetime) -> bool:
    return post.fits and not _is_read_anew(post) and post.published_at > now - OLDEST


def _let_leave(conn: Connection, posts: Sequence[Waiting]) -> set[ClusterId]:
    """Let posts leave, add up what remains, and return the clusters that they left."""
    left = {post.cluster_id: post.cluster_encoder for post in posts if post.cluster_id is not None and post.cluster_encoder is not None}
    if left:
        cluster_work.leave(conn, [post.post_id for post in posts])
    for cluster_id, encoder in left.items():
        sum_up(conn, cluster_id, encoder=encoder)
    return set(left)


def _read_anew(conn: Connection, posts: Sequence[Waiting]) -> set[ClusterId]:
    """Look at clusters by the encoder that reads their posts now, and return them."""
    turned = {post.cluster_id: post.encoder for post in posts if post.cluster_id is not None}
    for cluster_id, encoder in turned.items():
        sum_up(conn, cluster_id, encoder=encoder)
    return set(turned)


def _by_kind(posts: Iterable[Waiting]) -> dict[_Kind, list[Waiting]]:
    found: dict[_Kind, list[Waiting]] = {}
    for post in posts:
        found.setdefault(_Kind(brand_id=post.brand_id, encoder=post.encoder), []).append(post)
    return found


def _place(conn: Connection, kind: _Kind, posts: Sequence[Waiting], now: datetime) -> set[ClusterId]:
    """Place posts of one brand, and return the clusters that they joined or began."""
    looked = sight(conn, kind.encoder)
    since = min(post.published_at for post in posts) - APART
    alive = cluster_work.alive(conn, brand_id=kind.brand_id, encoder=kind.encoder, since=since, limit=MOST_ALIVE)
    seen = looked.see(stacked([post.embedding or b"" for post in posts]))
    grown = gather(_said(posts, seen), [known(one) for one in alive], looked.nearness)
    ids = _save(conn, kind, grown, now)
    several = cluster_work.alive(conn, brand_id=kind.brand_id, encoder=kind.encoder, since=since, limit=MOST_ALIVE, least=2)
    touched = set(ids) | become_one(conn, several, set(ids), looked.nearness, now)
    before = {one.id: one.weight for one in alive}
    return touched | fall_apart(conn, cluster_work.these(conn, touched), before, brand_id=kind.brand_id, sight=looked, now=now)


def _said(posts: Sequence[Waiting], seen: Numbers) -> list[Said]:
    return [
        Said(post_id=post.post_id, meaning=meaning, at=post.published_at, topics=frozenset(post.topics))
        for post, meaning in zip(posts, seen, strict=True)
    ]


def _save(conn: Connection, kind: _Kind, grown: Sequence[Grown], now: datetime) -> list[ClusterId]:
    """Store what clusters became, and return their ids."""
    new = [one for one in grown if one.cluster_id is None]
    sums = [(pack(one.vector, WEIGHTS), one.weight, one.first_at, one.last_at) for one in new]
    begun = cluster_work.begin(conn, sums, brand_id=kind.brand_id, encoder=kind.encoder, now=now)
    old = [(ClusterId(one.cluster_id), one) for one in grown if one.cluster_id is not None]
    cluster_work.set_sums(
        conn, [Sum(cluster_id=i, vector=pack(one.vector, WEIGHTS), weight=one.weight) for i, one in old], encoder=kind.encoder
    )
    placed = [*zip(begun, new, strict=True), *old]
    cluster_work.add(conn, {PostId(post_id): cluster_id for cluster_id, one in placed for post_id in one.posts})
    return [cluster_id for cluster_id, _one in placed]
