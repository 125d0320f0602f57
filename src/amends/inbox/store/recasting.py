"""SQL of what cases show of their posts: read with the verdicts, written back when a verdict changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.recasting import Heard, Shown
from amends.inbox.store.judged import StoredVerdict


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseMark:
    """A case with its marks."""

    id: CaseId
    status: str
    needs_look: bool
    unread: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _HeardRow(StoredVerdict):
    case_id: CaseId
    text: str
    published_at: datetime
    route: str | None


def lock(conn: Connection, case_ids: Sequence[CaseId]) -> list[CaseMark]:
    """Return cases, ours alone until the transaction ends."""
    return fetch_all(
        conn,
        CaseMark,
        "select id, status, needs_look, unread from cases where id = any(%(ids)s) order by id for update",
        {"ids": list(case_ids)},
    )


def heard(conn: Connection, case_ids: Sequence[CaseId]) -> dict[CaseId, list[Heard]]:
    """Return the customers' posts of cases with their verdicts, in the order they reached the desk."""
    rows = fetch_all(
        conn,
        _HeardRow,
        """
        select p.case_id, p.text, p.published_at, p.route, v.post_id, v.model, v.language, v.sentiment, v.negative, v.neutral, v.positive,
          v.complaint, v.confidence, v.urgency, v.reasons, v.points, v.shares, v.needs_look, v.intent, v.intents,
          v.noise, v.personal, v.said
        from posts p join verdicts v on v.post_id = p.id
        where p.case_id = any(%(ids)s) and p.case_number is not null order by p.case_id, p.case_number
        """,
        {"ids": list(case_ids)},
    )
    found: dict[CaseId, list[Heard]] = {}
    for row in rows:
        post = Heard(text=row.text, published_at=row.published_at, route=row.route, verdict=row.verdict)
        found.setdefault(row.case_id, []).append(post)
    return found


def save(conn: Connection, shown: Sequence[Shown]) -> None:
    """Store what cases show where it is something else than before."""
    rows: list[dict[str, Any]] = [{name: getattr(one, name) for name in Shown.__dataclass_fields__} for one in shown]
    execute(
        conn,
        """
        update cases c set language = r.language, sentiment = r.sentiment, urgency = r.urgency, reasons = r.reasons,
          needs_look = r.needs_look
        from jsonb_to_recordset(%(rows)s) as r(id bigint, language text, sentiment text, urgency smallint, reasons text[],
          needs_look boolean)
        where c.id = r.id and (c.language, c.sentiment, c.urgency, c.reasons, c.needs_look)
          is distinct from (r.language, r.sentiment, r.urgency, r.reasons, r.needs_look)
        """,
        {"rows": Jsonb(rows)},
    )
