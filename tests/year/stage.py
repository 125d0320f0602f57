"""Where a made-up year plays: two brands with three sources, teams, agents, topics, calendars and policies that overlap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import calendars, number_settings, sla_policies, topics
from amends.inbox.rules.ids import AgentId, SourceId, TeamId, TopicId
from amends.inbox.rules.sla_policy import Written
from amends.inbox.store import calendars as stored_calendars
from amends.inbox.store import segments
from amends.inbox.store import sla_policies as stored
from amends.inbox.store.number_settings import NumberSettings
from tests.cast import a_source, ada, bo, mia
from tests.crew import a_team
from tests.year.standing import SOURCES, TOPICS
from tests.year.truth import BEGINS, DESK, POLICIES, WEEKS, Promised

SINCE = BEGINS - timedelta(days=1)
MEMBER = "member"
"""The tag of those whom the segment finds."""
TEAM_NAMES = ("North", "South", "Night")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """The ids of what lives name by their places; policies and calendars by name, as versions."""

    conn: Connection
    sources: list[SourceId]
    brands: list[int]
    teams: list[TeamId]
    agents: list[AgentId]
    topics: list[TopicId]
    versions: dict[str, int]
    calendars: dict[str, int]
    segment: int


def set_up(conn: Connection) -> Stage:
    """Furnish the company."""
    sources = [a_source(conn, network=network, brand=brand, handle=handle, now=SINCE) for network, brand, handle in SOURCES]
    agents = [ada(conn), bo(conn)]
    weeks = _weeks(conn, mia(conn))
    return Stage(
        conn=conn,
        sources=sources,
        brands=[fetch_values(conn, "select brand_id from sources where id = %(id)s", {"id": source})[0] for source in sources],
        teams=[a_team(conn, name, members=agents) for name in TEAM_NAMES],
        agents=agents,
        topics=[topics.create(conn, name=f"Topic {n}", brand_id=None, agent_id=mia(conn), now=SINCE) for n in range(TOPICS)],
        versions=_promise(conn, mia(conn), weeks),
        calendars=_versions_of(conn, weeks),
        segment=segments.insert(conn, agent_id=mia(conn), name="Members", query=f"tag:{MEMBER}", shared=True, now=SINCE),
    )


def _weeks(conn: Connection, agent_id: AgentId) -> dict[str, int]:
    weeks = {
        name: calendars.save(conn, name=name, calendar=week.calendar, calendar_id=None, agent_id=agent_id, now=SINCE)
        for name, week in WEEKS.items()
    }
    decided = NumberSettings(compare_agents=[], shows_answer_times=False, calendar_id=weeks[DESK])
    number_settings.decide(conn, decided, agent_id=agent_id, now=SINCE)
    return weeks


def _versions_of(conn: Connection, weeks: Mapping[str, int]) -> dict[str, int]:
    version = {row.calendar_id: row.id for row in stored_calendars.every(conn)}
    return {name: version[week] for name, week in weeks.items()}


def _promise(conn: Connection, agent_id: AgentId, weeks: Mapping[str, int]) -> dict[str, int]:
    for policy in stored.every(conn):
        sla_policies.remove(conn, policy_id=policy.policy_id, agent_id=agent_id, now=SINCE)
    for policy in POLICIES:
        sla_policies.save(conn, _written(policy, weeks.get(policy.week)), policy_id=None, agent_id=agent_id, now=SINCE)
    return {row.name: row.id for row in stored.every(conn)}


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
