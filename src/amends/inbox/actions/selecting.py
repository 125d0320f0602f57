"""Which cases an agent means: those that fit what the list shows, of those that the agent may see.

Place in the path: "all that match" -> here, once, when the work starts -> the fixed set of a bulk run.
"""

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.core.written import number
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query import Query
from amends.inbox.store import matching as matcher

MOST = 50_000


def matching(conn: Connection, query: Query, asker: Asker) -> list[int]:
    """Return the ids of every case that the list would show; `Refused` where there are more than `MOST`."""
    found = matcher.every(conn, query, asker, most=MOST + 1)
    if len(found) > MOST:
        raise Refused(_("More than %(most)s cases match; narrow the list first.") % {"most": number(MOST)})
    return found
