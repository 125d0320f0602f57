"""SQL of how people want to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.noticing import Wishes
from amends.inbox.rules.working_hours import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What somebody chose, as it is stored, with their zone and whether they are away."""

    agent_id: AgentId
    ways: Mapping[str, str]
    muted_sources: Sequence[int]
    muted_teams: Sequence[int]
    quiet: Sequence[Sequence[int]]
    critical_breaks: bool
    quiet_away: bool
    zone: str
    away_since: datetime | None
    away_until: datetime | None

    @property
    def wishes(self) -> Wishes:
        """What they chose, as a rule takes it."""
        return Wishes(
            ways=self.ways,
            muted_sources=frozenset(self.muted_sources),
            muted_teams=frozenset(self.muted_teams),
            quiet=tuple(Span(day=day, begins=begins, ends=ends) for day, begins, ends in self.quiet),
            zone=self.zone or "UTC",
            critical_breaks=self.critical_breaks,
            quiet_away=self.quiet_away,
        )

    def is_away(self, now: datetime) -> bool:
        """Tell whether they said that they are away at this moment."""
        return self.away_since is not None and self.away_since <= now and (self.away_until is None or now < self.away_until)


def of(conn: Connection, agent_ids: Sequence[AgentId]) -> dict[AgentId, Row]:
    """Return how these people want to be told; who chose nothing has what comes with Amends."""
    found = fetch_all(
        conn,
        Row,
        """
        select g.id as agent_id, coalesce(s.ways, '{}') as ways, coalesce(s.muted_sources, '{}') as muted_sources,
          coalesce(s.muted_teams, '{}') as muted_teams, coalesce(s.quiet, '[]') as quiet,
          coalesce(s.critical_breaks, true) as critical_breaks, coalesce(s.quiet_away, true) as quiet_away,
          g.time_zone as zone, g.away_since, g.away_until
        from agents g left join notification_settings s on s.agent_id = g.id where g.id = any(%(ids)s)
        """,
        {"ids": list(agent_ids)},
    )
    return {one.agent_id: one for one in found}


def save(conn: Connection, *, agent_id: AgentId, wishes: Wishes) -> None:
    """Store how somebody wants to be told."""
    spans: list[list[int]] = [[one.day, one.begins, one.ends] for one in wishes.quiet]
    params: dict[str, Any] = {
        "agent_id": agent_id,
        "ways": Jsonb(dict(wishes.ways)),
        "sources": sorted(wishes.muted_sources),
        "teams": sorted(wishes.muted_teams),
        "quiet": Jsonb(spans),
        "critical": wishes.critical_breaks,
        "away": wishes.quiet_away,
    }
    execute(
        conn,
        """
        insert into notification_settings (agent_id, ways, muted_sources, muted_teams, quiet, critical_breaks, quiet_away)
        values (%(agent_id)s, %(ways)s, %(sources)s::bigint[], %(teams)s::bigint[], %(quiet)s, %(critical)s, %(away)s)
        on conflict (agent_id) do update set ways = excluded.ways, muted_sources = excluded.muted_sources,
          muted_teams = excluded.muted_teams, quiet = excluded.quiet, critical_breaks = excluded.critical_breaks,
          quiet_away = excluded.quiet_away
        """,
        params,
    )
