"""What was thrown as noise and why, with a way back, and what each source learnt from its agents."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.translating import Table, _
from amends.inbox.actions.relevance import bring_back, lay_back
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.text import preview
from amends.inbox.store import counts, matchers, relevance
from amends.triage.noise import LEAST_KEPT, LEAST_THROWN, WORDS

router = APIRouter(prefix="/settings/noise", include_in_schema=False)

SHOWN = 100


@router.get("", dependencies=[may(Right.TRIAGE)])
def thrown(request: Request, desk: AtDesk, visitor: Reading, below: Annotated[int | None, Query(ge=0, lt=2**63)] = None) -> Response:
    """Show the posts that were thrown last; for htmx only the lines behind the post `below`."""
    with desk.pool.transaction() as conn:
        if below is not None and request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "noise.html", ["lines"], _lines(conn, PostId(below)))
        values = _values(conn) | {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "noise.html", values)


@router.post("/{post_id}/keep", dependencies=[may(Right.TRIAGE)])
def keep(request: Request, desk: AtDesk, visitor: Meaning, post_id: PostId) -> Response:
    """Bring a thrown post back as work; its source learns from it."""
    with desk.pool.transaction() as conn:
        bring_back(conn, post_id=post_id, agent_id=visitor.agent_id, now=desk.clock())
        values = _values(conn)
    desk.wake()
    said = _("Back: it becomes a case, and its source learns from it")
    return saying(desk.screens.blocks(request, "noise.html", ["shown"], values), said, undo=f"/settings/noise/{post_id}/throw")


@router.post("/{post_id}/throw", dependencies=[may(Right.TRIAGE)])
def throw(request: Request, desk: AtDesk, visitor: Meaning, post_id: PostId) -> Response:
    """Take it back that the post was brought back."""
    with desk.pool.transaction() as conn:
        lay_back(conn, post_id=post_id, agent_id=visitor.agent_id, now=desk.clock())
        values = _values(conn) | {"apart": True}
    desk.wake()
    return saying(desk.screens.blocks(request, "noise.html", ["shown"], values), _("Taken back"))


def _lines(conn: Connection, below: PostId | None = None) -> dict[str, Any]:
    rows = relevance.thrown(conn, limit=SHOWN + 1, below=below)
    return {
        "thrown": [replace(row, text=preview(row.text, row.language)) for row in rows[:SHOWN]],
        "more": rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        "noise_words": Table(WORDS),
    }


def _values(conn: Connection) -> dict[str, Any]:
    words = Table(WORDS)
    return _lines(conn) | {
        "lessons": relevance.lessons(conn, most=SHOWN),
        "kinds": [words[one.name] for one in matchers.of_kind(conn, matchers.NOISE) if one.name in words],
        "least": LEAST_THROWN,
        "least_kept": LEAST_KEPT,
        "most": SHOWN,
    }
