"""Makes one notification of an alarm and of the call about it. Place in the path: `actions.notify` -> here -> the notification centre.

Who has the case, or is of its team, and is on call besides is told at the same moment of both: that the alarm calls them says both.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from amends.core.database import Connection
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.noticing import Notice, Wishes
from amends.inbox.store import notifications
from amends.inbox.store.notifications import New

AT_ONCE = timedelta(minutes=1)
"""A call that comes later is one of its own: nobody saw to the alarm."""


def as_one(conn: Connection, new: Sequence[New], wishes_of: Callable[[AgentId], Wishes]) -> list[New]:
    """Return what is left to be told where each call, told as the alarm was, stands for both; what the centre holds is reworded."""
    both = [one for one in new if one.kind is Notice.CALLED and _is_as_loud(wishes_of(one.agent_id))]
    calls = {_about(one) for one in both}
    told = {(one.agent_id, one.alert_id) for one in notifications.reword_alarms(conn, both, within=AT_ONCE)} if both else set()
    return [
        one
        for one in new
        if not (one.kind is Notice.ALERT and _about(one) in calls) and not (one.kind is Notice.CALLED and _about(one) in told)
    ]


def _is_as_loud(wishes: Wishes) -> bool:
    return wishes.way_of(Notice.ALERT) is wishes.way_of(Notice.CALLED)


def _about(one: New) -> tuple[AgentId, object]:
    return one.agent_id, one.facts.get("alert_id")
