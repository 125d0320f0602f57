"""The running clocks of a case with what holds for each, as a screen or a program shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from amends.core.database import Connection
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.sla import NO_TERMS, Terms
from amends.inbox.store import calendars, clocks, sla_policies
from amends.inbox.store.clocks import ClockRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Termed:
    """A clock, what holds for it, and the policy's name."""

    row: ClockRow
    terms: Terms
    policy: str


def of_case(conn: Connection, case_id: CaseId) -> list[Termed]:
    """Return all clocks of a case, the newest episode last."""
    rows = clocks.of_cases(conn, case_ids=[case_id])
    if not rows:
        return []
    policies = {one.id: one for one in sla_policies.versions(conn, _named(row.policy_version_id for row in rows))}
    weeks = {one.id: one.calendar for one in calendars.versions(conn, _named(row.calendar_version_id for row in rows))}
    found: list[Termed] = []
    for row in rows:
        policy = policies.get(row.policy_version_id or 0)
        terms = policy.terms(ClockKind(row.kind), weeks.get(row.calendar_version_id or 0)) if policy else NO_TERMS
        found.append(Termed(row=row, terms=terms, policy=policy.name if policy else ""))
    return found


def _named(ids: Iterable[int | None]) -> list[int]:
    return sorted({one for one in ids if one is not None})
