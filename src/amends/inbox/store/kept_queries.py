"""SQL of the queries that are kept: of cases in views, rules, policies, rates, reports and routes of alarms, of customers in segments."""

from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import AgentId

SEGMENT = "segment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A kept query: the row of a place that has it, and its text."""

    place: str
    id: int
    text: str


_PLACES: dict[str, LiteralString] = {
    "view": "update saved_views set query = %(text)s where id = %(id)s and query = %(was)s",
    "rule": "update automation_rules set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "policy": "update sla_policy_versions set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "rate": "update surge_rules set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "report": "update reports set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "route": "update alert_routes set condition = %(text)s where id = %(id)s and condition = %(was)s",
    SEGMENT: "update segments set query = %(text)s where id = %(id)s and query = %(was)s",
}


def asking(conn: Connection, field: str) -> list[Kept]:
    """Return the kept queries that may ask by a field, those of what was put away too."""
    return fetch_all(
        conn,
        Kept,
        """
        select * from (
          select 'view' as place, id, query as text from saved_views
          union all select 'rule', id, condition from automation_rules
          union all select 'policy', id, condition from sla_policy_versions
          union all select 'rate', id, condition from surge_rules
          union all select 'report', id, condition from reports
          union all select 'route', id, condition from alert_routes
          union all select 'segment', id, query from segments
        ) kept where strpos(lower(text), %(asked)s) > 0 order by place, id
        """,
        {"asked": f"{field}:"},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """A kept query that is in force: where it stands, and what that is called."""

    place: str
    name: str
    text: str


def in_force(conn: Connection, field: str, *, agent_id: AgentId) -> list[Use]:
    """Return the kept queries in force that may ask by a field; of views those that are one's own or not one colleague's alone."""
    return fetch_all(
        conn,
        Use,
        """
        select * from (
          select 'view' as place, name, query as text from saved_views
          where deleted_at is null and (audience <> 'me' or agent_id = %(agent_id)s)
          union all select 'rule', name, condition from automation_rules where deleted_at is null
          union all select 'policy', v.name, v.condition from sla_policies p
            cross join lateral (select * from sla_policy_versions where policy_id = p.id order by number desc limit 1) v
          where p.deleted_at is null
          union all select 'rate', name, condition from surge_rules where deleted_at is null
          union all select 'report', name, condition from reports where deleted_at is null
          union all select 'route', name, condition from alert_routes where deleted_at is null
        ) kept where strpos(lower(text), %(asked)s) > 0 order by place, name
        """,
        {"asked": f"{field}:", "agent_id": agent_id},
    )


def put(conn: Connection, kept: Kept, text: str) -> None:
    """Let a kept query read so, unless somebody wrote it anew since it was read."""
    execute(conn, _PLACES[kept.place], {"id": kept.id, "was": kept.text, "text": text})
