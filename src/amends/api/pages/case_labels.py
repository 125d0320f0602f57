"""What an agent says of a post: its mood, its intent and its language, corrected by one key or click, and taken back."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from amends.api import labels
from amends.api.auth import Meaning, may
from amends.api.desk import AtDesk
from amends.api.pages._acting import done
from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.actions.correct import correct, take_back
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.rights import Right
from amends.inbox.store import corrections, post_list

router = APIRouter(prefix="/inbox/{case_id:int}/posts/{post_id}", include_in_schema=False)


@router.post("/label", dependencies=[may(Right.WORK)])
def label(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    post_id: PostId,
    field: Annotated[str, Form(max_length=20)] = "",
    new: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Say what the post is; the model learns from it."""
    now, me = desk.clock(), visitor.agent_id
    back = f"/inbox/{case_id}/posts/{post_id}/undo?field={field}"
    return done(
        request,
        desk,
        case_id,
        lambda conn: correct(conn, post_id=_of_case(conn, case_id, post_id), field=field, new=new, agent_id=me, now=now),
        _told(field, new),
        undo=back,
    )


@router.post("/undo", dependencies=[may(Right.WORK)])
def undo(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, post_id: PostId, field: str = "") -> Response:
    """Take the correction of a label back."""
    now, me = desk.clock(), visitor.agent_id

    def act(conn: Connection) -> None:
        found = corrections.in_force(conn, [_of_case(conn, case_id, post_id)]).get(post_id, {}).get(field)
        if found is None:
            raise Conflict(_("This label is the model's own; there is nothing to take back."))
        take_back(conn, post_id=post_id, correction_id=found.id, agent_id=me, now=now)

    return done(request, desk, case_id, act, _("Taken back"))


def _of_case(conn: Connection, case_id: CaseId, post_id: PostId) -> PostId:
    """Return the post; `NotFound` where it is none of this case's."""
    found = post_list.post(conn, post_id)
    if found is None or found.case_id != case_id:
        raise NotFound(_("This post is not in the case; it may have been moved."))
    return post_id


def _told(field: str, new: str) -> str:
    told = {"field": labels.FIELDS.get(field, field), "label": labels.said(field, new)}
    if field in labels.LABELS:
        return _("The %(field)s is %(label)s; triage learns from it") % told
    return _("The %(field)s is %(label)s") % told
