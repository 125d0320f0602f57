"""Which cases fulfil a rule's condition. The one place to change where conditions are read by another language of queries."""

from collections.abc import Sequence

from amends.core.database import Connection
from amends.inbox.rules.condition import parse
from amends.inbox.rules.ids import CaseId
from amends.inbox.store import case_facts


def check(text: str) -> str:
    """Return the condition as it is kept; `Refused` where it cannot be read."""
    parse(text)
    return " ".join(text.split())


def matches(conn: Connection, text: str, case_ids: Sequence[CaseId]) -> set[CaseId]:
    """Return those of the cases that fulfil the condition as they are now; an empty one is fulfilled by each."""
    terms = parse(text)
    if not terms:
        return set(case_ids)
    return {CaseId(case.id) for case in case_facts.of(conn, case_ids) if all(term.holds(case) for term in terms)}
