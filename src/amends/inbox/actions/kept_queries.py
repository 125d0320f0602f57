"""Lets the queries that are kept follow the new name of what they name. Place in the path: a new name -> here -> views, rules, reports.

All in one transaction: else a rule that asks for `topic:billing` would stop on the day when that topic is called otherwise.
"""

from amends.core.database import Connection
from amends.inbox.rules.customer_fields import customer_fields
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.query import LONGEST, Match, NotAQuery, renamed, terms_of
from amends.inbox.rules.query_fields import FIELDS, Fields
from amends.inbox.rules.query_reading import parse
from amends.inbox.store import customer_sql, kept_queries
from amends.inbox.store.kept_queries import Use
from amends.inbox.store.query_names import known


def follow(conn: Connection, field: str, old: str, new: str) -> None:
    """Put the new name in the place of the old one wherever a query asks for it by `field`, unless something else is still called so."""
    if old == new or any(old.casefold() == name.casefold() for one in known(conn, field) for name in one.names if name != new):
        return
    of_customers = customer_fields(customer_sql.attributes(conn))
    for kept in kept_queries.asking(conn, field):
        text = _named_anew(kept.text, field, old, new, of_customers if kept.place == kept_queries.SEGMENT else FIELDS)
        if text != kept.text and len(text) <= LONGEST:
            kept_queries.put(conn, kept, text)


def _named_anew(text: str, field: str, old: str, new: str, fields: Fields) -> str:
    """Return the text with the new name; as it is where it cannot be read."""
    try:
        return str(renamed(parse(text, fields), field, old, new))
    except NotAQuery:
        return text


def uses(conn: Connection, field: str, name: str, *, agent_id: AgentId) -> list[Use]:
    """Return what in force asks for this by `field`; of colleagues' own views nothing is said."""
    return [one for one in kept_queries.in_force(conn, field, agent_id=agent_id) if _asks(one.text, field, name)]


def _asks(text: str, field: str, name: str) -> bool:
    try:
        asked = parse(text, FIELDS)
    except NotAQuery:
        return False
    return any(
        match == Match(match.value) and match.value.casefold() == name.casefold()
        for term in terms_of(asked)
        if term.field == field
        for match in term.matches
    )
