"""SQL of clocks: what they follow from, the rows as they stand and are to be, and which of them something is to be done about."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.clocks import Clock, ClockKind, Standing
from amends.inbox.rules.ids import AgentId, CaseId, TeamId


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """The newest episode of a case, with what its clocks follow from."""

    case_id: CaseId
    episode_id: int
    status: str
    assignee_id: AgentId | None
    team_id: TeamId | None
    published_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    forgotten: bool
    waiting_since: datetime | None
    sent_at: datetime | None
    unseen_at: datetime | None

    @property
    def standing(self) -> Standing:
        """The episode as the rules take it."""
        return Standing(
            status=self.status,
            published_at=self.published_at,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            waiting_since=self.waiting_since,
            sent_at=self.sent_at,
            unseen_at=self.unseen_at,
            forgotten=self.forgotten,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockRow:
    """A clock as it is stored; `id` is 0 until it is."""

    id: int = 0
    case_id: CaseId
    episode_id: int
    kind: str
    number: int
    policy_version_id: int | None = None
    calendar_version_id: int | None = None
    created_at: datetime
    started_at: datetime
    due_at: datetime | None = None
    paused_at: datetime | None = None
    pause_begins: Sequence[datetime] = ()
    pause_ends: Sequence[datetime] = ()
    paused_seconds: int = 0
    stopped_at: datetime | None = None
    voided_at: datetime | None = None
    wall_seconds: int | None = None
    business_seconds: int | None = None
    whole_business_seconds: int | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    born_late: bool = False
    steps_done: int = 0
    next_at: datetime | None = None

    @property
    def clock(self) -> Clock:
        """The row as the rules take it."""
        return Clock(
            kind=ClockKind(self.kind),
            number=self.number,
            started_at=self.started_at,
            paused_at=self.paused_at,
            pauses=tuple(zip(self.pause_begins, self.pause_ends, strict=True)),
            stopped_at=self.stopped_at,
            voided_at=self.voided_at,
        )


def episodes(conn: Connection, case_ids: Sequence[CaseId]) -> list[Episode]:
    """Return the newest episodes of these cases, which the caller has locked."""
    return fetch_all(
        conn,
        Episode,
        """
        select c.id as case_id, e.id as episode_id, c.status, c.assignee_id, c.team_id, e.published_at, e.answered_at,
          coalesce(e.resolved_at, e.dismissed_at, e.erased_at) as ended_at,
          e.erased_at is not null as forgotten, c.waiting_since,
          (select max(sent_at) from replies r where r.case_id = c.id and r.episode = c.episode and r.state = 'sent') as sent_at,
          case when c.status in ('resolved', 'dismissed') then (
            select min(p.published_at) from posts p where p.case_id = c.id and p.case_number > (
              select coalesce(max(answers), 0) from replies r where r.case_id = c.id and r.state = 'sent')) end as unseen_at
        from cases c join episodes e on e.case_id = c.id and e.number = c.episode
        where c.id = any(%(ids)s::bigint[]) order by c.id
        """,
        {"ids": list(case_ids)},
    )


def of_episodes(conn: Connection, episode_ids: Sequence[int]) -> list[ClockRow]:
    """Return the clocks of these episodes, each kind in order."""
    return fetch_all(
        conn,
        ClockRow,
        """
        select id, case_id, episode_id, kind, number, policy_version_id, calendar_version_id, created_at, started_at, due_at, paused_at,
          pause_begins, pause_ends, paused_seconds, stopped_at, voided_at, wall_seconds, business_seconds,
          whole_business_seconds, warn_at, warned_at,
          breached_at, born_late, steps_done, next_at
        from clocks where episode_id = any(%(ids)s::bigint[]) order by episode_id, kind, number
        """,
        {"ids": list(episode_ids)},
    )


def of_cases(conn: Connection, *, case_ids: Sequence[CaseId]) -> list[ClockRow]:
    """Return all clocks of these cases, one case after the other, the newest episode last."""
    return fetch_all(
        conn,
        ClockRow,
        """
        select k.id, k.case_id, episode_id, kind, k.number, policy_version_id, calendar_version_id, created_at, started_at, due_at,
          paused_at, pause_begins, pause_ends, paused_seconds, stopped_at, voided_at, wall_seconds, business_seconds,
          whole_business_seconds, warn_at, warned_at,
          breached_at, born_late, steps_done, next_at
        from clocks k join episodes e on e.id = k.episode_id where k.case_id = any(%(cases)s::bigint[])
        order by k.case_id, e.number, k.started_at, k.id
        """,
        {"cases": list(case_ids)},
    )


def save(conn: Connection, rows: Sequence[ClockRow]) -> None:
    """Store new clocks and what changed of known ones."""
    if not rows:
        return
    execute(
        conn,
        """
        insert into clocks (case_id, episode_id, kind, number, policy_version_id, calendar_version_id, created_at, started_at, due_at,
          paused_at, pause_begins, pause_ends, paused_seconds, stopped_at, voided_at, wall_seconds, business_seconds,
          whole_business_seconds, warn_at, warned_at,
          breached_at, born_late, steps_done, next_at)
        select case_id, episode_id, kind, number, policy_version_id, calendar_version_id, created_at, started_at, due_at,
          paused_at, pause_begins, pause_ends, paused_seconds, stopped_at, voided_at, wall_seconds, business_seconds,
          whole_business_seconds, warn_at, warned_at,
          breached_at, born_late, steps_done, next_at
        from jsonb_to_recordset(%(rows)s) as r(case_id bigint, episode_id bigint, kind text, number integer, policy_version_id bigint,
          calendar_version_id bigint, created_at timestamptz, started_at timestamptz, due_at timestamptz, paused_at timestamptz,
          pause_begins timestamptz[], pause_ends timestamptz[], paused_seconds bigint, stopped_at timestamptz, voided_at timestamptz,
          wall_seconds bigint, business_seconds bigint, whole_business_seconds bigint, warn_at timestamptz,
          warned_at timestamptz, breached_at timestamptz,
          born_late boolean, steps_done integer, next_at timestamptz)
        order by case_id, kind, number
        on conflict (episode_id, kind, number) do update set policy_version_id = excluded.policy_version_id,
          calendar_version_id = excluded.calendar_version_id, started_at = excluded.started_at, due_at = excluded.due_at,
          paused_at = excluded.paused_at, pause_begins = excluded.pause_begins, pause_ends = excluded.pause_ends,
          paused_seconds = excluded.paused_seconds, stopped_at = excluded.stopped_at, voided_at = excluded.voided_at,
          wall_seconds = excluded.wall_seconds, business_seconds = excluded.business_seconds,
          whole_business_seconds = excluded.whole_business_seconds, warn_at = excluded.warn_at,
          warned_at = excluded.warned_at, breached_at = excluded.breached_at, born_late = excluded.born_late,
          steps_done = excluded.steps_done, next_at = excluded.next_at
        """,
        {"rows": Jsonb([_facts(row) for row in rows])},
    )


STORED = tuple(field.name for field in fields(ClockRow) if field.name != "id")
SEVERAL = (list, tuple)
_stored = attrgetter(*STORED)


def _facts(row: ClockRow) -> dict[str, Any]:
    return {name: _plain(value) for name, value in zip(STORED, _stored(row), strict=True) if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, SEVERAL) else value


def keep_on_episodes(conn: Connection, episode_ids: Sequence[int]) -> None:
    """Write on the episodes what their clocks say: when they began, our wait for the customer, the first answer's business time."""
    execute(
        conn,
        """
        update episodes e
        set published_at = k.began, waited_seconds = k.waited, first_answer_business_seconds = k.business
        from (select episode_id, min(started_at) filter (where kind = 'first') as began,
                coalesce(max(paused_seconds) filter (where kind = 'resolution'), 0) as waited,
                max(business_seconds) filter (where kind = 'first' and stopped_at is not null) as business
              from clocks where episode_id = any(%(ids)s::bigint[]) group by episode_id) k
        where e.id = k.episode_id and (e.published_at, e.waited_seconds, e.first_answer_business_seconds)
          is distinct from (k.began, k.waited, k.business)
        """,
        {"ids": list(episode_ids)},
    )


