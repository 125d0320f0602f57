"""SQL of what the rules have to look at, and what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import CaseId
from amends.inbox.store.events import OfCase


def claim(conn: Connection, *, limit: int) -> list[OfCase]:
    """Take at most `limit` events off the queue, and return them in order; they are back where the transaction fails."""
    found = fetch_all(
        conn,
        OfCase,
        """
        with due as (
          select event_id from automation_queue order by event_id limit %(limit)s for update skip locked
        ), taken as (
          delete from automation_queue where event_id in (select event_id from due) returning event_id
        )
        select e.id, e.kind, e.at, e.case_id, e.post_id, e.agent_id, e.facts, e.because
        from events e join taken on taken.event_id = e.id
        """,
        {"limit": limit},
    )
    return sorted(found, key=lambda event: event.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overdue:
    """A case that has waited long enough for a rule: `cause` names the waiting period."""

    case_id: CaseId
    cause: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """What a rule of time looks at: waits that became `hours` long since it is on, and in which none of the rules `lasts` acted."""

    rule_id: int
    hours: float
    active_since: datetime
    lasts: Sequence[int] = ()

    def params(self, now: datetime, limit: int) -> dict[str, object]:
        """Return the parameters of the statements that find such waits."""
        wait = timedelta(hours=self.hours)
        return {
            "rule_id": self.rule_id,
            "lasts": list(self.lasts),
            "until": now - wait,
            "since": self.active_since - wait,
            "limit": limit,
        }


def unanswered(conn: Connection, looks: Looks, *, now: datetime, limit: int) -> list[Overdue]:
    """Return open cases whose customers have waited so long, and that the rule has not looked at in this wait."""
    return fetch_all(
        conn,
        Overdue,
        """
        select due.id as case_id, due.cause from (
          select c.id, c.waiting_since, 'w' || (extract(epoch from c.waiting_since) * 1000000)::bigint as cause from cases c
          where c.status = 'open' and coalesce(c.waiting_since, 'infinity') <= %(until)s
            and coalesce(c.waiting_since, 'infinity') > %(since)s
        ) due
        where not exists (
          select from automation_log l where l.case_id = due.id and l.cause = due.cause
            and (l.rule_id = %(rule_id)s or (l.rule_id = any(%(lasts)s::bigint[]) and l.outcome = 'acted'))
        )
        order by due.waiting_since, due.id limit %(limit)s
        """,
        looks.params(now, limit),
    )


def silent(conn: Connection, looks: Looks, *, now: datetime, limit: int) -> list[Overdue]:
    """Return cases whose customers have not written for so long since our newest answer, and that the rule has not looked at since."""
    return fetch_all(
        conn,
        Overdue,
        """
        select due.id as case_id, due.cause from (
          select c.id, r.sent_at, 's' || (extract(epoch from r.sent_at) * 1000000)::bigint as cause
          from cases c cross join lateral (select max(sent_at) as sent_at from replies where case_id = c.id and state = 'sent') r
          where c.status = 'waiting' and c.last_post_at <= %(until)s and r.sent_at <= %(until)s and r.sent_at > %(since)s
        ) due
        where not exists (
          select from automation_log l where l.case_id = due.id and l.cause = due.cause
            and (l.rule_id = %(rule_id)s or (l.rule_id = any(%(lasts)s::bigint[]) and l.outcome = 'acted'))
        )
        order by due.sent_at, due.id limit %(limit)s
        """,
        looks.params(now, limit),
    )


def begin(conn: Connection, *, rule_id: int, case_id: CaseId, cause: str, now: datetime) -> int:
    """Keep that the rule looks at the case because of this, once; return the entry's id, 0 where it did so before."""
    found = fetch_values(
        conn,
        """
        insert into automation_log (rule_id, case_id, cause, outcome, at)
        values (%(rule_id)s, %(case_id)s, %(cause)s, 'unmet', %(now)s) on conflict (rule_id, case_id, cause) do nothing returning id
        """,
        {"rule_id": rule_id, "case_id": case_id, "cause": cause, "now": now},
    )
    return found[0] if found else 0


def finish(conn: Connection, *, entry_id: int, outcome: str, why: str) -> None:
    """Keep how it went."""
    execute(
        conn,
        "update automation_log set outcome = %(outcome)s, why = %(why)s where id = %(id)s",
        {"id": entry_id, "outcome": outcome, "why": why},
    )


