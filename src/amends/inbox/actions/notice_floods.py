"""Makes of a flood of alarms one notification that counts. Place in the path: `actions.notify` -> here -> the notification centre.

Ten thousand lines in the bell hide what else somebody was told, and nobody reads them; each alarm has its line on the page of alarms.
"""

from collections import Counter
from collections.abc import Sequence

from amends.core.database import Connection
from amends.inbox.rules.alert_routes import FLOOD
from amends.inbox.rules.noticing import MOST_ALARMS, OF_ALARMS
from amends.inbox.store import notice_floods, notifications
from amends.inbox.store.notifications import New, Stored


def tell(conn: Connection, new: Sequence[New]) -> list[Stored]:
    """Store notifications, of alarms so many one by one and the rest as one, and return those that were not there before.

    Counted is by when they rang, so that a flood that is told late, by a worker that was away, is one all the same.
    """
    alarms = [one for one in new if one.kind in OF_ALARMS]
    if not alarms:
        return notifications.insert(conn, new)
    since, whom = min(one.event.at for one in alarms) - FLOOD, sorted({one.agent_id for one in alarms})
    told = Counter(notice_floods.told(conn, whom, kinds=sorted(OF_ALARMS), since=since))
    single, rest = list[New](), list[New]()
    for one in new:
        too_many = one.kind in OF_ALARMS and told[one.agent_id, one.kind] >= MOST_ALARMS
        (rest if too_many else single).append(one)
        told[one.agent_id, one.kind] += 1
    counting = notice_floods.count(conn, rest, since=since) if rest else []
    return notifications.insert(conn, single) + counting
