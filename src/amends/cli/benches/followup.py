"""Follow-ups that are all due at once: claimed, compared with what their customers wrote since, concluded, and the relapsed reopened."""

from typing import LiteralString

from amends.cli.measuring.desks import desk_of
from amends.cli.measuring.followup import make_due
from amends.cli.measuring.row import Row, limited, seconds
from amends.core.clock import utc_now
from amends.core.database import Connection, connect, execute, fetch_values
from amends.inbox.actions.follow_up import conclude_due

FULL = 100_000
AT_MOST = 60.0
RESOLVED = 0.71
"""Of the cases of a measured desk, those that are resolved: each has one look that is due."""
WORKLOAD = "due follow-ups; of ten customers four thanked, three complained about it and two about something else, with other handles"


def run(url: str, *, full: int = FULL) -> list[Row]:
    """Return how long so many due follow-ups take, against one statement that concludes as many without looking at anything."""
    with connect(desk_of(url, cases=round(full / RESOLVED))) as conn:
        make_due(conn)
        conn.commit()
        execute(conn, "analyze")
        conn.commit()
        due = fetch_values(conn, "select count(*) from follow_ups where due_at <= now()")[0]
        floor = seconds(lambda: _floor(conn))
        conn.rollback()
        taken = seconds(lambda: _conclude(conn))
        held, relapsed = (_outcomes(conn, outcome) for outcome in ("held", "relapsed"))
    name = f"{due:,} due follow-ups concluded ({held:,} held, {relapsed:,} relapsed and reopened)"
    return [limited(name, product=taken * FULL / due, floor=floor * FULL / due, unit=f"s a {FULL:,}", at_most=AT_MOST)]


def _conclude(conn: Connection) -> None:
    while conclude_due(conn, now=utc_now()):
        conn.commit()


def _outcomes(conn: Connection, outcome: str) -> int:
    return fetch_values(conn, "select count(*) from follow_ups where outcome = %(outcome)s", {"outcome": outcome})[0]


def _floor(conn: Connection) -> None:
    """Conclude everything as silent in one go, with an event each."""
    execute(conn, _FLOOR)


_FLOOR: LiteralString = """
with concluded as (
  update follow_ups set concluded_at = now(), outcome = 'silent'
  where concluded_at is null and due_at <= now() returning id, case_id, episode_id
), told as (
  update episodes e set outcome = 'silent' from concluded c where e.id = c.episode_id
)
insert into events (kind, at, case_id, facts)
select 'follow_up_concluded', now(), case_id, jsonb_build_object('follow_up_id', id) from concluded
"""
