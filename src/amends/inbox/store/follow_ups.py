"""SQL of follow-ups: planned on resolve, two an episode, concluded from what the customer did since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.follow_up import Conclusion
from amends.inbox.rules.follow_up_plans import Look
from amends.inbox.rules.ids import BrandId, CaseId, CustomerId, EpisodeId, FollowUpId


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A follow-up to look at; `watched_until` is when the source was last read well, over the least well of its watches.

    `gone` where the customer's record was erased, so that nobody can be asked and nothing more be seen.
    """

    id: FollowUpId
    episode_id: EpisodeId
    episode: int
    case_id: CaseId
    brand_id: BrandId
    customer_id: CustomerId
    planned_at: datetime
    due_at: datetime
    watched_until: datetime | None
    gone: bool
    outcome: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """A follow-up as it stands."""

    id: FollowUpId
    case_id: CaseId
    episode_id: EpisodeId
    planned_at: datetime
    outcome: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Concluded:
    """A follow-up and how it turned out."""

    follow_up_id: FollowUpId
    conclusion: Conclusion


def plan(conn: Connection, *, case_id: CaseId, episode: int, planned_at: datetime, looks: Sequence[Look]) -> None:
    """Plan the looks at a resolved episode; two that fall on the same day are one."""
    execute(
        conn,
        """
        insert into follow_ups (case_id, episode_id, days, planned_at, due_at)
        select e.case_id, e.id, look.days, %(planned_at)s, look.due_at
        from episodes e, unnest(%(days)s::smallint[], %(due)s::timestamptz[]) look(days, due_at)
        where e.case_id = %(case_id)s and e.number = %(episode)s
        on conflict (episode_id, days) do nothing
        """,
        {
            "case_id": case_id,
            "episode": episode,
            "planned_at": planned_at,
            "days": [look.days for look in looks],
            "due": [look.due_at for look in looks],
        },
    )


def remove(conn: Connection, *, case_id: CaseId, episode: int) -> None:
    """Take the episode's follow-ups, its survey and all evidence away, as if it had never been resolved."""
    for query in (_NO_LOOKS, _NO_SURVEY, _NO_EVIDENCE):
        execute(conn, query, {"case_id": case_id, "episode": episode})


_OF_EPISODE: LiteralString = " using episodes e where e.id = t.episode_id and e.case_id = %(case_id)s and e.number = %(episode)s"
_NO_LOOKS: LiteralString = "delete from follow_ups t" + _OF_EPISODE
_NO_SURVEY: LiteralString = "delete from surveys t" + _OF_EPISODE
_NO_EVIDENCE: LiteralString = "delete from follow_up_evidence t" + _OF_EPISODE


def pending_of(conn: Connection, case_ids: Sequence[CaseId]) -> list[FollowUp]:
    """Return the follow-ups of these cases that are not concluded yet, locked."""
    return fetch_all(conn, FollowUp, _PENDING, {"ids": list(case_ids)})


def free_pending_of(conn: Connection, case_ids: Sequence[CaseId]) -> list[FollowUp]:
    """Return them without those that somebody concludes at this moment."""
    return fetch_all(conn, FollowUp, _PENDING + " skip locked", {"ids": list(case_ids)})


_PENDING: LiteralString = """
select id, case_id, episode_id, planned_at, outcome from follow_ups where case_id = any(%(ids)s) and concluded_at is null
order by id for update
"""


def find(conn: Connection, *, follow_up_id: FollowUpId) -> FollowUp | None:
    """Return the follow-up, or None; lock its case before you change it."""
    return fetch_maybe(
        conn, FollowUp, "select id, case_id, episode_id, planned_at, outcome from follow_ups where id = %(id)s", {"id": follow_up_id}
    )


_DUE: LiteralString = """
with read as materialized (
  select source_id, case when bool_and(last_ok_at is not null) then min(last_ok_at) end as until from watches group by source_id
), unread as materialized (
  select distinct l.customer_id from posts p join customer_links l on l.author_id = p.author_id where p.triaged_at is null
)
select f.id, f.episode_id, e.number as episode, f.case_id, c.brand_id, c.customer_id, f.planned_at, f.due_at, r.until as watched_until,
  u.erased_at is not null as gone, f.outcome
from follow_ups f
join episodes e on e.id = f.episode_id join cases c on c.id = f.case_id join customers u on u.id = c.customer_id
left join read r on r.source_id = c.source_id
"""
_TRIAGED: LiteralString = " and not exists (select from unread where unread.customer_id = c.customer_id)"