def count(conn: Connection, *, day: date, numbers: Mapping[tuple[int, str], int]) -> None:
    """Add to how often each rule acted, failed, looped or found its condition unmet on a day."""
    rows = [{"rule_id": rule_id, "outcome": outcome, "n": n} for (rule_id, outcome), n in sorted(numbers.items())]
    execute(
        conn,
        """
        insert into automation_days (rule_id, day, outcome, n)
        select rule_id, %(day)s, outcome, n from jsonb_to_recordset(%(rows)s) as r(rule_id bigint, outcome text, n bigint)
        on conflict (rule_id, day, outcome) do update set n = automation_days.n + excluded.n
        """,
        {"day": day, "rows": Jsonb(rows)},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a rule did to a case, and why not where it did nothing."""

    id: int
    case_id: CaseId
    customer: str
    outcome: str
    why: str
    at: datetime


def entries(conn: Connection, *, rule_id: int, before: int = 0, limit: int = 50) -> list[Entry]:
    """Return what a rule did, the newest first, from below `before` on (0: from the newest)."""
    return fetch_all(
        conn,
        Entry,
        """
        select l.id, l.case_id, coalesce(nullif(a.name, ''), a.handle) as customer, l.outcome, l.why, l.at
        from automation_log l join cases c on c.id = l.case_id join authors a on a.id = c.author_id
        where l.rule_id = %(rule_id)s and l.outcome <> 'unmet' and (%(before)s = 0 or l.id < %(before)s) order by l.id desc limit %(limit)s
        """,
        {"rule_id": rule_id, "before": before, "limit": limit},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """How often a rule was asked on a day, by what came of it."""

    rule_id: int
    day: date
    acted: int
    failed: int
    looped: int
    unmet: int


def days(conn: Connection, *, rule_ids: Sequence[int], since: date) -> list[Day]:
    """Return the days since then on which the rules were asked, the newest first."""
    return fetch_all(
        conn,
        Day,
        """
        select rule_id, day, coalesce(sum(n) filter (where outcome = 'acted'), 0)::int as acted,
          coalesce(sum(n) filter (where outcome = 'failed'), 0)::int as failed,
          coalesce(sum(n) filter (where outcome = 'looped'), 0)::int as looped,
          coalesce(sum(n) filter (where outcome = 'unmet'), 0)::int as unmet
        from automation_days where rule_id = any(%(ids)s) and day >= %(since)s group by rule_id, day order by day desc, rule_id
        """,
        {"ids": list(rule_ids), "since": since},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A case that a rule would have looked at."""

    id: CaseId
    customer: str
    preview: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What of a case decides over most deeds."""

    id: CaseId
    status: str
    assignee_id: int | None
    team_id: int | None
    source_id: int
    unread: bool


def standings(conn: Connection, case_ids: Sequence[CaseId]) -> list[Standing]:
    """Return how these cases stand."""
    return fetch_all(
        conn,
        Standing,
        "select id, status, assignee_id, team_id, source_id, unread from cases where id = any(%(ids)s::bigint[])",
        {"ids": list(case_ids)},
    )


def newest_count(conn: Connection, *, limit: int) -> int:
    """Return how many cases the newest `limit` are."""
    [found] = fetch_values(conn, "select count(*) from (select from cases limit %(limit)s) c", {"limit": limit})
    return found


def newest_heard(conn: Connection, *, kinds: Sequence[str], limit: int) -> list[Tried]:
    """Return those of the newest `limit` cases to which something of these kinds ever happened, the newest first."""
    return fetch_all(
        conn,
        Tried,
        """
        select c.id, coalesce(nullif(a.name, ''), a.handle) as customer, c.preview, c.last_post_at as at
        from (select * from cases order by id desc limit %(limit)s) c join authors a on a.id = c.author_id
        where exists (select from events e where e.case_id = c.id and e.kind = any(%(kinds)s)) order by c.id desc
        """,
        {"kinds": list(kinds), "limit": limit},
    )


def newest_unanswered(conn: Connection, *, hours: float, now: datetime, limit: int) -> list[Tried]:
    """Return those of the newest `limit` cases whose customers ever waited for a first answer for so long, the newest first."""
    return fetch_all(
        conn,
        Tried,
        """
        select c.id, coalesce(nullif(a.name, ''), a.handle) as customer, c.preview, c.last_post_at as at
        from (select * from cases order by id desc limit %(limit)s) c join authors a on a.id = c.author_id
        where exists (
          select from episodes e
          where e.case_id = c.id and coalesce(e.answered_at, e.resolved_at, e.dismissed_at, e.erased_at, %(now)s) - e.published_at
            >= %(wait)s
        ) order by c.id desc
        """,
        {"wait": timedelta(hours=hours), "now": now, "limit": limit},
    )


def newest_silent(conn: Connection, *, hours: float, now: datetime, limit: int) -> list[Tried]:
    """Return those of the newest `limit` cases whose customers ever were silent for so long after an answer, the newest first."""
    return fetch_all(
        conn,
        Tried,
        """
        select c.id, coalesce(nullif(a.name, ''), a.handle) as customer, c.preview, c.last_post_at as at
        from (select * from cases order by id desc limit %(limit)s) c join authors a on a.id = c.author_id
        where exists (
          select from replies r where r.case_id = c.id and r.state = 'sent' and r.sent_at <= %(now)s - %(wait)s and not exists (
            select from posts p where p.case_id = c.id and p.case_number is not null
              and p.published_at > r.sent_at and p.published_at <= r.sent_at + %(wait)s
          )
        ) order by c.id desc
        """,
        {"wait": timedelta(hours=hours), "now": now, "limit": limit},
    )
