"""SQL of the queries that are kept: of cases in views, rules, policies, rates, reports and routes of alarms, of customers in segments."""

from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all

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


def put(conn: Connection, kept: Kept, text: str) -> None:
    """Let a kept query read so, unless somebody wrote it anew since it was read."""
    execute(conn, _PLACES[kept.place], {"id": kept.id, "was": kept.text, "text": text})
