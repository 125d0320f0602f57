"""SQL of what speaks for or against a resolution: the customer's posts, surveys, and what agents know. One row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.follow_up import Says
from amends.inbox.rules.ids import AgentId, CaseId, EpisodeId, FollowUpId, PostId, SurveyId
from amends.inbox.rules.routing import COMPLAINT


@dataclass(frozen=True, kw_only=True, slots=True)
class PostRow:
    """One thing a customer wrote that complains or thanks, and the follow-up it speaks to."""

    follow_up_id: FollowUpId
    post_id: PostId
    case_id: CaseId | None
    sentiment: str
    complaint: float
    published_at: datetime
    same_brand: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A case and a complaint elsewhere: what both mean to the same encoder (None where that is not known), and their topics."""

    case_id: CaseId
    post_id: PostId
    ours: bytes | None
    theirs: bytes | None
    our_topics: Sequence[int]
    their_topics: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class WordRow:
    """What a customer said in a survey, or an agent of one look."""

    episode_id: EpisodeId
    follow_up_id: FollowUpId | None
    kind: str
    says: Says
    note: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PostSays:
    """What a post says of an episode's resolution."""

    episode_id: EpisodeId
    post_id: PostId
    says: Says
    likeness: float | None
    at: datetime


def posts_of(conn: Connection, follow_up_ids: Sequence[FollowUpId], *, until: datetime) -> list[PostRow]:
    """Return what the customers wrote that complains or thanks, with any handle, since our last answer in the episode, else the resolve."""
    return fetch_all(
        conn,
        PostRow,
        """
        select f.id as follow_up_id, p.id as post_id, p.case_id, v.sentiment, v.complaint, p.published_at,
          s.brand_id = c.brand_id as same_brand
        from follow_ups f
        join episodes e on e.id = f.episode_id
        join cases c on c.id = f.case_id
        join customer_links l on l.customer_id = c.customer_id
        join posts p on p.author_id = l.author_id and p.published_at <= least(f.due_at, %(until)s) and p.published_at > coalesce((
            select max(r.sent_at) from replies r
            where r.case_id = f.case_id and r.episode = e.number and r.state = 'sent' and r.sent_at < f.planned_at
          ), f.planned_at)
        join sources s on s.id = p.source_id
        join verdicts v on v.post_id = p.id and (v.sentiment <> 'neutral' or v.complaint >= %(complaint)s) and v.noise = ''
        where f.id = any(%(ids)s)
        order by p.published_at, p.id
        """,
        {"ids": list(follow_up_ids), "until": until, "complaint": COMPLAINT},
    )


def pairs(conn: Connection, asked: Sequence[tuple[CaseId, PostId]]) -> list[Pair]:
    """Return what is known of each case and post, so that they can be compared; a case is what its plainest complaint says."""
    if not asked:
        return []
    return fetch_all(
        conn,
        Pair,
        """
        select t.case_id, t.post_id, case when o.encoder = r.encoder then o.embedding end as ours,
          case when o.encoder = r.encoder then r.embedding end as theirs,
          array(select distinct x.topic_id from posts q join post_topics x on x.post_id = q.id and x.fits
                where q.case_id = t.case_id and q.case_number is not null) as our_topics,
          array(select x.topic_id from post_topics x where x.post_id = t.post_id and x.fits) as their_topics
        from unnest(%(cases)s::bigint[], %(posts)s::bigint[]) t(case_id, post_id)
        left join readings r on r.post_id = t.post_id and r.embedding is not null
        left join lateral (
          select y.encoder, y.embedding from posts q join verdicts v on v.post_id = q.id join readings y on y.post_id = q.id
          where q.case_id = t.case_id and q.case_number is not null and q.deleted_at is null and y.embedding is not null
          order by v.complaint desc, q.published_at limit 1
        ) o on true
        """,
        {"cases": [case_id for case_id, _ in asked], "posts": [post_id for _, post_id in asked]},
    )


def words_of(conn: Connection, episode_ids: Sequence[EpisodeId]) -> list[WordRow]:
    """Return what customers and agents said of these episodes, in order."""
    return fetch_all(
        conn,
        WordRow,
        """
        select episode_id, follow_up_id, kind, says, note, at from follow_up_evidence
        where episode_id = any(%(ids)s) and kind <> 'post' and taken_back_at is null order by at, id
        """,
        {"ids": list(episode_ids)},
    )


def keep_posts(conn: Connection, found: Sequence[PostSays], *, now: datetime) -> None:
    """Keep what posts say; what they were taken for before gives way."""
    rows = [
        {"episode_id": one.episode_id, "post_id": one.post_id, "says": one.says, "likeness": one.likeness, "at": one.at.isoformat()}
        for one in found
    ]
    if rows:
        execute(
            conn,
            """
            insert into follow_up_evidence (episode_id, kind, says, post_id, likeness, at, created_at)
            select distinct on (episode_id, post_id) episode_id, 'post', says, post_id, likeness, at, %(now)s
            from jsonb_to_recordset(%(rows)s) as r(episode_id bigint, post_id bigint, says text, likeness real, at timestamptz)
            on conflict (episode_id, post_id) where post_id is not null do update set says = excluded.says, likeness = excluded.likeness
            """,
            {"rows": Jsonb(rows), "now": now},
        )


def add_agents_word(  # noqa: PLR0913
    conn: Connection, *, episode_id: EpisodeId, follow_up_id: FollowUpId, says: str, agent_id: AgentId, note: str, now: datetime
) -> None:
    """Keep what an agent knows of one look."""
    execute(
        conn,
        """
        insert into follow_up_evidence (episode_id, follow_up_id, kind, says, agent_id, note, at, created_at)
        values (%(episode_id)s, %(follow_up_id)s, 'agent', %(says)s, %(agent_id)s, %(note)s, %(now)s, %(now)s)
        """,
        {"episode_id": episode_id, "follow_up_id": follow_up_id, "says": says, "agent_id": agent_id, "note": note, "now": now},
    )


def take_word_back(conn: Connection, *, follow_up_id: FollowUpId, agent_id: AgentId, now: datetime) -> bool:
    """Take the newest word of an agent on a look back; False where there is none."""
    return bool(
        execute(
            conn,
            """
            update follow_up_evidence set taken_back_at = %(now)s where id = (
              select max(id) from follow_up_evidence
              where follow_up_id = %(id)s and kind = 'agent' and agent_id = %(agent_id)s and taken_back_at is null
            )
            """,
            {"id": follow_up_id, "agent_id": agent_id, "now": now},
        )
    )


def add_answer(conn: Connection, *, episode_id: EpisodeId, survey_id: SurveyId, says: str, note: str, now: datetime) -> None:
    """Keep what the customer says in a survey."""
    execute(
        conn,
        """
        insert into follow_up_evidence (episode_id, kind, says, survey_id, note, at, created_at)
        values (%(episode_id)s, 'survey', %(says)s, %(survey_id)s, %(note)s, %(now)s, %(now)s)
        """,
        {"episode_id": episode_id, "survey_id": survey_id, "says": says, "note": note, "now": now},
    )


def is_shown_by_customer(conn: Connection, *, episode_id: EpisodeId) -> bool:
    """Tell whether the customer showed by themselves that the resolution did not hold, or said in a survey whether it did."""
    return bool(
        fetch_values(
            conn,
            """
            select exists (
              select from follow_up_evidence
              where episode_id = %(id)s and (kind = 'survey' or (kind = 'post' and says = 'relapsed'))
            )
            """,
            {"id": episode_id},
        )[0]
    )
