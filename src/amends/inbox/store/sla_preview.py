"""SQL of what clocks of the last month were, so that another policy can be tried on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.clocks import ClockRow


@dataclass(frozen=True, kw_only=True, slots=True)
class PastClock(ClockRow):
    """A clock with whose it was; `policy_id` is the policy that it ran under."""

    policy_id: int | None
    team: str | None
    customer: str


_PAST: LiteralString = """
select k.*, v.policy_id, t.name as team, u.name as customer
from (
  select k.* from clocks k join cases c on c.id = k.case_id where k.started_at >= %(since)s and k.started_at <= %(now)s
"""


def past(conn: Connection, scope: Scope, *, since: datetime, now: datetime, limit: int) -> list[PastClock]:
    """Return the clocks that started since then, the newest first."""
    return fetch_all(
        conn,
        PastClock,
        _PAST
        + scopes.within(scope)
        + """
          order by k.started_at desc, k.id desc limit %(limit)s) k
        join cases c on c.id = k.case_id join customers u on u.id = c.customer_id
        left join teams t on t.id = c.team_id left join sla_policy_versions v on v.id = k.policy_version_id
        order by k.started_at desc, k.id desc
        """,
        {"since": since, "now": now, "limit": limit, **scopes.params(scope)},
    )
