"""SQL of the sweep and the relay: what is undone, whoever forgot to say so. Every question is answered by a partial index."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_one
from amends.inbox.rules.ids import CaseId, PostId, SourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """Which kinds of work are waiting."""

    events: bool
    triage: bool
    wanting: bool
    examples: bool
    replies: bool
    proofs: bool
    deliveries: bool
    calls: bool
    syncs: bool
    follow_ups: bool
    surveys: bool
    looks: bool
    asleep: bool
    clocks: bool
    untold: bool
    ruled: bool
    jobs: bool
    backfills: bool
    searched: bool
    facts: bool
    same: bool
    tellings: bool
    unclustered: bool


def undone(conn: Connection, *, now: datetime) -> Undone:
    """Return which kinds of work are due at `now`."""
    return fetch_one(
        conn,
        Undone,
        """
        select
          exists (select from events where relayed_at is null) as events,
          exists (select from posts where triaged_at is null) or exists (select from posts where reworded) as triage,
          exists (
            select from teams t where t.gives <> 'nobody' and t.archived_at is null and (t.look_at is null or t.look_at <= %(now)s)
              and exists (select from cases c where c.wanted and c.team_id = t.id and c.status = 'open')
          ) as wanting,
          exists (select from unlearnt) or exists (select from trials where encoder is null)
            or exists (select from topic_examples where encoder is null)
            or exists (select from relevance_examples where encoder is null) as examples,
          exists (
            select from replies
            where state in ('queued', 'sending') and next_at <= %(now)s and (state = 'queued' or claimed_until <= %(now)s)
          ) as replies,
          exists (select from replies where look_at <= %(now)s) as proofs,
          exists (select from alert_deliveries where state = 'queued' and next_at <= %(now)s)
            or exists (select from alerts where routed_at is null and acknowledged_at is null) as deliveries,
          exists (
            select from webhooks w where w.stopped_at is null and w.deleted_at is null and (
              exists (select from webhook_deliveries d where d.webhook_id = w.id and d.state = 'queued' and d.next_at <= %(now)s)
              or exists (
                select from customer_feed f
                where (f.xid, f.id) > (w.after_xid, w.after_id) and f.xid < pg_snapshot_xmin(pg_current_snapshot())))
          ) as calls,
          exists (select from syncs where stopped_at is null and next_at <= %(now)s) as syncs,
          exists (select from follow_ups where concluded_at is null and due_at <= %(now)s)
            or exists (select from follow_ups where stirred) as follow_ups,
          exists (select from surveys where state in ('planned', 'sending') and next_at <= %(now)s) as surveys,
          exists (
            select from cases c join sources s on s.id = c.source_id where c.look_at <= %(now)s and s.paused_at is null
          ) as looks,
          exists (
            select from incident_rounds r join incident_answers a on a.round_id = r.id where r.state = 'running' and a.state = 'approved'
          ) as tellings,
          exists (select from snoozes where until <= %(now)s) as asleep,
          exists (select from clock_queue) or exists (select from clocks where next_at <= %(now)s)
            or exists (select from promises where next_at <= %(now)s) as clocks,
          exists (select from notification_queue) as untold,
          exists (select from automation_queue) as ruled,
          exists (select from jobs where state in ('queued', 'running') and next_at <= %(now)s) as jobs,
          exists (select from backfills where done_at is null and next_at <= %(now)s) as backfills,
          exists (select from search_backlog) as searched,
          exists (select from customer_facts_backlog) or exists (select from customer_facts where stale_at <= %(now)s) as facts,
          exists (select from identity_backlog)
            or exists (select from match_suggestions where state = 'open' and strong is not null) as same,
          exists (select from cluster_backlog) as unclustered
        """,
        {"now": now},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Relayed:
    """An event with the ids by which a log follows it."""

    kind: str
    case_id: CaseId | None
    post_id: PostId | None
    reply_id: str | None
    source_id: SourceId | None


def relay_events(conn: Connection, *, now: datetime, limit: int) -> list[Relayed]:
    """Mark at most `limit` new events as relayed, the oldest first, and return them."""
    return fetch_all(
        conn,
        Relayed,
        """
        with due as (
          select id from events where relayed_at is null order by id limit %(limit)s for update skip locked
        )
        update events set relayed_at = %(now)s where id in (select id from due)
        returning kind, case_id, post_id, facts ->> 'reply_id' as reply_id, source_id
        """,
        {"now": now, "limit": limit},
    )


def drop_expired_sessions(conn: Connection, *, now: datetime) -> int:
    """Delete sessions that ended, and return how many."""
    return execute(conn, "delete from sessions where expires_at <= %(now)s", {"now": now})


def drop_old_failures(conn: Connection, *, before: datetime) -> int:
    """Forget failed sign-ins from before `before`, and return how many."""
    return execute(conn, "delete from sign_in_failures where at < %(before)s", {"before": before})
