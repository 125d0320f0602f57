"""Makes of a flood of one kind one notification that counts. Place in the path: `actions.notify` -> here -> the notification centre.

Ten thousand lines in the bell hide what else somebody was told, and nobody reads them; each alarm has its line on the page of alarms, each
case its row in the inbox.
"""

from collections import Counter
from collections.abc import Sequence

from amends.core.database import Connection
from amends.inbox.rules.alert_routes import FLOOD
from amends.inbox.rules.noticing import BY_THE_THOUSAND, MOST_ALONE
from amends.inbox.store import notice_floods, notifications
from amends.inbox.store.notifications import New, Stored


def tell(conn: Connection, new: Sequence[New]) -> list[Stored]:
    """Store notifications, of a flood so many one by one and the rest as one, and return those that were not there before.

    Counted is by when they rang, so that a flood that is told late, by a worker that was away, is one all the same.
    """
    flowing = [one for one in new if one.kind in BY_THE_THOUSAND]
    if not flowing:
        return notifications.insert(conn, new)
    since, whom = min(one.event.at for one in flowing) - FLOOD, sorted({one.agent_id for one in flowing})
    told = Counter(notice_floods.told(conn, whom, kinds=sorted(BY_THE_THOUSAND), since=since))
    single, rest = list[New](), list[New]()
    for one in new:
        too_many = one.kind in BY_THE_THOUSAND and told[one.agent_id, one.kind] >= MOST_ALONE
        (rest if too_many else single).append(one)
        told[one.agent_id, one.kind] += 1
    counting = notice_floods.count(conn, rest, since=since) if rest else []
    return notifications.insert(conn, single) + counting
