"""SQL of the headline number: of the resolutions of a period, how many held after so many days. docs/follow-up.md defines it.

A resolution belongs to the period in which it was resolved, whenever its follow-up is concluded; so a number of the past changes only
while its looks are still running, and by what customers say late. Which look is that after 7 days and which that after 30 is what the
facts say of it, so that the managers' headline is this number too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_one
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import scopes
from amends.inbox.store.episode_facts import A_MONTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What became of the resolutions of a period that are looked at after `days` days; the five parts add up to `resolved`."""

    days: int
    resolved: int
    held: int
    silent: int
    relapsed: int
    unknown: int
    running: int

    @property
    def concluded(self) -> int:
        """The denominator: resolutions whose look is over, known or not."""
        return self.resolved - self.running

    @property
    def share_held(self) -> float | None:
        """Of the concluded, the share whose customers said or showed that it held."""
        return self.held / self.concluded if self.concluded else None

    @property
    def share_not_relapsed(self) -> float | None:
        """Of the concluded, the share of which we know that nobody complained again: held or silent."""
        return (self.held + self.silent) / self.concluded if self.concluded else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Csat:
    """The answers to surveys that came in a period: how many of each mark, and what they say of whether it is solved."""

    sent: int
    answered: int
    marked: int
    satisfied: int
    mean: float | None
    solved: int
    not_solved: int

    @property
    def share_satisfied(self) -> float | None:
        """Of those who gave a mark, the share that gave 4 or 5: what is called CSAT."""
        return self.satisfied / self.marked if self.marked else None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldRow:
    """One resolution behind the number; `outcome` is None while its look is running."""

    follow_up_id: int
    case_id: int
    episode: int
    network: str
    resolved_at: datetime
    due_at: datetime
    outcome: str | None
    note: str


_OF: LiteralString = """
from episodes e join cases c on c.id = e.case_id
cross join lateral (
  select * from follow_ups f where f.episode_id = e.id and (f.days >= %(month)s) = (%(days)s >= %(month)s)
  order by f.outcome is null, case when f.days >= %(month)s then -f.days else f.days end limit 1
) f
where e.resolved_at >= %(since)s and e.resolved_at < %(until)s and e.dismissed_at is null
"""


def held(conn: Connection, *, days: int, since: datetime, until: datetime, scope: Scope = EVERYTHING) -> Held:
    """Return what became of the resolutions from `since` to before `until`, after 7 or 30 `days`."""
    return fetch_one(
        conn,
        Held,
        """
        select %(days)s::integer as days, count(*) as resolved, count(*) filter (where f.outcome = 'held') as held,
          count(*) filter (where f.outcome = 'silent') as silent, count(*) filter (where f.outcome = 'relapsed') as relapsed,
          count(*) filter (where f.outcome = 'unknown') as unknown, count(*) filter (where f.outcome is null) as running
        """
        + _OF
        + scopes.within(scope),
        {"days": days, "since": since, "until": until, "month": A_MONTH} | scopes.params(scope),
    )


_PARTS: dict[str, LiteralString] = {
    "resolved": "",
    "held": " and f.outcome = 'held'",
    "silent": " and f.outcome = 'silent'",
    "relapsed": " and f.outcome = 'relapsed'",
    "unknown": " and f.outcome = 'unknown'",
    "running": " and f.outcome is null",
}


def rows(  # noqa: PLR0913
    conn: Connection,
    *,
    part: str,
    days: int,
    since: datetime,
    until: datetime,
    scope: Scope = EVERYTHING,
    below: int | None = None,
    limit: int,
) -> Sequence[HeldRow]:
    """Return at most `limit` of the rows that a part of `Held` counts, the newest first, below the follow-up `below`."""
    after: LiteralString = " and f.id < %(below)s" if below is not None else ""
    return fetch_all(
        conn,
        HeldRow,
        "select f.id as follow_up_id, c.id as case_id, e.number as episode, c.network, e.resolved_at,"
        " f.due_at, f.outcome, f.note" + _OF + _PARTS[part] + scopes.within(scope) + after + " order by f.id desc limit %(limit)s",
        {"days": days, "since": since, "until": until, "below": below, "limit": limit, "month": A_MONTH} | scopes.params(scope),
    )


def csat(conn: Connection, *, since: datetime, until: datetime, scope: Scope = EVERYTHING) -> Csat:
    """Return what customers answered from `since` to before `until`; beside it how many were asked in that time."""
    return fetch_one(
        conn,
        Csat,
        """
        select count(*) filter (where s.sent_at >= %(since)s and s.sent_at < %(until)s) as sent,
          count(*) filter (where s.inside) as answered,
          count(s.csat) filter (where s.inside) as marked, count(*) filter (where s.inside and s.csat >= 4) as satisfied,
          (avg(s.csat) filter (where s.inside))::float8 as mean, count(*) filter (where s.inside and s.solved) as solved,
          count(*) filter (where s.inside and not s.solved) as not_solved
        from (
          select s.*, coalesce(s.answered_at >= %(since)s and s.answered_at < %(until)s, false) as inside from surveys s
          where s.answered_at >= %(since)s and s.answered_at < %(until)s or s.sent_at >= %(since)s and s.sent_at < %(until)s
        ) s join cases c on c.id = s.case_id
        where true
        """
        + scopes.within(scope),
        {"since": since, "until": until} | scopes.params(scope),
    )
