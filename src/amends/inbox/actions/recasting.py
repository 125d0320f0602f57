"""Lets cases show what the verdicts on their posts say now. Place in the path: correction, re-triage -> here -> case rows."""

from collections.abc import Iterable, Sequence

from amends.core.database import Connection
from amends.inbox.rules.case_states import GOING_ON
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.recasting import recast
from amends.inbox.store import corrections, earlier_complaints, recasting, repeats
from amends.inbox.store.judged import Judged
from amends.inbox.store.recasting import CaseMark
from amends.triage.judge import Text


def lock_cases(conn: Connection, case_ids: Iterable[CaseId | None]) -> list[CaseMark]:
    """Return the cases, ours alone until the transaction ends; take them before their verdicts, as triage does."""
    return recasting.lock(conn, sorted({case_id for case_id in case_ids if case_id is not None}))


def texts_of(conn: Connection, posts: Sequence[Judged]) -> dict[PostId, Text]:
    """Return posts as triage takes them, with what is known of their authors and the language that agents gave them."""
    given = corrections.in_force(conn, [post.id for post in posts])
    earlier = earlier_complaints.count(conn, posts)
    again = repeats.count(conn, [post.id for post in posts])
    return {
        post.id: Text(
            text=post.text,
            language_hint=post.language_hint,
            language=corrections.labels(given.get(post.id, {})).language or "",
            followers=post.followers,
            source_id=post.source_id,
            earlier_complaints=earlier.get(post.id, 0),
            repeats=again.get(post.id, 0),
        )
        for post in posts
    }


def recast_cases(conn: Connection, cases: Sequence[CaseMark]) -> None:
    """Work out what locked cases show; opens, reopens and alarms nothing."""
    heard = recasting.heard(conn, [case.id for case in cases])
    shown = [
        recast(case.id, heard[case.id], marked=case.needs_look, unread=case.unread and case.status in GOING_ON)
        for case in cases
        if case.id in heard
    ]
    recasting.save(conn, shown)
