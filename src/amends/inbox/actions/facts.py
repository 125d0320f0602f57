"""Keeps the facts of the numbers true. Place in the path: a change -> `touched_cases` -> here, by the beat and before they are read.

Only one folds at a time; whoever finds another at it goes on with facts that are a moment old.
"""

from amends.core.database import Connection
from amends.inbox.store import episode_facts, fact_slices

CASES = 500
SLICES = 40
AT_ONCE = 200
"""How many cases a reader of numbers counts anew by themselves."""


def fold(conn: Connection, *, cases: int = CASES, slices: int = SLICES) -> bool:
    """Count anew what was touched and pack slices that are stale; True where more may wait."""
    if not episode_facts.alone(conn):
        return False
    touched = episode_facts.take_touched(conn, limit=cases)
    if touched:
        episode_facts.recount(conn, touched)
    return _pack(conn, slices) or len(touched) == cases


def freshen(conn: Connection) -> None:
    """Count anew the little that was touched just now, so that who changed something sees it in the numbers."""
    if episode_facts.touched(conn) and episode_facts.alone(conn):
        episode_facts.recount(conn, episode_facts.take_touched(conn, limit=AT_ONCE))


def rebuild(conn: Connection) -> int:
    """Throw the facts away and make all of them anew; return how many there are."""
    episode_facts.alone(conn, wait=True)
    made = episode_facts.recount_all(conn)
    while _pack(conn, SLICES):
        pass
    return made


def _pack(conn: Connection, limit: int) -> bool:
    """Pack stale slices anew; True where more may wait."""
    stale = fact_slices.take_stale(conn, limit=limit)
    for axis, slices in stale.items():
        fact_slices.pack(conn, axis, slices)
    return any(len(slices) == limit for slices in stale.values())
