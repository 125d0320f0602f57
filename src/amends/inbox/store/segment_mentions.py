"""SQL of the queries of cases that are kept and may name a segment: views, rules, policies, rates, reports, routes of alarms."""

from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A kept query: the row of a place that has it, and its text."""

    place: str
    id: int
    text: str


_KEPT: dict[str, LiteralString] = {
    "view": "update saved_views set query = %(text)s where id = %(id)s and query = %(was)s",
    "rule": "update automation_rules set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "policy": "update sla_policy_versions set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "rate": "update surge_rules set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "report": "update reports set condition = %(text)s where id = %(id)s and condition = %(was)s",
    "route": "update alert_routes set condition = %(text)s where id = %(id)s and condition = %(was)s",
}


def every(conn: Connection) -> list[Mention]:
    """Return the kept queries that may name a segment, those of what was put away too."""
    return fetch_all(
        conn,
        Mention,
        """
        select * from (
          select 'view' as place, id, query as text from saved_views
          union all select 'rule', id, condition from automation_rules
          union all select 'policy', id, condition from sla_policy_versions
          union all select 'rate', id, condition from surge_rules
          union all select 'report', id, condition from reports
          union all select 'route', id, condition from alert_routes
        ) kept where text ilike '%%segment:%%' order by place, id
        """,
    )


def put(conn: Connection, mention: Mention, text: str) -> None:
    """Let a kept query read so, unless somebody wrote it anew since it was read."""
    execute(conn, _KEPT[mention.place], {"id": mention.id, "was": mention.text, "text": text})
