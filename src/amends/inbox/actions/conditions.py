"""Which cases fulfil a rule's condition, which is a query as the views ask it, by nobody in particular."""

from collections.abc import Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.rules.asking import Asker, is_personal
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.query import NotAQuery
from amends.inbox.rules.query_reading import parse
from amends.inbox.store import matching

FOR_NOBODY = N_("This is asked by nobody in particular: name the colleague or the team in place of “me” or “mine”.")


def check(conn: Connection, text: str, *, now: datetime) -> str:
    """Return the condition as it is kept; `NotAQuery` where it cannot be read, names what nobody knows, or asks for “me”."""
    query = parse(text)
    if is_personal(query):
        raise NotAQuery(_(FOR_NOBODY), at=0)
    matching.matches(conn, query, [], Asker(agent_id=0, now=now))
    return str(query)


def trouble(text: str) -> str:
    """Return what is wrong with a condition that was kept before it was refused, untranslated; "" where nothing is known to be."""
    try:
        return FOR_NOBODY if is_personal(parse(text)) else ""
    except NotAQuery:
        return ""


def matches(conn: Connection, text: str, case_ids: Sequence[CaseId], *, now: datetime) -> set[CaseId]:
    """Return those of the cases that fulfil the condition as they are now; an empty one is fulfilled by each."""
    return matching.matches(conn, parse(text), case_ids, Asker(agent_id=0, now=now))
