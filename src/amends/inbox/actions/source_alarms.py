"""Raises the alarm where a source is in trouble, and ends it when the trouble is over.

Place in the path: beat, a watch that stopped -> here -> alerts of sources -> the same deliveries as every alert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.rules import silence
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.source_alarms import SourceAlarm, SourceSeen, alarms_of
from amends.inbox.store import events, rhythm, source_alerts, source_troubles


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """How many alarms of sources were raised, and how many ended."""

    raised: int
    ended: int


def watch_over(conn: Connection, *, now: datetime) -> Changed:
    """Look at every source: raise what is new, end what is over. Looking twice changes nothing."""
    still_open = source_alerts.still_open(conn)
    keys = {one.source_id: {other.key for other in still_open if other.source_id == one.source_id} for one in still_open}
    found = {source_id: alarms_of(seen, open_keys=keys.get(source_id, ()), now=now) for source_id, seen in _sources(conn, now=now).items()}
    raised = [alert for source_id, alarms in found.items() for alert in _raise(conn, source_id, alarms, keys.get(source_id, set()), now)]
    holding = {(source_id, alarm.key) for source_id, alarms in found.items() for alarm in alarms}
    over = source_alerts.end(conn, [one.id for one in still_open if (one.source_id, one.key) not in holding], now=now)
    _tell(conn, EventKind.ALERT_RAISED, raised, now)
    _tell(conn, EventKind.ALERT_ENDED, over, now)
    return Changed(raised=len(raised), ended=len(over))


def _raise(
    conn: Connection, source_id: SourceId, alarms: Sequence[SourceAlarm], known: set[str], now: datetime
) -> list[source_alerts.Raised]:
    return source_alerts.insert(conn, source_id, [alarm for alarm in alarms if alarm.key not in known], now=now)


def _sources(conn: Connection, *, now: datetime) -> Mapping[SourceId, SourceSeen]:
    watches = source_troubles.watches(conn)
    silent = _silent(conn, now=now)
    return {
        one.source_id: SourceSeen(
            watches=[watch for watch in watches if watch.source_id == one.source_id],
            expires_at=one.expires_at,
            silent_since=silent.get(one.source_id),
            paused=one.paused,
        )
        for one in source_troubles.sources(conn)
    }


def _silent(conn: Connection, *, now: datetime) -> dict[SourceId, datetime]:
    """Return since when each source is silent that is so for longer than its habit; only of a quiet one the history is read."""
    quiet = {one.source_id: one.at for one in rhythm.last_posts(conn) if now - one.at >= silence.SHORTEST}
    if not quiet:
        return {}
    history: dict[SourceId, dict[datetime, int]] = {source_id: {} for source_id in quiet}
    for hour in rhythm.hours(conn, list(quiet), since=min(quiet.values()) - silence.LEARNT_FROM):
        history[hour.source_id][hour.hour] = hour.posts
    return {source_id: at for source_id, at in quiet.items() if silence.is_suspicious(history[source_id], last_at=at, now=now)}


def _tell(conn: Connection, kind: EventKind, alerts: Sequence[source_alerts.Raised], now: datetime) -> None:
    told = [
        events.Event(
            kind=kind,
            source_id=alert.source_id,
            facts={"alert_id": alert.id, "rule": alert.rule, "severity": alert.severity, "reason": alert.reason},
        )
        for alert in alerts
    ]
    events.add_all(conn, told, now=now)
