"""SQL of sleep: which cases sleep until when. A row is gone as soon as its case is awake, by a trigger, whoever woke it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import AgentId, CaseId, PostId
from amends.inbox.rules.snoozing import Reason, Sleep


@dataclass(frozen=True, kw_only=True, slots=True)
class SnoozeRow:
    """A case's sleep; `agent` is who sent it to sleep, None where a rule did or nobody is left who did."""

    case_id: CaseId
    reason: str
    label: str
    until: datetime | None
    agent: str | None
    since: datetime
    incident_id: int | None

    @property
    def sleep(self) -> Sleep:
        """The row as the rules take it."""
        return Sleep(reason=Reason(self.reason), until=self.until, label=self.label, incident_id=self.incident_id)


def put(conn: Connection, *, case_id: CaseId, sleep: Sleep, agent_id: AgentId | None, now: datetime) -> None:
    """Let the case sleep so, whatever it was told before."""
    execute(
        conn,
        """
        insert into snoozes (case_id, reason, label, until, agent_id, since, incident_id)
        values (%(case_id)s, %(reason)s, %(label)s, %(until)s, %(agent_id)s, %(now)s, %(incident_id)s)
        on conflict (case_id) do update set reason = excluded.reason, label = excluded.label, until = excluded.until,
          agent_id = excluded.agent_id, since = excluded.since, incident_id = excluded.incident_id
        """,
        {
            "case_id": case_id,
            "reason": sleep.reason,
            "label": sleep.label,
            "until": sleep.until,
            "agent_id": agent_id,
            "now": now,
            "incident_id": sleep.incident_id,
        },
    )


def find(conn: Connection, *, case_id: int) -> SnoozeRow | None:
    """Return the case's sleep, None where it is awake."""
    return fetch_maybe(
        conn,
        SnoozeRow,
        """
        select s.case_id, s.reason, s.label, s.until, a.name as agent, s.since, s.incident_id
        from snoozes s left join agents a on a.id = s.agent_id where s.case_id = %(case_id)s
        """,
        {"case_id": case_id},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Woken:
    """A case that was woken, the incident that it waited for, and what had sent it to sleep, where that was not by hand."""

    id: CaseId
    incident: str = ""
    because: dict[str, object] | None = None


def wake_due(conn: Connection, *, now: datetime, limit: int) -> list[Woken]:
    """Wake at most `limit` cases whose time has come, unread and where they were; those that somebody holds just now come next time."""
    return fetch_all(
        conn,
        Woken,
        """
        with due as (
          select c.id, case when s.incident_id is null then '' else s.label end as incident
          from snoozes s join cases c on c.id = s.case_id
          where s.until <= %(now)s and c.status = 'snoozed' order by s.until, s.case_id limit %(limit)s for update of c skip locked
        )
        update cases c set status = case when c.waiting_since is null then 'waiting' else 'open' end, unread = true
        from due where c.id = due.id
        returning c.id, due.incident, (
          select e.because from events e where e.case_id = c.id and e.kind = 'case_snoozed' order by e.id desc limit 1
        ) as because
        """,
        {"now": now, "limit": limit},
    )


def wake_written(conn: Connection, *, post_ids: Sequence[PostId]) -> list[Woken]:
    """Wake the cases in which one of these posts is the customer's, unread and where they were."""
    return fetch_all(
        conn,
        Woken,
        """
        with asleep as (
          select c.id from cases c
          where c.status = 'snoozed' and c.id in (select case_id from posts where id = any(%(ids)s::bigint[]) and not is_own)
          order by c.id for update
        )
        update cases c set status = case when c.waiting_since is null then 'waiting' else 'open' end, unread = true
        from asleep where c.id = asleep.id returning c.id
        """,
        {"ids": list(post_ids)},
    )
