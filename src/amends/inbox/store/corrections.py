"""SQL of corrections: which labels agents gave, one in force a post and field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_one
from amends.core.ports import Intent, Sentiment
from amends.inbox.rules.ids import AgentId, CorrectionId, PostId
from amends.triage.labels import Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A row of `corrections`, with the name of who made it."""

    id: CorrectionId
    post_id: PostId
    field: str
    old: str
    new: str
    model: str
    needed_look: bool
    agent: str
    at: datetime
    replaces: CorrectionId | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCorrection:
    """A correction to store."""

    post_id: PostId
    field: str
    old: str
    new: str
    model: str
    needed_look: bool
    agent_id: AgentId
    replaces: CorrectionId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrected:
    """How often agents gave a label in a language, and how often it was another than the model's."""

    field: str
    new: str
    language: str
    n: int
    changed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Id:
    id: CorrectionId


def insert(conn: Connection, new: NewCorrection, *, now: datetime) -> CorrectionId:
    """Store a correction, which takes the place of the one it replaces, and return its id."""
    end(conn, correction_id=new.replaces, now=now)
    return fetch_one(
        conn,
        _Id,
        """
        insert into corrections (post_id, field, old, new, model, needed_look, agent_id, at, replaces)
        values (%(post_id)s, %(field)s, %(old)s, %(new)s, %(model)s, %(needed_look)s, %(agent_id)s, %(now)s, %(replaces)s)
        returning id
        """,
        {name: getattr(new, name) for name in NewCorrection.__dataclass_fields__} | {"now": now},
    ).id


def end(conn: Connection, *, correction_id: CorrectionId | None, now: datetime) -> None:
    """Take a correction out of force (None: there is none)."""
    execute(conn, "update corrections set ended_at = %(now)s where id = %(id)s", {"id": correction_id, "now": now})


def revive(conn: Connection, *, correction_id: CorrectionId | None) -> None:
    """Bring a correction that was replaced into force again (None: there was none)."""
    execute(conn, "update corrections set ended_at = null where id = %(id)s", {"id": correction_id})


def find(conn: Connection, *, correction_id: CorrectionId) -> Correction | None:
    """Return a correction, or None."""
    return fetch_maybe(
        conn,
        Correction,
        """
        select c.id, c.post_id, c.field, c.old, c.new, c.model, c.needed_look, a.name as agent, c.at, c.replaces, c.ended_at
        from corrections c join agents a on a.id = c.agent_id where c.id = %(id)s
        """,
        {"id": correction_id},
    )


def in_force(conn: Connection, post_ids: Sequence[PostId]) -> dict[PostId, dict[str, Correction]]:
    """Return the corrections in force of posts, by field."""
    rows = fetch_all(
        conn,
        Correction,
        """
        select c.id, c.post_id, c.field, c.old, c.new, c.model, c.needed_look, a.name as agent, c.at, c.replaces, c.ended_at
        from corrections c join agents a on a.id = c.agent_id
        where c.ended_at is null and c.post_id = any(%(ids)s) order by c.id
        """,
        {"ids": list(post_ids)},
    )
    found: dict[PostId, dict[str, Correction]] = {}
    for row in rows:
        found.setdefault(row.post_id, {})[row.field] = row
    return found


def of_post(conn: Connection, *, post_id: PostId) -> list[Correction]:
    """Return every correction of a post, also those taken back, the newest first."""
    return fetch_all(
        conn,
        Correction,
        """
        select c.id, c.post_id, c.field, c.old, c.new, c.model, c.needed_look, a.name as agent, c.at, c.replaces, c.ended_at
        from corrections c join agents a on a.id = c.agent_id where c.post_id = %(id)s order by c.id desc
        """,
        {"id": post_id},
    )


def labels(given: dict[str, Correction]) -> Labels:
    """Return the labels that these corrections of one post give."""
    mood, intent, language = (given.get(field) for field in ("mood", "intent", "language"))
    return Labels(
        mood=Sentiment(mood.new) if mood else None,
        intent=Intent(intent.new) if intent else None,
        language=language.new if language else None,
    )


def counted(conn: Connection) -> list[Corrected]:
    """Return how many corrections are in force, by label and language."""
    return fetch_all(
        conn,
        Corrected,
        """
        select c.field, c.new, v.language, count(*) as n, count(*) filter (where c.new <> c.old) as changed
        from corrections c join verdicts v on v.post_id = c.post_id
        where c.ended_at is null group by c.field, c.new, v.language order by c.field desc, n desc, c.new, v.language
        """,
    )
