"""SQL of answers that a second person reads first: what the company asks for, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one, fetch_values
from amends.inbox.rules.approving import Approvals, Standing
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId, TeamId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalsSet:
    """What somebody set."""

    id: int
    needs_look: bool
    followers: int | None
    agent: str
    set_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamApproval:
    """A team and whether its answers wait for a second person."""

    id: TeamId
    name: str
    approval: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An answer that waits for a second person, with the post it answers."""

    id: ReplyId
    case_id: CaseId
    network: str
    brand: str
    customer: str
    preview: str
    language: str
    urgency: int
    agent_id: AgentId
    agent: str
    text: str
    private: bool
    why: Sequence[str]
    answers: int
    customer_posts: int
    status: str
    team_id: int | None
    source_id: int
    created_at: datetime


def newest(conn: Connection) -> Approvals:
    """Return what is in force."""
    found = last_set(conn)
    return Approvals(needs_look=found.needs_look, followers=found.followers) if found else Approvals()


def last_set(conn: Connection) -> ApprovalsSet | None:
    """Return who set what last, or None where nobody ever did."""
    return fetch_maybe(
        conn,
        ApprovalsSet,
        """
        select s.id, s.needs_look, s.followers, g.name as agent, s.set_at
        from approval_sets s join agents g on g.id = s.agent_id order by s.id desc limit 1
        """,
    )


def before(conn: Connection, set_id: int) -> Approvals:
    """Return what was in force before a setting."""
    query = "select needs_look, followers from approval_sets where id < %(id)s order by id desc limit 1"
    return fetch_maybe(conn, Approvals, query, {"id": set_id}) or Approvals()


def insert(conn: Connection, asked: Approvals, *, agent_id: AgentId, now: datetime) -> int:
    """Put `asked` in force, and return the setting's id."""
    query = """
        insert into approval_sets (needs_look, followers, agent_id, set_at)
        values (%(needs_look)s, %(followers)s, %(agent_id)s, %(now)s) returning id
        """
    given = {"needs_look": asked.needs_look, "followers": asked.followers, "agent_id": agent_id, "now": now}
    return fetch_values(conn, query, given)[0]


def teams(conn: Connection) -> list[TeamApproval]:
    """Return every team, by name."""
    return fetch_all(conn, TeamApproval, "select id, name, approval from teams where archived_at is null order by lower(name)")


def set_team(conn: Connection, *, team_id: TeamId, approval: bool) -> TeamApproval | None:
    """Switch the approval of a team, and return the team, None where there is none."""
    query = "update teams set approval = %(approval)s where id = %(id)s returning id, name, approval"
    return fetch_maybe(conn, TeamApproval, query, {"id": team_id, "approval": approval})


def standing(conn: Connection, *, case_id: CaseId, agent_id: AgentId) -> Standing:
    """Return what decides whether an agent's answer in a case waits."""
    return fetch_one(
        conn,
        Standing,
        """
        select c.needs_look, a.followers, exists (
          select from teams t where t.approval and t.archived_at is null and (t.id = c.team_id or (c.team_id is null and exists (
            select from team_members m where m.team_id = t.id and m.agent_id = %(agent_id)s)))) as team
        from cases c join authors a on a.id = c.author_id where c.id = %(case_id)s
        """,
        {"case_id": case_id, "agent_id": agent_id},
    )


def waiting(conn: Connection, scope: Scope, *, limit: int = 200) -> list[Waiting]:
    """Return the answers within the scope that wait, the longest first."""
    return fetch_all(
        conn,
        Waiting,
        """
        select r.id, r.case_id, c.network, b.name as brand, u.name as customer, c.preview, c.language, c.urgency_now as urgency,
               r.agent_id, g.name as agent, r.text, r.private, r.proposed_why as why, r.answers, c.customer_posts, c.status, c.team_id,
               c.source_id, r.created_at
        from replies r join cases c on c.id = r.case_id join brands b on b.id = c.brand_id join customers u on u.id = c.customer_id
        join agents g on g.id = r.agent_id
        where r.state = 'proposed'
        """
        + scopes.within(scope)
        + " order by r.created_at, r.id limit %(limit)s",
        {"limit": limit} | scopes.params(scope),
    )


def count(conn: Connection, scope: Scope) -> int:
    """Return how many answers within the scope wait."""
    query: LiteralString = "select count(*) from replies r join cases c on c.id = r.case_id where r.state = 'proposed'"
    return int(fetch_values(conn, query + scopes.within(scope), scopes.params(scope))[0])


def approve(  # noqa: PLR0913
    conn: Connection, *, reply_id: ReplyId, agent_id: AgentId, answers: int, seen_posts: int, now: datetime, at: datetime
) -> None:
    """Queue a proposed reply for `at`; it answers what the second person had seen, and what comes after `seen_posts` holds it."""
    execute(
        conn,
        """
        update replies set state = 'queued', approved_by = %(agent_id)s, approved_at = %(now)s, answers = %(answers)s,
          seen_posts = %(seen_posts)s, next_at = %(at)s
        where id = %(id)s
        """,
        {"id": reply_id, "agent_id": agent_id, "answers": answers, "seen_posts": seen_posts, "now": now, "at": at},
    )


def propose_again(conn: Connection, *, reply_id: ReplyId) -> None:
    """Let a reply wait as before it was approved."""
    execute(
        conn,
        """
        update replies set state = 'proposed', approved_by = null, approved_at = null, error = '', advice = '' where id = %(id)s
        """,
        {"id": reply_id},
    )
