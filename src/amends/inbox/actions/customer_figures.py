"""The figures of customers in lists, and of an organisation's members, for who does not see every case: counted from those they see.

Place in the path: a list of customers, or an organisation -> here -> screens, REST, files. Whoever sees everything reads what is kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from amends.core.database import Connection
from amends.inbox.actions.customer_facts import facts_within
from amends.inbox.rules.organisations import Engagement
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import engagement
from amends.inbox.store.memberships import Membership
from amends.inbox.store.segment_members import Member

Row = TypeVar("Row", Member, Membership)


def as_seen(conn: Connection, rows: Sequence[Row], scope: Scope, *, now: datetime) -> list[Row]:
    """Return the same people with the figures that the scope shows."""
    if scope == EVERYTHING:
        return list(rows)
    found = facts_within(conn, [row.id for row in rows], scope, now=now)
    return [
        replace(
            row,
            mood=facts.mood,
            risk=facts.risk,
            open_cases=facts.open_cases,
            cases=facts.cases,
            last_contact_at=facts.last_contact_at,
        )
        for row in rows
        if (facts := found.get(row.id))
    ]


def engagement_seen(conn: Connection, organisation_id: int, scope: Scope, *, now: datetime) -> Engagement:
    """Return how the members of an organisation are, as far as the scope shows them."""
    if scope == EVERYTHING:
        return engagement.of(conn, organisation_id, scope, now=now)
    found = facts_within(conn, engagement.members(conn, organisation_id, scope, now=now), scope, now=now)
    return engagement.of(conn, organisation_id, scope, now=now, known=list(found.values()))
