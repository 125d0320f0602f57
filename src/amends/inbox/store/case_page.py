"""The case page: one case with all that was said in and around it; our answers are in `case_replies`. Bounded queries, whatever its age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, fetch_all, fetch_maybe
from amends.core.post import Visibility
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.mentions import pieces

THREAD_LIMIT = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseHead:
    """The case itself, with the verdict on its newest customer post and the post that a reply goes to (the newest that takes one).

    `urgency` is what the posts say and what waiting adds; `points` say by how much each of the reasons raised it.
    `post_id` and what follows from the posts is None or empty where the case has no post of the author left.
    """

    id: int
    status: str
    brand: str
    brand_name: str
    network: str
    source_id: int
    source_handle: str
    source_options: dict[str, str]
    root_external_id: str
    author_id: int
    author_name: str
    author_handle: str
    followers: int | None
    verified: bool
    customer_id: CustomerId
    customer_name: str
    language: str
    sentiment: str
    urgency: int
    reasons: Sequence[str]
    points: dict[str, int]
    needs_look: bool
    unread: bool
    preview: str
    assignee_id: int | None
    assignee: str | None
    team_id: int | None
    team: str | None
    episode: int
    customer_posts: int
    opened_at: datetime
    last_post_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    resolved_at: datetime | None
    post_id: int | None
    permalink: str | None
    can_reply: bool | None
    why_no_reply: str | None
    visibility: str | None
    model: str | None
    negative: float | None
    neutral: float | None
    positive: float | None
    complaint: float | None
    confidence: float | None
    intent: str | None
    mood_by: str | None
    follow_up_due: datetime | None

    @property
    def is_private(self) -> bool:
        """Whether the post that a reply goes to, and so the reply, is seen by its author and us alone."""
        return self.visibility == Visibility.DIRECT


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadPost:
    """A post of the case's thread: `in_case` where it is the customer's own, `is_own` where it is ours.

    `is_shared` where anybody shared it and that still stands; `personal` names kinds of data.
    """

    id: int
    external_id: str
    parent_id: str | None
    author_id: int
    author_name: str
    author_handle: str
    followers: int | None
    verified: bool
    text: str
    language: str
    published_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    permalink: str
    media: list[dict[str, Any]]
    visibility: str
    is_own: bool
    in_case: bool
    is_shared: bool
    case_number: int | None
    route: str | None
    route_why: str
    sentiment: str | None
    urgency: int | None
    intent: str | None
    negative: float | None
    neutral: float | None
    positive: float | None
    model: str | None
    mood_by: str | None
    intent_by: str | None
    language_by: str | None
    intents: Sequence[float]
    personal: Sequence[str]
    seen_by: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRow:
    """A remark for colleagues; `mentions` are the people and teams in it, each with the words behind its @."""

    id: int
    agent: str
    text: str
    created_at: datetime
    mentions: list[dict[str, Any]]

    def pieces(self) -> list[tuple[str, dict[str, Any] | None]]:
        """Return the text cut where it mentions somebody, each piece with who that is."""
        known = {str(one["said"]): one for one in self.mentions}
        return [(text, known.get(said)) for text, said in pieces(self.text, list(known))]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """Something that happened to the case; `whom` is who was given it, `because` the rule or the work on many cases that it came of."""

    id: int
    kind: str
    at: datetime
    agent: str | None
    whom: str | None
    facts: dict[str, Any]
    because: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpRow:
    """The look whether an episode's answer held."""

    id: int
    due_at: datetime
    concluded_at: datetime | None
    outcome: str | None
    note: str
    episode: int


def head(conn: Connection, case_id: int) -> CaseHead | None:
    """Return the case, or None."""
    return fetch_maybe(
        conn,
        CaseHead,
        """
        select c.id, c.status, b.slug as brand, b.name as brand_name, c.network, c.source_id, s.handle as source_handle,
               s.options as source_options, c.root_external_id, c.author_id, coalesce(nullif(a.name, ''), a.handle) as author_name,
               a.handle as author_handle, a.followers, a.verified, c.customer_id, u.name as customer_name, c.language, c.sentiment,
               c.urgency_now as urgency,
               case when c.waiting_points > 0 then c.reasons || 'waiting time'::text else c.reasons end as reasons,
               coalesce((select jsonb_object_agg(said.reason, said.points) from unnest(v.reasons, v.points) said(reason, points)
                         where said.points is not null), '{}')
                 || case when c.waiting_points > 0 then jsonb_build_object('waiting time', c.waiting_points) else '{}' end as points,
               c.needs_look, c.unread, c.preview, c.assignee_id, g.name as assignee, c.team_id, m.name as team, c.episode, c.customer_posts,
               c.opened_at,
               c.last_post_at, c.waiting_since, c.due_at, c.resolved_at,
               t.id as post_id, t.permalink, t.can_reply, t.why_no_reply, t.visibility,
               v.model, v.negative, v.neutral, v.positive, v.complaint, v.confidence, v.intent,
               (select g.name from corrections x join agents g on g.id = x.agent_id
                where x.post_id = p.id and x.field = 'mood' and x.ended_at is null) as mood_by,
               (select min(due_at) from follow_ups f where f.case_id = c.id and f.concluded_at is null) as follow_up_due
        from cases c
        join brands b on b.id = c.brand_id join sources s on s.id = c.source_id join authors a on a.id = c.author_id
        join customers u on u.id = c.customer_id left join agents g on g.id = c.assignee_id left join teams m on m.id = c.team_id
        left join lateral (select * from posts where case_id = c.id and author_id = c.author_id and deleted_at is null
                           order by published_at desc limit 1) p on true
        left join lateral (select * from posts where case_id = c.id and author_id = c.author_id and deleted_at is null
                           order by can_reply desc, published_at desc limit 1) t on true
        left join verdicts v on v.post_id = p.id
        where c.id = %(case_id)s
        """,
        {"case_id": case_id},
    )


