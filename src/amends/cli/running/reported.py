"""What the invented company reads again and again: the manager's Monday, and the month by what went wrong."""

from datetime import datetime

from amends.cli.running.cast import MIA
from amends.core.database import Connection
from amends.inbox.actions.reports import schedule_of
from amends.inbox.rules.reports import Every, Part, SpanRule, next_turn
from amends.inbox.store import agents, reports
from amends.inbox.store.reports import Kept

_EIGHT = 8 * 60
_MONDAY = (Part.HELD, Part.FIGURES, Part.TIMES, Part.DAYS, Part.TOPICS, Part.NETWORK, Part.ALARMS)
_WRONG = (Part.FIGURES, Part.TOPIC, Part.LANGUAGE, Part.NETWORK)


def keep_reports(conn: Connection, *, now: datetime) -> None:
    """Keep two reports of the manager's where there is none yet."""
    mia = agents.find_by_email(conn, email=MIA.email)
    if mia is None or reports.of_agent(conn, mia.id, everybodys=True):
        return
    wrong = _report("What went wrong", "mood:negative", _WRONG, every=Every.NEVER, people=[])
    for kept in (_report("Monday for the managers", "", _MONDAY, every=Every.WEEK, people=[mia.id]), wrong):
        reports.insert(conn, kept, agent_id=mia.id, next_at=next_turn(schedule_of(kept), now), now=now)


def _report(name: str, condition: str, parts: tuple[Part, ...], *, every: Every, people: list[int]) -> Kept:
    return Kept(
        name=name,
        span=SpanRule.LAST_WEEK if every else SpanRule.DAYS_30,
        condition=condition,
        parts=[part.value for part in parts],
        zone="Asia/Colombo",
        language="en",
        every=every.value,
        on_day=1,
        at_minute=_EIGHT,
        files=["xlsx"],
        people=people,
    )
