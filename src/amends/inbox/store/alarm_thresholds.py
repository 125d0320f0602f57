"""SQL of when a single post rings: a row for each time that somebody set it; the newest counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.alarm_thresholds import Thresholds
from amends.inbox.rules.ids import AgentId, AlarmThresholdsId


@dataclass(frozen=True, kw_only=True, slots=True)
class SetThresholds:
    """A row of `alarm_thresholds`, and who set it; without numbers the environment counts."""

    id: AlarmThresholdsId
    urgency: int | None
    followers: int | None
    cooldown_minutes: int | None
    agent: str
    created_at: datetime

    @property
    def thresholds(self) -> Thresholds | None:
        """The thresholds as rules take them; None: as the environment says."""
        if self.urgency is None or self.followers is None or self.cooldown_minutes is None:
            return None
        return Thresholds(urgency=self.urgency, followers=self.followers, cooldown=timedelta(minutes=self.cooldown_minutes))


def history(conn: Connection, *, limit: int) -> list[SetThresholds]:
    """Return what was set, the newest (which counts) first."""
    return fetch_all(
        conn,
        SetThresholds,
        """
        select t.id, t.urgency, t.followers, t.cooldown_minutes, a.name as agent, t.created_at
        from alarm_thresholds t join agents a on a.id = t.agent_id order by t.id desc limit %(limit)s
        """,
        {"limit": limit},
    )


def newest(conn: Connection) -> SetThresholds | None:
    """Return the row that counts, or None where nothing was ever set."""
    return next(iter(history(conn, limit=1)), None)


def find(conn: Connection, thresholds_id: AlarmThresholdsId) -> SetThresholds | None:
    """Return one row, or None."""
    return fetch_maybe(
        conn,
        SetThresholds,
        """
        select t.id, t.urgency, t.followers, t.cooldown_minutes, a.name as agent, t.created_at
        from alarm_thresholds t join agents a on a.id = t.agent_id where t.id = %(id)s
        """,
        {"id": thresholds_id},
    )


def lock(conn: Connection) -> None:
    """Let one person set thresholds at a time, until the transaction ends."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('alarm_thresholds', 0))")


def insert(conn: Connection, thresholds: Thresholds | None, *, agent_id: AgentId, now: datetime) -> AlarmThresholdsId:
    """Store thresholds, which count from now on (None: those of the environment), and return their id."""
    [thresholds_id] = fetch_values(
        conn,
        """
        insert into alarm_thresholds (urgency, followers, cooldown_minutes, agent_id, created_at)
        values (%(urgency)s, %(followers)s, %(minutes)s, %(agent_id)s, %(now)s) returning id
        """,
        {
            "urgency": thresholds.urgency if thresholds else None,
            "followers": thresholds.followers if thresholds else None,
            "minutes": thresholds.cooldown // timedelta(minutes=1) if thresholds else None,
            "agent_id": agent_id,
            "now": now,
        },
    )
    return AlarmThresholdsId(thresholds_id)
