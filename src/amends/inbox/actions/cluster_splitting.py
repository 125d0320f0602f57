"""Lets a cluster fall apart that holds several things. Place in the path: posts placed, clusters merged -> here -> counted, suggested.

Not one that is an incident already: what somebody confirmed stays together, and single cases are taken out of it by hand.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions.cluster_merging import WEIGHTS
from amends.inbox.rules.cluster_parts import is_due, parts
from amends.inbox.rules.clustering import Sight
from amends.inbox.rules.ids import BrandId, ClusterId
from amends.inbox.store import cluster_work
from amends.inbox.store.cluster_work import Alive, Member, Sum
from amends.triage.matching import Numbers, pack, stacked


def fall_apart(
    conn: Connection,
    several: Iterable[Alive],
    before: Mapping[ClusterId, int],
    *,
    brand_id: BrandId,
    sight: Sight,
    now: datetime,
) -> set[ClusterId]:
    """Look at those of the clusters that grew enough since they had `before` posts, and return those that began."""
    begun: set[ClusterId] = set()
    for one in several:
        if one.incident_id is None and is_due(before.get(one.id, 1), one.weight):
            begun |= _split(conn, one, brand_id, sight, now)
    return begun


def _split(conn: Connection, one: Alive, brand_id: BrandId, sight: Sight, now: datetime) -> set[ClusterId]:
    """Let the largest part stay what it was, and each other part begin a cluster; return these."""
    members = cluster_work.members(conn, one.id, encoder=one.encoder)
    if not members:
        return set()
    seen = sight.see(stacked([member.embedding for member in members]))
    stays, *leave = parts(seen, [frozenset(member.topics) for member in members], sight.nearness.same)
    if not leave:
        return set()
    kept = Sum(cluster_id=one.id, vector=_sum(seen[stays]), weight=len(stays))
    cluster_work.set_sums(conn, [kept], encoder=one.encoder)
    those = [[members[place] for place in part] for part in leave]
    sums = [(_sum(seen[part]), len(part), *_times(posts)) for part, posts in zip(leave, those, strict=True)]
    begun = cluster_work.begin(conn, sums, brand_id=brand_id, encoder=one.encoder, now=now)
    moved = {post.post_id: cluster_id for cluster_id, posts in zip(begun, those, strict=True) for post in posts}
    cluster_work.move(conn, moved)
    return set(begun)


def _sum(meanings: Numbers) -> bytes:
    return pack(meanings.sum(axis=0), WEIGHTS)


def _times(posts: list[Member]) -> tuple[datetime, datetime]:
    at = [post.published_at for post in posts]
    return min(at), max(at)
