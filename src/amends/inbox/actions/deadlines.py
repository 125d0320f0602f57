"""Changes until when we should have answered. Place in the path: the page Deadlines -> targets -> a job that dates open cases anew."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import jobs
from amends.inbox.rules.deadlines import Target, checked
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, BrandId
from amends.inbox.store import deadlines, events


def set_targets(conn: Connection, brand_id: BrandId | None, targets: Sequence[Target], *, agent_id: AgentId, now: datetime) -> None:
    """Let these targets count from now on; a brand without any follows the others. Open cases follow in the background."""
    before = deadlines.of_brand(conn, brand_id)
    after = checked(targets) if targets or brand_id is None else ()
    if tuple(before) == after:
        return
    deadlines.replace(conn, brand_id, after)
    events.add(conn, EventKind.DEADLINES_SET, now=now, agent_id=agent_id, brand_id=brand_id, before=_told(before), after=_told(after))
    jobs.start(conn, kind="deadlines", why="other deadlines", facts={}, agent_id=agent_id, now=now)


def _told(targets: Sequence[Target]) -> list[list[int]]:
    return [[one.least_urgency, one.minutes] for one in targets]
