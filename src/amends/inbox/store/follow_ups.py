"""SQL of follow-ups: planned on resolve, concluded from what the customer did since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.follow_up import Conclusion, Evidence
from amends.inbox.rules.ids import BrandId, CaseId, CustomerId, FollowUpId, PostId


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A follow-up to conclude; `watched_until` is when the source was last read well, over the least well of its watches."""

    id: FollowUpId
    case_id: CaseId
    brand_id: BrandId
    customer_id: CustomerId
    planned_at: datetime
    due_at: datetime
    watched_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """A follow-up as it stands."""

    id: FollowUpId
    case_id: CaseId
    outcome: str | None
    evidence_post_id: PostId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """One thing a customer wrote, and the follow-up it speaks to."""

    follow_up_id: FollowUpId
    post_id: PostId
    case_id: CaseId | None
    sentiment: str
    complaint: float
    published_at: datetime

    @property
    def evidence(self) -> Evidence:
        """The row as the rule takes it."""
        return Evidence(
            post_id=self.post_id,
            case_id=self.case_id,
            sentiment=self.sentiment,
            complaint=self.complaint,
            published_at=self.published_at,
        )


def plan(conn: Connection, *, case_id: CaseId, episode: int, planned_at: datetime, due_at: datetime) -> None:
    """Plan the follow-up of a resolved episode."""
    execute(
        conn,
        """
        insert into follow_ups (case_id, episode_id, planned_at, due_at)
        select case_id, id, %(planned_at)s, %(due_at)s from episodes where case_id = %(case_id)s and number = %(episode)s
        """,
        {"case_id": case_id, "episode": episode, "planned_at": planned_at, "due_at": due_at},
    )


def remove(conn: Connection, *, case_id: CaseId, episode: int) -> None:
    """Take the episode's follow-up away, as if it had never been planned."""
    execute(
        conn,
        """
        delete from follow_ups f using episodes e
        where e.id = f.episode_id and e.case_id = %(case_id)s and e.number = %(episode)s
        """,
        {"case_id": case_id, "episode": episode},
    )


def pending_of(conn: Connection, case_ids: Sequence[CaseId]) -> dict[CaseId, FollowUpId]:
    """Return the follow-ups of these cases that are not concluded yet."""
    found = fetch_all(
        conn,
        FollowUp,
        """
        select id, case_id, outcome, evidence_post_id from follow_ups
        where case_id = any(%(ids)s) and concluded_at is null order by id for update
        """,
        {"ids": list(case_ids)},
    )
    return {one.case_id: one.id for one in found}


def find(conn: Connection, *, follow_up_id: FollowUpId) -> FollowUp | None:
    """Return the follow-up, locked, or None."""
    return fetch_maybe(
        conn,
        FollowUp,
        "select id, case_id, outcome, evidence_post_id from follow_ups where id = %(id)s for update",
        {"id": follow_up_id},
    )


def claim_due(conn: Connection, *, now: datetime, patience: timedelta, limit: int) -> list[Due]:
    """Lock and return due follow-ups whose evidence is complete: source read up to the due date (or not for `patience`), posts triaged."""
    return fetch_all(
        conn,
        Due,
        """
        select f.id, f.case_id, c.brand_id, c.customer_id, f.planned_at, f.due_at, w.watched_until
        from follow_ups f
        join cases c on c.id = f.case_id
        cross join lateral (
          select case when bool_and(w.last_ok_at is not null) then min(w.last_ok_at) end as watched_until
          from watches w where w.source_id = c.source_id
        ) w
        where f.concluded_at is null and f.due_at <= %(now)s
          and (w.watched_until >= f.due_at or f.due_at <= %(now)s - %(patience)s)
          and not exists (
            select from posts p join customer_links l on l.author_id = p.author_id
            where l.customer_id = c.customer_id and p.triaged_at is null
          )
        order by f.due_at
        limit %(limit)s
        for update of f skip locked
        """,
        {"now": now, "patience": patience, "limit": limit},
    )


def evidence_of(conn: Connection, due: Sequence[Due]) -> list[EvidenceRow]:
    """Return what the customers wrote to the same brand, with any of their handles, since our last answer (else the resolve)."""
    return fetch_all(
        conn,
        EvidenceRow,
        """
        select f.id as follow_up_id, p.id as post_id, p.case_id, v.sentiment, v.complaint, p.published_at
        from follow_ups f
        join cases c on c.id = f.case_id
        join customer_links l on l.customer_id = c.customer_id
        join posts p on p.author_id = l.author_id and p.published_at <= f.due_at and p.published_at > coalesce((
            select max(r.sent_at) from replies r where r.case_id = f.case_id and r.state = 'sent' and r.sent_at < f.planned_at
          ), f.planned_at)
        join sources s on s.id = p.source_id and s.brand_id = c.brand_id
        join verdicts v on v.post_id = p.id
        where f.id = any(%(ids)s)
        order by p.published_at, p.id
        """,
        {"ids": [one.id for one in due]},
    )


def conclude(conn: Connection, *, follow_up_id: FollowUpId, conclusion: Conclusion, now: datetime) -> None:
    """Store how a resolution turned out, on the follow-up and on its episode."""
    execute(
        conn,
        """
        with concluded as (
          update follow_ups
          set concluded_at = %(now)s, outcome = %(outcome)s, evidence_post_id = %(post_id)s, note = %(note)s
          where id = %(id)s
          returning episode_id
        )
        update episodes e set outcome = %(outcome)s from concluded where e.id = concluded.episode_id
        """,
        {
            "id": follow_up_id,
            "outcome": conclusion.outcome,
            "post_id": conclusion.post_id,
            "note": conclusion.note,
            "now": now,
        },
    )


def plan_again(conn: Connection, *, follow_up_ids: Sequence[int]) -> None:
    """Let follow-ups run on that were concluded without anybody knowing."""
    execute(
        conn,
        """
        with again as (
          update follow_ups set concluded_at = null, outcome = null, evidence_post_id = null, note = ''
          where id = any(%(ids)s) returning episode_id
        )
        update episodes e set outcome = null from again where e.id = again.episode_id
        """,
        {"ids": list(follow_up_ids)},
    )
