"""Tries a sentence on the topics: the worker reads it, since only it has the model, and the screen asks until it has."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.api.pages._topic_view import trial_values
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.rights import Right
from amends.inbox.rules.text import storable
from amends.inbox.store import events, near

router = APIRouter(prefix="/settings/topics/trials", include_in_schema=False)


@router.post("", dependencies=[may(Right.TRIAGE)])
def begin(request: Request, desk: AtDesk, visitor: Meaning, text: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Hand a sentence to the worker."""
    words = storable(text).strip()
    if not words:
        raise Refused(_("Write a sentence to try."))
    with desk.pool.transaction() as conn:
        trial_id = near.try_sentence(conn, text=words, agent_id=visitor.agent_id, now=desk.clock())
        events.add(conn, EventKind.TOPIC_TRIED, now=desk.clock(), agent_id=visitor.agent_id)
        values = trial_values(conn, trial_id, visitor.agent_id)
    desk.wake()
    return desk.screens.blocks(request, "topics.html", ["trial"], values)


@router.get("/{trial_id}", dependencies=[may(Right.TRIAGE)])
def look(request: Request, desk: AtDesk, visitor: Reading, trial_id: int) -> Response:
    """Show what the sentence matches, as soon as it was read."""
    with desk.pool.transaction() as conn:
        values = trial_values(conn, trial_id, visitor.agent_id)
    return desk.screens.blocks(request, "topics.html", ["trial"], values)
