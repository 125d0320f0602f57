"""Lets two clusters be one where both say the same: a wave in two languages begins as two. Place in the path: posts placed -> here."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules.clustering import Known, Nearness, same
from amends.inbox.rules.ids import ClusterId
from amends.inbox.store import cluster_work
from amends.inbox.store.cluster_work import Alive, Sum
from amends.triage.matching import pack, unpack

WEIGHTS = "<f4"


def known(one: Alive) -> Known:
    """Return a stored cluster as it is compared."""
    return Known(
        cluster_id=one.id,
        vector=unpack(one.vector, WEIGHTS),
        weight=one.weight,
        first_at=one.first_at,
        last_at=one.last_at,
        topics=frozenset(one.topic_ids),
    )


def become_one(conn: Connection, several: Sequence[Alive], grown: set[ClusterId], nearness: Nearness, now: datetime) -> set[ClusterId]:
    """Let each of the clusters that grew be one with the one it is like, and return those that took another in."""
    there = {one.id: one for one in several}
    compared = {one.id: known(one) for one in several}
    survivors: set[ClusterId] = set()
    for cluster_id in sorted(grown & there.keys()):
        if cluster_id not in compared:
            continue
        mine = there[cluster_id]
        others = [compared[one.id] for one in several if one.id in compared and _may(mine, one)]
        found = same(compared[cluster_id], others, nearness)
        if found is not None:
            survivors.add(_merge(conn, mine, there[ClusterId(found.cluster_id)], compared, now))
    return survivors


def _may(one: Alive, other: Alive) -> bool:
    """Tell whether two may be one: not where each is an incident of its own already."""
    return one.id != other.id and (one.incident_id is None or other.incident_id is None)


def _merge(conn: Connection, one: Alive, other: Alive, compared: dict[ClusterId, Known], now: datetime) -> ClusterId:
    """Let the one that nobody was told of be the other's, else the younger one, and return which remains."""
    survivor, absorbed = sorted((one, other), key=lambda it: (it.incident_id is None, not it.is_suggested, it.id))
    ours, theirs = compared[survivor.id], compared.pop(absorbed.id)
    both = Known(
        cluster_id=survivor.id,
        vector=ours.vector + theirs.vector,
        weight=ours.weight + theirs.weight,
        first_at=min(ours.first_at, theirs.first_at),
        last_at=max(ours.last_at, theirs.last_at),
        topics=ours.topics & theirs.topics,
    )
    compared[survivor.id] = both
    cluster_work.become_one(conn, absorbed=absorbed.id, survivor=survivor.id, now=now)
    summed = Sum(cluster_id=survivor.id, vector=pack(both.vector, WEIGHTS), weight=both.weight)
    cluster_work.set_sums(conn, [summed], encoder=survivor.encoder)
    return survivor.id
