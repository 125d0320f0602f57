"""Which cases an agent means: those that match what the list shows, and of them those that the agent may see.

Place in the path: "all that match" -> here, once, when the work starts -> the fixed set of a bulk run. The one place to change where the
list's query is another one.
"""

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.rights import EVERYTHING, SEE_EVERY_TEAM, Scope
from amends.inbox.rules.views import Filter, Sort, View
from amends.inbox.rules.words import Role
from amends.inbox.store import inbox_list, team_list

MOST = 50_000
PAGE = 5_000


def matching(conn: Connection, *, view: View, chosen: Filter, agent_id: AgentId) -> list[int]:
    """Return the ids of every case that the list would show; `Refused` where there are more than `MOST`."""
    found: list[int] = []
    after = None
    while True:
        rows = inbox_list.page(conn, view=view, chosen=chosen, sort=Sort.NEWEST, agent_id=agent_id, after=after, limit=PAGE)
        found += [row.id for row in rows]
        if len(found) > MOST:
            raise Refused(_("More than %(most)s cases match; narrow the list first.") % {"most": f"{MOST:,}"})
        if len(rows) < PAGE:
            return found
        after = inbox_list.marker_of(rows[-1], Sort.NEWEST)


def scope_of(conn: Connection, *, agent_id: AgentId, role: str) -> Scope:
    """Return which cases somebody sees."""
    return EVERYTHING if Role(role) in SEE_EVERY_TEAM else Scope(teams=team_list.of_agent(conn, agent_id=agent_id))