def thread(conn: Connection, case: CaseHead) -> list[ThreadPost]:
    """Return the posts of the case's thread, oldest first: those of the case, the first, its private talks, the newest others."""
    return fetch_all(
        conn,
        ThreadPost,
        """
        select p.id, p.external_id, p.parent_id, p.author_id, coalesce(nullif(a.name, ''), a.handle) as author_name,
               a.handle as author_handle, a.followers, a.verified, p.text, coalesce(v.language, p.language_hint) as language,
               p.published_at, p.edited_at, p.deleted_at, p.permalink, p.media, p.visibility, p.is_own,
               coalesce(p.case_id = %(case_id)s and p.author_id = %(author_id)s, false) as in_case, p.case_number, p.route, p.route_why,
               exists (select from posts s
                       where s.source_id = p.source_id and s.shared_id = p.external_id and s.deleted_at is null) as is_shared,
               v.sentiment, v.urgency, v.intent, v.negative, v.neutral, v.positive, v.model, said.mood_by, said.intent_by,
               said.language_by, coalesce(v.intents, '{}') as intents, coalesce(v.personal, '{}') as personal, p.seen_by
        from (
          (select * from posts where source_id = %(source_id)s and root_id = %(root_id)s and shared_id is null
           order by published_at desc limit %(limit)s)
          union
          (select * from posts where case_id = %(case_id)s order by published_at desc limit %(limit)s)
          union
          (select * from posts where source_id = %(source_id)s and external_id = %(root_id)s)
          union
          (select aside.* from (
             select distinct root_id from posts where case_id = %(case_id)s and visibility = 'direct' and root_id <> %(root_id)s
           ) talk cross join lateral (
             select * from posts where source_id = %(source_id)s and root_id = talk.root_id and shared_id is null
             order by published_at desc limit %(limit)s
           ) aside)
        ) p
        join authors a on a.id = p.author_id left join verdicts v on v.post_id = p.id
        left join lateral (
          select max(g.name) filter (where c.field = 'mood') as mood_by, max(g.name) filter (where c.field = 'intent') as intent_by,
                 max(g.name) filter (where c.field = 'language') as language_by
          from corrections c join agents g on g.id = c.agent_id where c.post_id = p.id and c.ended_at is null
        ) said on true
        order by p.published_at, p.id
        """,
        {
            "case_id": case.id,
            "author_id": case.author_id,
            "source_id": case.source_id,
            "root_id": case.root_external_id,
            "limit": THREAD_LIMIT,
        },
    )


def notes(conn: Connection, case_id: int) -> list[NoteRow]:
    """Return the notes of the case, oldest first."""
    return fetch_all(
        conn,
        NoteRow,
        """
        select n.id, g.name as agent, n.text, n.created_at,
          coalesce((
            select jsonb_agg(jsonb_build_object(
              'agent_id', m.agent_id, 'team_id', m.team_id, 'said', m.said, 'name', coalesce(w.name, t.name)) order by m.id)
            from note_mentions m left join agents w on w.id = m.agent_id left join teams t on t.id = m.team_id where m.note_id = n.id
          ), '[]') as mentions
        from notes n join agents g on g.id = n.agent_id
        where n.case_id = %(case_id)s order by n.created_at, n.id
        """,
        {"case_id": case_id},
    )


def events(conn: Connection, case_id: int) -> list[EventRow]:
    """Return the newest events of the case, oldest first."""
    return fetch_all(
        conn,
        EventRow,
        """
        select e.id, e.kind, e.at, g.name as agent, w.name as whom, e.facts, e.because
        from (select * from events where case_id = %(case_id)s order by id desc limit %(limit)s) e
        left join agents g on g.id = e.agent_id left join agents w on w.id = (e.facts ->> 'assignee_id')::bigint order by e.at, e.id
        """,
        {"case_id": case_id, "limit": THREAD_LIMIT},
    )


def follow_ups(conn: Connection, case_id: int) -> list[FollowUpRow]:
    """Return the follow-ups of the case, oldest first."""
    return fetch_all(
        conn,
        FollowUpRow,
        """
        select f.id, f.due_at, f.concluded_at, f.outcome, f.note, e.number as episode
        from follow_ups f join episodes e on e.id = f.episode_id where f.case_id = %(case_id)s order by f.due_at, f.id
        """,
        {"case_id": case_id},
    )
