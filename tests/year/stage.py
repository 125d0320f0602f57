"""Where a made-up year plays: two brands with three sources, teams, agents, topics, calendars and policies that overlap."""

from dataclasses import dataclass
from datetime import timedelta

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import calendars, sla_policies, topics
from amends.inbox.rules.ids import AgentId, SourceId, TeamId, TopicId
from amends.inbox.rules.sla_policy import Written
from amends.inbox.store import sla_policies as stored
from tests.cast import a_source, ada, bo, mia
from tests.crew import a_team
from tests.year.living import SOURCES, TOPICS
from tests.year.truth import BEGINS, POLICIES, WEEKS, Promised

SINCE = BEGINS - timedelta(days=1)
TEAM_NAMES = ("North", "South", "Night")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """The ids of what lives name by their places; policies by name, as versions with those of their calendars."""

    conn: Connection
    sources: list[SourceId]
    brands: list[int]
    teams: list[TeamId]
    agents: list[AgentId]
    topics: list[TopicId]
    versions: dict[str, tuple[int, int | None]]


def set_up(conn: Connection) -> Stage:
    """Furnish the company."""
    sources = [a_source(conn, network=network, brand=brand, handle=handle, now=SINCE) for network, brand, handle in SOURCES]
    agents = [ada(conn), bo(conn)]
    return Stage(
        conn=conn,
        sources=sources,
        brands=[fetch_values(conn, "select brand_id from sources where id = %(id)s", {"id": source})[0] for source in sources],
        teams=[a_team(conn, name, members=agents) for name in TEAM_NAMES],
        agents=agents,
        topics=[topics.create(conn, name=f"Topic {n}", brand_id=None, agent_id=mia(conn), now=SINCE) for n in range(TOPICS)],
        versions=_promise(conn, mia(conn)),
    )


def _promise(conn: Connection, agent_id: AgentId) -> dict[str, tuple[int, int | None]]:
    for policy in stored.every(conn):
        sla_policies.remove(conn, policy_id=policy.policy_id, agent_id=agent_id, now=SINCE)
    weeks = {
        name: calendars.save(conn, name=name, calendar=week.calendar, calendar_id=None, agent_id=agent_id, now=SINCE)
        for name, week in WEEKS.items()
    }
    for policy in POLICIES:
        sla_policies.save(conn, _written(policy, weeks.get(policy.week)), policy_id=None, agent_id=agent_id, now=SINCE)
    newest = dict(zip(weeks.values(), fetch_values(conn, "select id from calendar_versions order by calendar_id"), strict=False))
    return {row.name: (row.id, newest.get(row.calendar_id or 0)) for row in stored.every(conn)}


def _written(policy: Promised, calendar_id: int | None) -> Written:
    business = calendar_id is not None
    return Written(
        name=policy.name,
        condition=policy.condition,
        calendar_id=calendar_id,
        first_minutes=policy.minutes.get("first"),
        first_business=business and "first" in policy.minutes,
        next_minutes=policy.minutes.get("next"),
        next_business=business and "next" in policy.minutes,
        resolution_minutes=policy.minutes.get("resolution"),
        resolution_business=business and "resolution" in policy.minutes,
        pauses=policy.pauses,
        warn_percent=None,
        warn_minutes=None,
        steps=[],
    )


def read_sources(stage: Stage, unread: int, now: object) -> None:
    """Let every source but one have been read up to now."""
    execute(
        stage.conn, "update watches set last_ok_at = %(now)s where source_id <> %(unread)s", {"now": now, "unread": stage.sources[unread]}
    )
