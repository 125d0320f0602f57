"""Counts complaints alike that fit no topic, for the alarm of a new topic. Place in the path: rule of surges -> here -> raised.

A cluster rings once, however it swells and falls: its key is the cluster's id, and a key whose alarm is over is passed over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.inbox.actions.cluster_growth import habit
from amends.inbox.actions.clusters import sight
from amends.inbox.actions.measure_clocks import desk_zone
from amends.inbox.rules import cluster_growth
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.cluster_words import name
from amends.inbox.rules.ids import ClusterId
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.surges import Seen
from amends.inbox.store import cluster_alarms, cluster_voices
from amends.inbox.store.cluster_voices import Window
from amends.inbox.store.query_sql import condition
from amends.inbox.store.surge_rules import Counted, NewRule, SurgeRule


def seen(conn: Connection, rule: SurgeRule, *, now: datetime) -> dict[str, Seen]:
    """Return how many customers of each cluster without a topic wrote within the rule's window, and how many of the like are usual."""
    asked = condition(conn, parse(rule.condition), Asker(agent_id=0, now=now))
    since = now - timedelta(minutes=rule.minutes)
    counted = {one.cluster_id: one.n for one in cluster_alarms.loud(conn, asked, rule_id=rule.id, since=since, until=now) if one.n >= 1}
    loud = {cluster_id: n for cluster_id, n in counted.items() if n >= rule.least}
    found = {str(cluster_id): Seen(n=n, habit=()) for cluster_id, n in counted.items() if n < rule.least}
    return found | {str(one): Seen(n=n, habit=behind) for one, n, behind in _with_habit(conn, loud, rule.minutes, now)}


def counted(conn: Connection, new: NewRule, windows: Sequence[Window], *, now: datetime) -> list[Counted]:
    """Return how many customers of each cluster without a topic wrote within each window, for the preview of a rule."""
    asked = condition(conn, parse(new.condition), Asker(agent_id=0, now=now))
    return cluster_alarms.counted(conn, asked, windows, least=new.least)


def name_of(conn: Connection, key: str) -> str:
    """Return what the cluster of a key is called."""
    return name(cluster_voices.words_of(conn, ClusterId(int(key))))


def _with_habit(conn: Connection, loud: dict[ClusterId, int], minutes: int, now: datetime) -> list[tuple[ClusterId, int, Sequence[int]]]:
    found: list[tuple[ClusterId, int, Sequence[int]]] = []
    zone = desk_zone(conn)
    for one in cluster_voices.of(conn, list(loud)):
        _current, behind = cluster_growth.windows(now, minutes, one.watched_since, zone)
        found.append((one.id, loud[one.id], habit(conn, one, behind, sight(conn, one.encoder))))
    return found
