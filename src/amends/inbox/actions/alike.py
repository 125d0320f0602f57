"""Finds resolved cases like one that is answered, by what their posts mean. Place in the path: readings -> here -> under the reply box.

Reads a bounded number of the newest resolved cases of the brand and compares them in memory; nothing is written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from amends.core.database import Connection
from amends.inbox.rules.alike import Like, best, without_them
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import alike, order_shapes
from amends.inbox.store.alike import Answered, Meaning
from amends.triage.matching import stacked

LOOK_BACK = timedelta(days=365)
CANDIDATES = 1_500
SHOWN = 3
SMALLEST = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """What was answered in a case like this one; `words` are without the other customer's personal data."""

    case_id: CaseId
    likeness: float
    outcome: str | None
    asked: str
    words: str
    language: str
    agent: str
    resolved_at: datetime


def cases_like(conn: Connection, scope: Scope, *, case_id: CaseId, now: datetime) -> list[Suggestion]:
    """Return at most three resolved cases within the scope like this one: those whose resolution held first, then the most alike."""
    meant = alike.of_case(conn, case_id=case_id)
    if meant is None:
        return []
    others = alike.candidates(conn, scope, case_id=case_id, encoder=meant.encoder, since=now - LOOK_BACK, limit=CANDIDATES)
    chosen = best(_compared(meant, others), SHOWN)
    told, shapes = alike.answered(conn, [CaseId(one.case_id) for one in chosen]), order_shapes.newest(conn)
    return [_suggestion(one, told[CaseId(one.case_id)], shapes) for one in chosen if one.case_id in told]


def _compared(meant: Meaning, others: list[Meaning]) -> list[Like]:
    if not others:
        return []
    ours, theirs = stacked([meant.embedding])[0], stacked([one.embedding for one in others])
    scores = theirs @ ours / np.maximum(np.linalg.norm(theirs, axis=1) * np.linalg.norm(ours), SMALLEST)
    return [Like(case_id=one.case_id, likeness=float(score), outcome=one.outcome) for one, score in zip(others, scores, strict=True)]


def _suggestion(one: Like, told: Answered, shapes: tuple[str, ...]) -> Suggestion:
    names = (told.customer, told.handle)
    return Suggestion(
        case_id=told.case_id,
        likeness=one.likeness,
        outcome=one.outcome,
        asked=without_them(told.preview, language=told.language, names=names, shapes=shapes),
        words=without_them(told.reply, language=told.language, names=names, shapes=shapes),
        language=told.language,
        agent=told.agent,
        resolved_at=told.resolved_at,
    )
