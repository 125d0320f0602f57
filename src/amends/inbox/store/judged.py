"""SQL of posts that have a verdict: read to be judged anew, and their verdicts rewritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe
from amends.core.ports import Intent, Sentiment
from amends.inbox.rules.ids import AuthorId, CaseId, PostId, SourceId
from amends.triage.verdict import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A post that was judged, with what is needed to do it again."""

    id: PostId
    source_id: SourceId
    root_id: str
    author_id: AuthorId
    text: str
    language_hint: str
    followers: int | None
    published_at: datetime
    case_id: CaseId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredVerdict:
    """A row of `verdicts`; `said` holds what the model said where an agent corrected it."""

    post_id: PostId
    model: str
    language: str
    sentiment: str
    negative: float
    neutral: float
    positive: float
    complaint: float
    confidence: float
    urgency: int
    reasons: list[str]
    points: list[int]
    shares: list[float]
    needs_look: bool
    intent: str
    noise: str
    personal: list[str]
    said: dict[str, Any] | None

    @property
    def verdict(self) -> Verdict:
        """The verdict as it stands, with the labels that agents gave."""
        return self._with({})

    @property
    def of_model(self) -> Verdict:
        """The verdict as the model gave it."""
        return self._with(self.said or {})

    def _with(self, said: Mapping[str, Any]) -> Verdict:
        told: dict[str, Any] = {name: getattr(self, name) for name in _COLUMNS} | dict(said)
        told["sentiment"], told["intent"] = Sentiment(told["sentiment"]), Intent(told["intent"])
        lists: dict[str, Any] = {name: tuple(told[name]) for name in _LISTS}
        return Verdict(**told | lists)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewritten:
    """A verdict to store: as it stands, and as the model gave it where an agent corrected a label (else None)."""

    verdict: Verdict
    of_model: Verdict | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Count:
    n: int


def count(conn: Connection) -> int:
    """Return how many posts could be judged anew."""
    found = fetch_maybe(
        conn, _Count, "select count(*) as n from verdicts v join posts p on p.id = v.post_id where p.deleted_at is null and not p.is_own"
    )
    return found.n if found else 0


def before(conn: Connection, *, position: int, limit: int) -> list[Judged]:
    """Return judged posts with ids below `position` (0: from the newest on), the newest first."""
    return fetch_all(
        conn,
        Judged,
        """
        select p.id, p.source_id, p.root_id, p.author_id, p.text, p.language_hint, a.followers, p.published_at, p.case_id
        from verdicts v join posts p on p.id = v.post_id join authors a on a.id = p.author_id
        where p.deleted_at is null and not p.is_own and (%(position)s = 0 or v.post_id < %(position)s)
        order by v.post_id desc limit %(limit)s
        """,
        {"position": position, "limit": limit},
    )


def find(conn: Connection, *, post_id: PostId) -> Judged | None:
    """Return a judged post whose text is still there, or None."""
    return fetch_maybe(
        conn,
        Judged,
        """
        select p.id, p.source_id, p.root_id, p.author_id, p.text, p.language_hint, a.followers, p.published_at, p.case_id
        from verdicts v join posts p on p.id = v.post_id join authors a on a.id = p.author_id
        where p.id = %(id)s and p.deleted_at is null
        """,
        {"id": post_id},
    )


def of_posts(conn: Connection, post_ids: Sequence[PostId]) -> list[Judged]:
    """Return those of the posts that are judged and whose text is still there."""
    return fetch_all(
        conn,
        Judged,
        """
        select p.id, p.source_id, p.root_id, p.author_id, p.text, p.language_hint, a.followers, p.published_at, p.case_id
        from verdicts v join posts p on p.id = v.post_id join authors a on a.id = p.author_id
        where p.id = any(%(ids)s) and p.deleted_at is null and not p.is_own order by p.id
        """,
        {"ids": list(post_ids)},
    )


def lock(conn: Connection, post_ids: Sequence[PostId]) -> dict[PostId, StoredVerdict]:
    """Return the verdicts on posts, ours alone until the transaction ends."""
    rows = fetch_all(
        conn,
        StoredVerdict,
        """
        select post_id, model, language, sentiment, negative, neutral, positive, complaint, confidence, urgency, reasons, points,
          shares, needs_look, intent, noise, personal, said
        from verdicts where post_id = any(%(ids)s) order by post_id for update
        """,
        {"ids": list(post_ids)},
    )
    return {row.post_id: row for row in rows}


def rewrite(conn: Connection, verdicts: Mapping[PostId, Rewritten], *, now: datetime) -> None:
    """Store verdicts in the place of those that were there; why a post was thrown stays, since it still is."""
    execute(
        conn,
        """
        update verdicts v set model = r.model, language = r.language, sentiment = r.sentiment, negative = r.negative, neutral = r.neutral,
          positive = r.positive, complaint = r.complaint, confidence = r.confidence, urgency = r.urgency, reasons = r.reasons,
          points = r.points, shares = r.shares, needs_look = r.needs_look, intent = r.intent,
          noise = case when r.noise = '' and p.route = 'ignore' then v.noise else r.noise end, personal = r.personal, said = r.said,
          created_at = %(now)s
        from jsonb_to_recordset(%(rows)s) as r(post_id bigint, model text, language text, sentiment text, negative real, neutral real,
          positive real, complaint real, confidence real, urgency smallint, reasons text[],
          points smallint[], shares real[], needs_look boolean, intent text, noise text, personal text[], said jsonb)
        join posts p on p.id = r.post_id
        where v.post_id = r.post_id
        """,
        {"rows": Jsonb([_row(post_id, one) for post_id, one in verdicts.items()]), "now": now},
    )


def set_noise(conn: Connection, noise: Mapping[PostId, str]) -> None:
    """Store what noise posts are, where it is something else than before; why a post was thrown stays, since it still is."""
    execute(
        conn,
        """
        with changed as (
          select v.post_id, r.noise
          from jsonb_to_recordset(%(rows)s) as r(post_id bigint, noise text)
          join verdicts v using (post_id) join posts p on p.id = v.post_id
          where v.noise <> r.noise and not (r.noise = '' and p.route = 'ignore')
          order by v.post_id for no key update of v
        )
        update verdicts v set noise = changed.noise from changed where v.post_id = changed.post_id
        """,
        {"rows": Jsonb([{"post_id": post_id, "noise": kind} for post_id, kind in noise.items()])},
    )


_COLUMNS = tuple(name for name in StoredVerdict.__dataclass_fields__ if name not in {"post_id", "said"})
_LISTS = ("reasons", "points", "shares", "personal")
_CORRECTED = ("sentiment", "intent", "complaint", "urgency", "reasons", "points", "shares", "needs_look")


def _row(post_id: PostId, one: Rewritten) -> dict[str, Any]:
    told = {name: getattr(one.verdict, name) for name in _COLUMNS}
    said = None if one.of_model is None else {name: getattr(one.of_model, name) for name in _CORRECTED}
    return told | {"post_id": post_id, "said": said}
