"""What the invented company promises: working hours at home, and resolutions counted by them."""

from dataclasses import replace
from datetime import datetime

from amends.cli.running.cast import MIA
from amends.core.database import Connection
from amends.inbox.actions import calendars, sla_policies
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import agents
from amends.inbox.store import calendars as stored_calendars
from amends.inbox.store import sla_policies as stored

OFFICE = Calendar(zone="Asia/Colombo", spans=tuple(Span(day=day, begins=8 * 60, ends=20 * 60) for day in range(6)), regions=("LK",))
DAY_OF_WORK = 12 * 60


def keep_promises(conn: Connection, *, now: datetime) -> None:
    """Promise a resolution within two days of work beside the first answers, where there is no calendar yet."""
    mia = agents.find_by_email(conn, email=MIA.email)
    if mia is None or stored_calendars.every(conn):
        return
    week = calendars.save(conn, name="Care, Monday to Saturday", calendar=OFFICE, calendar_id=None, agent_id=mia.id, now=now)
    for policy in stored.every(conn):
        written = replace(
            sla_policies.as_written(policy),
            calendar_id=week,
            resolution_minutes=2 * DAY_OF_WORK,
            resolution_business=True,
            warn_percent=80,
            steps=[{"minutes": 0, "deed": "assignee"}, {"minutes": 60, "deed": "lead"}],
        )
        sla_policies.save(conn, written, policy_id=policy.policy_id, agent_id=mia.id, now=now)