def claim_due(conn: Connection, *, now: datetime, patience: timedelta, limit: int) -> list[Due]:
    """Lock and return due follow-ups whose evidence is complete: source read up to the due date (or not for `patience`), posts triaged."""
    return fetch_all(
        conn,
        Due,
        _DUE
        + """
        where f.concluded_at is null and f.due_at <= %(now)s and (r.until >= f.due_at or f.due_at <= %(now)s - %(patience)s)
        """
        + _TRIAGED
        + " order by f.due_at, f.id limit %(limit)s for update of f skip locked",
        {"now": now, "patience": patience, "limit": limit},
    )


def claim_stirred(conn: Connection, *, limit: int) -> list[Due]:
    """Lock and return running follow-ups whose customers complained somewhere or got another handle; they are stirred no more."""
    found = fetch_all(
        conn,
        Due,
        _DUE + " where f.stirred and f.concluded_at is null" + _TRIAGED + " order by f.id limit %(limit)s for update of f skip locked",
        {"limit": limit},
    )
    execute(conn, "update follow_ups set stirred = false where id = any(%(ids)s)", {"ids": [one.id for one in found]})
    return found


def of_episode(conn: Connection, *, episode_id: EpisodeId) -> list[Due]:
    """Return every look at an episode, concluded or not, locked."""
    return fetch_all(conn, Due, _DUE + " where f.episode_id = %(id)s order by f.id for update of f", {"id": episode_id})


def stir(conn: Connection, *, author_ids: Sequence[int]) -> None:
    """Let the running follow-ups of whoever has these handles be looked at soon."""
    execute(
        conn,
        """
        update follow_ups f set stirred = true
        from customer_links l join cases c on c.customer_id = l.customer_id
        where l.author_id = any(%(ids)s) and f.case_id = c.id and f.concluded_at is null and not f.stirred
        """,
        {"ids": list(author_ids)},
    )


def stir_again(conn: Connection, follow_up_ids: Sequence[FollowUpId]) -> None:
    """Let follow-ups be looked at once more, since their cases were in somebody's hands."""
    execute(conn, "update follow_ups set stirred = true where id = any(%(ids)s)", {"ids": list(follow_up_ids)})


def conclude(conn: Connection, concluded: Sequence[Concluded], *, now: datetime) -> None:
    """Store how resolutions turned out, on the follow-ups and on their episodes."""
    rows = [
        {"id": one.follow_up_id, "outcome": one.conclusion.outcome, "post_id": one.conclusion.post_id, "note": one.conclusion.note}
        | {"asks": one.conclusion.asks}
        for one in concluded
    ]
    episodes = fetch_values(
        conn,
        """
        update follow_ups f
        set concluded_at = %(now)s, outcome = r.outcome, evidence_post_id = r.post_id, note = r.note, asks = r.asks, stirred = false
        from jsonb_to_recordset(%(rows)s) as r(id bigint, outcome text, post_id bigint, note text, asks boolean)
        where f.id = r.id returning f.episode_id
        """,
        {"rows": Jsonb(rows), "now": now},
    )
    _tell_episodes(conn, episodes)


def _tell_episodes(conn: Connection, episode_ids: Sequence[int]) -> None:
    """Let episodes say what the longest of their concluded looks found.

    Which are concluded is no condition of the look-up: where hardly any was, all that were would be read for each episode.
    """
    execute(
        conn,
        """
        update episodes e set outcome = (
          select (array_agg(f.outcome order by f.days desc) filter (where f.concluded_at is not null))[1]
          from follow_ups f where f.episode_id = e.id
        ) where e.id = any(%(ids)s)
        """,
        {"ids": list(episode_ids)},
    )


def ask_no_more(conn: Connection, *, case_ids: Sequence[CaseId]) -> None:
    """Ask nobody any more what became of earlier resolutions of these cases."""
    execute(conn, "update follow_ups set asks = false where case_id = any(%(ids)s) and asks", {"ids": list(case_ids)})


def plan_again(conn: Connection, *, follow_up_ids: Sequence[int]) -> None:
    """Let follow-ups run on that were concluded without anybody knowing."""
    episodes = fetch_values(
        conn,
        """
        update follow_ups set concluded_at = null, outcome = null, evidence_post_id = null, note = '', asks = false
        where id = any(%(ids)s) returning episode_id
        """,
        {"ids": list(follow_up_ids)},
    )
    _tell_episodes(conn, episodes)
