"""SQL of relapses: a resolved case begins its next episode because its customer showed that the answer did not hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.inbox.rules.ids import AgentId, CaseId, PostId, SourceId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A resolved case, locked; `answerer` is who resolved it and is at work, None where they are not."""

    case_id: CaseId
    source_id: SourceId
    status: str
    episode: int
    assignee_id: AgentId | None
    answerer: AgentId | None
    team_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How an earlier episode went: what was answered last and by whom, and how long it held."""

    number: int
    resolved_at: datetime
    resolved_by: str | None
    reply: str | None
    replied_at: datetime | None
    permalink: str
    outcome: str | None
    relapsed_at: datetime | None
    post_id: PostId | None
    post_text: str
    post_network: str
    post_permalink: str
    post_case_id: CaseId | None
    csat: int | None
    solved: bool | None
    word: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """A case that begins its next episode: with which post, and with whom."""

    case_id: CaseId
    post_id: PostId | None
    assignee_id: AgentId | None


def lock(conn: Connection, *, case_ids: Sequence[CaseId], now: datetime) -> list[Ended]:
    """Return the cases, locked, without those that somebody else holds at this moment."""
    return fetch_all(
        conn,
        Ended,
        """
        select c.id as case_id, c.source_id, c.status, c.episode, c.assignee_id, c.team_id, (
            select g.id from episodes e join agents g on g.id = e.resolved_by and g.active
            where e.case_id = c.id and e.number = c.episode
              and not (g.away_since is not null and g.away_since <= %(now)s and (g.away_until is null or g.away_until > %(now)s))
          ) as answerer
        from cases c where c.id = any(%(ids)s) order by c.id for update of c skip locked
        """,
        {"ids": list(case_ids), "now": now},
    )


def begin(conn: Connection, begun: Sequence[Beginning], *, now: datetime) -> None:
    """Open the cases as new episodes, whose clocks began with their posts (else now)."""
    rows = [{"case_id": one.case_id, "post_id": one.post_id, "assignee_id": one.assignee_id} for one in begun]
    execute(
        conn,
        """
        with since as (
          select r.case_id, r.assignee_id, coalesce(p.published_at, %(now)s) as published_at, coalesce(p.seen_at, %(now)s) as seen_at,
            coalesce(p.triaged_at, %(now)s) as triaged_at
          from jsonb_to_recordset(%(rows)s) as r(case_id bigint, post_id bigint, assignee_id bigint) left join posts p on p.id = r.post_id
        ), opened as (
          update cases c
          set status = 'open', episode = c.episode + 1, waiting_since = s.published_at, resolved_at = null, unread = true,
            assignee_id = s.assignee_id
          from since s where c.id = s.case_id returning c.id, c.episode, s.published_at, s.seen_at, s.triaged_at
        )
        insert into episodes (case_id, number, published_at, seen_at, triaged_at)
        select id, episode, published_at, seen_at, triaged_at from opened
        """,
        {"rows": Jsonb(rows), "now": now},
    )


def history(conn: Connection, scope: Scope, *, case_id: int) -> list[Ending]:
    """Return how each earlier episode of a case went that was resolved, the newest first; posts beyond `scope` stay away."""
    return fetch_all(
        conn,
        Ending,
        """
        select e.number, e.resolved_at, g.name as resolved_by, r.text as reply, r.sent_at as replied_at,
          coalesce(r.permalink, '') as permalink,
          e.outcome, n.published_at as relapsed_at, posts.id as post_id, coalesce(posts.text, '') as post_text,
          coalesce(posts.network, '') as post_network,
          coalesce(posts.permalink, '') as post_permalink, posts.case_id as post_case_id, s.csat, s.solved, coalesce(s.word, '') as word
        from episodes e
        left join agents g on g.id = e.resolved_by
        left join episodes n on n.case_id = e.case_id and n.number = e.number + 1
        left join lateral (
          select text, sent_at, permalink from replies
          where case_id = e.case_id and episode = e.number and state = 'sent' order by sent_at desc limit 1
        ) r on true
        left join lateral (
          select evidence_post_id from follow_ups where episode_id = e.id and outcome = 'relapsed' order by days desc limit 1
        ) f on true
        left join posts on posts.id = f.evidence_post_id
        """
        + scopes.posts_within(scope)
        + """
        left join surveys s on s.episode_id = e.id and s.answered_at is not null
        where e.case_id = %(case_id)s and e.resolved_at is not null and e.number < (select episode from cases where id = %(case_id)s)
        order by e.number desc limit 5
        """,
        {"case_id": case_id} | scopes.params(scope),
    )
