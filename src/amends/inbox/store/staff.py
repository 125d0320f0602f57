"""SQL of people at work: what each can take, how much they have, and whether they are away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.assigning import Person
from amends.inbox.rules.ids import AgentId, TeamId, TopicId


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """A colleague; `load` is how many open cases they have (counted up to 1,000), `turns` the last turn in each of their teams."""

    id: AgentId
    name: str
    role: str
    active: bool
    languages: Sequence[str]
    topics: Sequence[TopicId]
    capacity: int
    away_since: datetime | None
    away_until: datetime | None
    load: int
    turns: Mapping[str, int]

    def is_away(self, now: datetime) -> bool:
        """Tell whether they said that they are away at this moment."""
        return self.away_since is not None and self.away_since <= now and (self.away_until is None or now < self.away_until)

    def as_person(self, now: datetime) -> Person:
        """Return them as a rule takes them."""
        return Person(
            id=self.id,
            name=self.name,
            role=self.role,
            active=self.active,
            away=self.is_away(now),
            languages=frozenset(self.languages),
            topics=frozenset(self.topics),
            capacity=self.capacity,
            load=self.load,
            turns={TeamId(int(team)): turn for team, turn in self.turns.items()},
        )


_ROW = """
select g.id, g.name, g.role, g.active, g.languages, g.capacity, g.away_since, g.away_until,
  array(select topic_id from agent_topics x where x.agent_id = g.id order by 1) as topics,
  (select count(*) from (select from cases c where c.assignee_id = g.id and c.status = 'open' limit 1000) held) as load,
  coalesce((select jsonb_object_agg(m.team_id, m.turn) from team_members m join teams t on t.id = m.team_id and t.archived_at is null
            where m.agent_id = g.id), '{}') as turns
from agents g
"""


def active(conn: Connection) -> list[PersonRow]:
    """Return everybody who works here, by name."""
    return fetch_all(conn, PersonRow, _ROW + " where g.active order by lower(g.name), g.id")


def listed(conn: Connection) -> list[PersonRow]:
    """Return everybody who works here, and who left and still has cases that are going on, by name."""
    left = " or exists (select from cases c where c.assignee_id = g.id and c.status in ('open', 'waiting', 'snoozed'))"
    return fetch_all(conn, PersonRow, _ROW + " where g.active" + left + " order by lower(g.name), g.id")


def find(conn: Connection, *, agent_id: AgentId) -> PersonRow | None:
    """Return one colleague, also one who left, or None."""
    return fetch_maybe(conn, PersonRow, _ROW + " where g.id = %(id)s", {"id": agent_id})


def set_skills(conn: Connection, *, agent_id: AgentId, languages: Sequence[str], topics: Sequence[TopicId], capacity: int) -> None:
    """Store what somebody can take."""
    params = {"id": agent_id, "languages": list(languages), "topics": list(topics), "capacity": capacity}
    execute(conn, "update agents set languages = %(languages)s, capacity = %(capacity)s where id = %(id)s", params)
    execute(conn, "delete from agent_topics where agent_id = %(id)s and topic_id <> all(%(topics)s::bigint[])", params)
    execute(
        conn,
        "insert into agent_topics select %(id)s, id from topics where id = any(%(topics)s::bigint[]) on conflict do nothing",
        params,
    )


def set_away(conn: Connection, *, agent_id: AgentId, since: datetime | None, until: datetime | None) -> None:
    """Store that somebody is away, or back where `since` is None."""
    execute(
        conn,
        "update agents set away_since = %(since)s, away_until = %(until)s where id = %(id)s",
        {"id": agent_id, "since": since, "until": until},
    )