def note_step(conn: Connection, *, clock_id: int, policy_id: int, number: int, at: datetime) -> bool:
    """Keep that a step of a policy was taken for a clock; False where it was before."""
    return (
        execute(
            conn,
            """
            insert into clock_steps (clock_id, policy_id, number, at) values (%(clock)s, %(policy)s, %(number)s, %(at)s)
            on conflict do nothing
            """,
            {"clock": clock_id, "policy": policy_id, "number": number, "at": at},
        )
        > 0
    )


def done_with(conn: Connection, case_ids: Sequence[CaseId]) -> None:
    """Take cases off the queue."""
    execute(conn, "delete from clock_queue where case_id = any(%(ids)s::bigint[])", {"ids": list(case_ids)})


def claim(conn: Connection, *, now: datetime, limit: int) -> list[CaseId]:
    """Lock and return at most `limit` cases whose clocks may be wrong or want something; those that somebody holds come next time."""
    return fetch_values(
        conn,
        """
        select c.id from cases c
        where c.id in (
          select case_id from ((select case_id from clock_queue order by case_id limit %(limit)s)
            union (select case_id from clocks where next_at <= %(now)s order by next_at limit %(limit)s)) wanting
          order by case_id limit %(limit)s)
        order by c.id for update skip locked
        """,
        {"now": now, "limit": limit},
    )


def lock_running(conn: Connection, *, after: int, limit: int) -> list[CaseId]:
    """Lock and return the next cases behind `after` of which a clock runs."""
    return fetch_values(
        conn,
        """
        select id from cases c
        where id > %(after)s and status in ('open', 'waiting', 'snoozed')
          and exists (select from clocks k where k.case_id = c.id and k.stopped_at is null and k.voided_at is null)
        order by id limit %(limit)s for update
        """,
        {"after": after, "limit": limit},
    )


def count_running(conn: Connection) -> int:
    """Return of how many cases a clock runs."""
    return fetch_values(conn, "select count(distinct case_id) from clocks where stopped_at is null and voided_at is null")[0]
