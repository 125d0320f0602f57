"""Tells which clusters may be incidents. Place in the path: posts placed -> here -> suggestion, event, and what the alarm counts.

A cluster is suggested once, when so many customers speak within an hour, six hours or a day as the habit of the brand does not explain.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial

from amends.core.database import Connection
from amends.inbox.actions.measure_clocks import desk_zone
from amends.inbox.rules import cluster_growth as rule
from amends.inbox.rules.cluster_words import Usual, name, telling, usual_in
from amends.inbox.rules.clustering import Sight
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import ClusterId
from amends.inbox.store import cluster_voices, cluster_work, events, prototypes
from amends.inbox.store.cluster_voices import Touched
from amends.triage.matching import stacked, unpack

OF_A_WINDOW = 400
"""So many complaints of each earlier window are compared, the newest: enough to say what is usual."""
TEXTS = 300
SightOf = Callable[[Connection, str], Sight]


def look(conn: Connection, cluster_ids: Sequence[ClusterId], *, sight: SightOf, now: datetime) -> None:
    """Suggest clusters that grow against their habit, and keep the words of those that are suggested.

    What comes with Amends is read once for all of them.
    """
    seen, shipped, zone = cache(partial(sight, conn)), cache(lambda: usual_in(prototypes.texts(conn))), cache(partial(desk_zone, conn))
    for one in cluster_voices.of(conn, cluster_ids):
        is_new = one.suggested_at is None and one.voices >= rule.LEAST and _grows(conn, one, seen(one.encoder), zone(), now)
        if is_new or (one.suggested_at is not None and rule.wants_words(one.voices, one.worded_at)):
            _find_words(conn, one, shipped())
        if is_new:
            _suggest(conn, one.id, now)


def habit(conn: Connection, one: Touched, windows: Sequence[rule.Window], sight: Sight) -> list[int]:
    """Return how many customers complained of the like within each of these windows."""
    found = cluster_voices.earlier(conn, windows, brand_id=one.brand_id, encoder=one.encoder, limit=OF_A_WINDOW) if windows else []
    counted: dict[int, set[int]] = {}
    if found:
        likeness = sight.see(stacked([post.embedding for post in found])) @ unpack(one.vector, "<f4") / one.weight
        for post, like in zip(found, likeness, strict=True):
            if like >= sight.nearness.many:
                counted.setdefault(post.window, set()).add(post.customer_id)
    return [len(counted.get(place, ())) for place in range(1, len(windows) + 1)]


def settle(conn: Connection, *, now: datetime) -> int:
    """Keep which clusters are quiet and which have ended, and return how many suggested ones ended."""
    ended = cluster_work.settle(conn, quiet_before=now - rule.QUIET, ended_before=now - rule.ENDS, now=now)
    events.add_all(conn, [events.Event(kind=EventKind.CLUSTER_ENDED, facts={"cluster_id": one}) for one in ended], now=now)
    return len(ended)


def _grows(conn: Connection, one: Touched, sight: Sight, zone: str, now: datetime) -> bool:
    """Tell whether more speak within one of the windows than usual at this hour of the week in the zone."""
    for minutes in rule.WINDOWS:
        current, behind = rule.windows(now, minutes, one.watched_since, zone)
        n = cluster_voices.within(conn, [one.id], current).get(one.id, 0)
        if n >= rule.LEAST and rule.grows(n, habit(conn, one, behind, sight), minutes):
            return True
    return False


def _find_words(conn: Connection, one: Touched, shipped: Usual) -> None:
    inside = cluster_voices.said_in(conn, one.id, limit=TEXTS)
    outside = cluster_voices.said_elsewhere(conn, brand_id=one.brand_id, cluster_id=one.id, limit=TEXTS)
    words = telling(inside, outside, shipped)
    cluster_voices.set_words(conn, one.id, words, voices=one.voices)


def _suggest(conn: Connection, cluster_id: ClusterId, now: datetime) -> None:
    cluster_voices.suggest(conn, cluster_id, now=now)
    words = cluster_voices.words_of(conn, cluster_id)
    facts = {"cluster_id": cluster_id, "name": name(words)}
    events.add_all(conn, [events.Event(kind=EventKind.CLUSTER_SUGGESTED, facts=facts)], now=now)
