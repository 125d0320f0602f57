"""Keeps the numbers from being asked of one colleague after another by those whom no setting lets compare agents.

Place in the path: whatever measures by a query (the page, REST, exports, reports) -> here, before it looks.
"""

from collections.abc import Sequence

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.query import Query, terms_of
from amends.inbox.store import number_settings, segment_sql
from amends.inbox.store.query_names import names_of


def not_compared() -> str:
    """Return why somebody sees no numbers of single agents."""
    return _("Numbers of single agents are not compared here; an administrator can say who may.")


def check_query(conn: Connection, query: Query, asker: Asker, *, role: str) -> None:
    """Raise `Refused` where who asks, of this role, would read the numbers of a colleague; `NotAQuery` where nobody is called so."""
    check_reader(conn, query, asker, reader=asker.agent_id, compares=number_settings.read(conn).may_compare(role))


def check_reader(conn: Connection, query: Query, asker: Asker, *, reader: AgentId | int, compares: bool) -> None:
    """Raise `Refused` where a reader who may not compare would read the numbers of a colleague; `asker` is whom “me” means."""
    if not compares and _agents_named(conn, query, asker) - {reader}:
        raise Refused(not_compared())


def _agents_named(conn: Connection, query: Query, asker: Asker) -> set[int]:
    """Return whom the query names, also where it asks for all others: what is left of the whole is theirs."""
    terms = tuple(term for term in terms_of(query) if term.field == "assignee")
    myself = {asker.agent_id for term in terms for match in term.matches if match.value == "me"}
    return myself.union(*names_of(conn, Query(terms)).values(), *owners_named(conn, query))


def owners_named(conn: Connection, query: Query) -> list[Sequence[int]]:
    """Return whose customers the segments are that the query names: most of their cases are that colleague's."""
    segments = segment_sql.meant(conn, query).values()
    return [ids for segment in segments for (field, _value), ids in segment.names.items() if field == "owner"]
