"""SQL of measuring clocks by a calendar: those that none counted by so far, and those that ended before all of it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_values
from amends.inbox.rules.ids import CaseId

_UNMEASURED: LiteralString = """
  (k.calendar_version_id is null and %(desk)s::bigint is not null)
  or (k.calendar_version_id is not null and k.stopped_at is not null and k.whole_business_seconds is null)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A clock by a calendar; the seconds are None while it runs, or where it was voided."""

    id: int
    calendar_version_id: int
    business_seconds: int | None
    whole_business_seconds: int | None


def count(conn: Connection, *, desk: int | None) -> int:
    """Return of how many cases a clock is not measured; `desk` is the version of the calendar for those that have none."""
    return fetch_values(conn, "select count(distinct case_id) from clocks k where" + _UNMEASURED, {"desk": desk})[0]


def lock_unmeasured(conn: Connection, *, desk: int | None, after: int, limit: int) -> list[CaseId]:
    """Lock and return the next cases behind `after` of which a clock is not measured."""
    return fetch_values(
        conn,
        "select id from cases c where id > %(after)s and exists (select from clocks k where k.case_id = c.id and ("
        + _UNMEASURED
        + ")) order by id limit %(limit)s for update",
        {"desk": desk, "after": after, "limit": limit},
    )


def keep(conn: Connection, rows: Sequence[Measured]) -> None:
    """Write what was measured on the clocks, and on the episodes of their first answers."""
    execute(
        conn,
        """
        with measured as (
          select * from jsonb_to_recordset(%(rows)s) as r(id bigint, calendar bigint, business bigint, whole bigint)
        ), kept as (
          update clocks k set calendar_version_id = calendar, business_seconds = business, whole_business_seconds = whole
          from measured m where k.id = m.id returning k.episode_id, k.kind, k.business_seconds
        )
        update episodes e set first_answer_business_seconds = kept.business_seconds
        from kept where e.id = kept.episode_id and kept.kind = 'first'
          and e.first_answer_business_seconds is distinct from kept.business_seconds
        """,
        {
            "rows": Jsonb(
                [
                    {
                        "id": row.id,
                        "calendar": row.calendar_version_id,
                        "business": row.business_seconds,
                        "whole": row.whole_business_seconds,
                    }
                    for row in rows
                ]
            )
        },
    )
