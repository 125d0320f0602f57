"""SQL of one case, as agents change it; `store.case_states` has the batches of triage."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_maybe
from amends.inbox.rules.ids import AgentId, AuthorId, CaseId, CustomerId, PostId, SourceId, TeamId
from amends.inbox.rules.words import CaseStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A case as actions need it."""

    id: CaseId
    source_id: SourceId
    network: str
    author_id: AuthorId
    customer_id: CustomerId
    status: str
    assignee_id: AgentId | None
    team_id: TeamId | None
    episode: int
    waiting_since: datetime | None
    resolved_at: datetime | None
    customer_posts: int
    unread: bool
    needs_look: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The customer's post that a reply goes under."""

    id: PostId
    can_reply: bool
    why_no_reply: str
    visibility: str


_CASE: LiteralString = """
select id, source_id, network, author_id, customer_id, status, assignee_id, team_id, episode, waiting_since, resolved_at,
  customer_posts, unread, needs_look
from cases where id = %(id)s"""


def lock(conn: Connection, *, case_id: CaseId) -> Case | None:
    """Return the case, ours alone until the transaction ends, or None."""
    return fetch_maybe(conn, Case, _CASE + " for update", {"id": case_id})


def lock_resolved(conn: Connection, *, case_id: CaseId) -> Case | None:
    """Return the case as `lock` where it is resolved and nobody is changing it, without a wait for who is."""
    return fetch_maybe(conn, Case, _CASE + " and status = 'resolved' for update skip locked", {"id": case_id})


def set_status(
    conn: Connection, *, case_id: CaseId, status: CaseStatus, waiting_since: datetime | None, resolved_at: datetime | None
) -> None:
    """Move the case to `status` with its clocks."""
    execute(
        conn,
        """
        update cases set status = %(status)s, waiting_since = %(waiting_since)s, resolved_at = %(resolved_at)s where id = %(id)s
        """,
        {"id": case_id, "status": status, "waiting_since": waiting_since, "resolved_at": resolved_at},
    )


def set_assignee(conn: Connection, *, case_id: CaseId, assignee_id: AgentId | None) -> None:
    """Make the agent responsible; the case wants nobody any more."""
    execute(conn, "update cases set assignee_id = %(assignee)s, wanted = false where id = %(id)s", {"id": case_id, "assignee": assignee_id})


def set_team(conn: Connection, *, case_id: CaseId, team_id: TeamId | None) -> None:
    """Make the case work of a team, and of nobody in it yet; a team that gives out finds it at once."""
    execute(
        conn,
        """
        with looking as (update teams set look_at = null where id = %(team)s and look_at is not null)
        update cases set team_id = %(team)s, assignee_id = null,
          wanted = coalesce((select gives <> 'nobody' from teams where id = %(team)s), false)
        where id = %(id)s
        """,
        {"id": case_id, "team": team_id},
    )


def set_read(conn: Connection, *, case_id: CaseId) -> None:
    """Take the unread mark away."""
    execute(conn, "update cases set unread = false where id = %(id)s", {"id": case_id})


def set_unread(conn: Connection, *, case_id: CaseId) -> None:
    """Put the unread mark back."""
    execute(conn, "update cases set unread = true where id = %(id)s", {"id": case_id})


def set_looked_at(conn: Connection, *, case_id: CaseId) -> None:
    """Keep that a person has read the case and acted on it."""
    execute(conn, "update cases set unread = false, needs_look = false where id = %(id)s", {"id": case_id})


def set_not_looked_at(conn: Connection, *, case_id: CaseId, unread: bool, needs_look: bool) -> None:
    """Put the marks back that were there before somebody acted on the case; those that came since stay."""
    execute(
        conn,
        "update cases set unread = unread or %(unread)s, needs_look = needs_look or %(needs_look)s where id = %(id)s",
        {"id": case_id, "unread": unread, "needs_look": needs_look},
    )


def begin_next_episode(conn: Connection, *, case_id: CaseId, now: datetime) -> None:
    """Open the case as a new episode that an agent began, whose clocks all start now."""
    execute(
        conn,
        """
        with opened as (
          update cases set status = 'open', episode = episode + 1, waiting_since = %(now)s, resolved_at = null
          where id = %(id)s returning id, episode
        )
        insert into episodes (case_id, number, published_at, seen_at, triaged_at)
        select id, episode, %(now)s, %(now)s, %(now)s from opened
        """,
        {"id": case_id, "now": now},
    )


def end_begun_episode(conn: Connection, *, case_id: CaseId, resolved_at: datetime | None) -> None:
    """Take the newest episode away as if it had not begun: the case is resolved, as it was."""
    execute(
        conn,
        """
        with ended as (
          update cases set status = 'resolved', episode = episode - 1, waiting_since = null, resolved_at = %(resolved_at)s
          where id = %(id)s returning id, episode
        )
        delete from episodes e using ended where e.case_id = ended.id and e.number > ended.episode
        """,
        {"id": case_id, "resolved_at": resolved_at},
    )


def post_to_answer(conn: Connection, *, case_id: CaseId) -> Target | None:
    """Return the customer's newest post in the case that we may reply to, else the newest that is still there, or None."""
    return fetch_maybe(
        conn,
        Target,
        """
        select id, can_reply, why_no_reply, visibility from posts
        where case_id = %(id)s and case_number is not null and deleted_at is null
        order by can_reply desc, published_at desc, id desc limit 1
        """,
        {"id": case_id},
    )


def first_unanswered(conn: Connection, *, case_id: CaseId) -> datetime | None:
    """Return when the first customer post was published that nobody had seen when writing the replies that went out, or None."""
    found = fetch_maybe(
        conn,
        _FirstUnanswered,
        """
        select min(published_at) as published_at from posts
        where case_id = %(id)s
          and case_number > (select coalesce(max(answers), 0) from replies where case_id = %(id)s and state = 'sent')
        """,
        {"id": case_id},
    )
    return found.published_at if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _FirstUnanswered:
    published_at: datetime | None
