"""Decides about the numbers: who compares, what a status page shows, and by which calendar is counted where no policy names one."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, Refused
from amends.core.translating import _
from amends.inbox.actions import calendars, jobs
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.rules.rights import RIGHTS, Right
from amends.inbox.rules.words import Role
from amends.inbox.store import number_settings
from amends.inbox.store.number_settings import NumberSettings

JOB = "measure"
ROLES = [role for role in Role if role in RIGHTS[Right.NUMBERS]]
"""Who may be let compare agents: whoever sees the numbers."""


def decide(conn: Connection, new: NumberSettings, *, agent_id: AgentId, now: datetime, instead_of: str = "") -> NumberSettings:
    """Keep what is decided, and return what was before; a calendar that is chosen is counted by for what no calendar counted before.

    `Conflict` where what was decided is not what somebody saw (`instead_of`, its mark; empty: whatever it is), `NotFound` where the
    calendar is gone, `Refused` where somebody is to compare agents who does not see the numbers.
    """
    if not set(new.compare_agents) <= {role.value for role in ROLES}:
        raise Refused(_("Only those who see the numbers can compare agents: choose from leads, managers, administrators and auditors."))
    before = number_settings.lock(conn)
    if instead_of not in {"", before.mark}:
        raise Conflict(_("Somebody has changed this since."))
    if new.calendar_id is not None:
        calendars.row_of(conn, new.calendar_id)
    number_settings.keep(conn, new)
    if new.calendar_id not in {None, before.calendar_id}:
        jobs.start(conn, kind=JOB, why=JobWhy.CALENDAR, facts={}, agent_id=agent_id, now=now)
    return before
