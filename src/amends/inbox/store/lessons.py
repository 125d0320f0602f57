"""SQL of lessons: labelled posts with what the encoder read of them, as learning takes them."""

from dataclasses import dataclass, field

from amends.core.database import Connection, fetch_all, fetch_one
from amends.inbox.rules.ids import AuthorId, PostId


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonRow:
    """A post with its labels, empty where there is none; the `corrected_…` ones were given by an agent, `newest` the correction's id."""

    post_id: PostId
    author_id: AuthorId
    mood: list[float]
    intents: list[float]
    embedding: bytes = field(repr=False)
    sentiment: str
    intent: str
    corrected_mood: bool
    corrected_intent: bool
    newest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Newest:
    id: int


def corrected(conn: Connection, *, encoder: str, limit: int) -> list[LessonRow]:
    """Return the posts that agents corrected last, where the weights `encoder` read them; labels they did not give are left out."""
    return fetch_all(
        conn,
        LessonRow,
        """
        select r.post_id, p.author_id, r.mood, r.intents, r.embedding, coalesce(g.mood, '') as sentiment, coalesce(g.intent, '') as intent,
          g.mood is not null as corrected_mood, g.intent is not null as corrected_intent, g.newest
        from (
          select post_id, max(new) filter (where field = 'mood') as mood, max(new) filter (where field = 'intent') as intent,
            max(id) as newest
          from corrections where ended_at is null and field in ('mood', 'intent') group by post_id order by max(id) desc limit %(limit)s
        ) g
        join readings r on r.post_id = g.post_id join posts p on p.id = g.post_id
        where r.encoder = %(encoder)s and r.embedding is not null
        order by r.post_id
        """,
        {"encoder": encoder, "limit": limit},
    )


def stood(conn: Connection, *, encoder: str, limit: int) -> list[LessonRow]:
    """Return posts whose labels stood: their case was answered or resolved by agents, who corrected nothing; the newest ones."""
    return fetch_all(
        conn,
        LessonRow,
        """
        select r.post_id, p.author_id, r.mood, r.intents, r.embedding, v.sentiment, v.intent,
          false as corrected_mood, false as corrected_intent, 0 as newest
        from posts p join readings r on r.post_id = p.id join verdicts v on v.post_id = p.id
        where p.case_number is not null and not v.needs_look and r.encoder = %(encoder)s and r.embedding is not null
          and (
            exists (select from replies a where a.case_id = p.case_id and a.state = 'sent' and a.answers >= p.case_number)
            or exists (select from cases c where c.id = p.case_id and c.status = 'resolved')
          )
          and not exists (select from corrections g where g.post_id = p.id and g.ended_at is null)
        order by p.id desc limit %(limit)s
        """,
        {"encoder": encoder, "limit": limit},
    )


def newest_correction(conn: Connection) -> int:
    """Return the id of the newest correction in force that a head can learn from, 0 where there is none."""
    query = "select coalesce(max(id), 0) as id from corrections where ended_at is null and field in ('mood', 'intent')"
    return fetch_one(conn, _Newest, query).id
