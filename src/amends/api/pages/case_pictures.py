"""Pictures for an answer: added in the reply box, shown to agents alone, taken away again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from amends.api.answering import check_pictures, head_of
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions.attach import add_picture, picture, take_picture_away
from amends.inbox.rules.ids import AttachmentId, CaseId
from amends.inbox.rules.pictures import ENDINGS, MOST_BYTES
from amends.inbox.rules.rights import Right
from amends.inbox.store.case_replies import unsent_pictures

router = APIRouter(prefix="/inbox/{case_id:int}/pictures", include_in_schema=False)

HEADERS = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-store"}


async def content_of(request: Request) -> bytes:
    """Return the body, read no further than a picture may be large; whether it is one is told by its content, later."""
    if not request.headers.get("content-type", "").startswith(("image/", "application/octet-stream")):
        raise Refused(_("This is no picture that networks take: PNG, JPEG, WebP or GIF."))
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            break
    return bytes(content)


@router.post("", dependencies=[may(Right.WORK)])
def add(request: Request, desk: AtDesk, visitor: Meaning, case_id: CaseId, content: Annotated[bytes, Depends(content_of)]) -> Response:
    """Keep a picture for the answer being written, and return the pictures that it has now."""
    with desk.pool.transaction() as conn:
        here = unsent_pictures(conn, case_id=case_id, agent_id=visitor.agent_id)
        case = head_of(conn, case_id)
        check_pictures(len(here) + 1, desk.able(case.network), private=case.is_private)
        made = add_picture(conn, case_id=case_id, agent_id=visitor.agent_id, content=content, now=desk.clock())
        unsent = [one for one in unsent_pictures(conn, case_id=case_id, agent_id=visitor.agent_id) if one.id == made]
    return desk.screens.blocks(request, "pictures.html", ["pictures"], {"case_id": case_id, "unsent": unsent})


@router.get("/{picture_id}", dependencies=[may(Right.SEE)])
def show(desk: AtDesk, visitor: Reading, case_id: CaseId, picture_id: AttachmentId) -> Response:
    """Return a picture's bytes, in a frame of headers in which nothing runs."""
    with desk.pool.transaction() as conn:
        kind, content = picture(conn, case_id=case_id, attachment_id=picture_id, agent_id=visitor.agent_id)
    named = {"Content-Disposition": f'inline; filename="picture-{picture_id}.{ENDINGS[kind]}"'}
    return Response(content, media_type=kind, headers=HEADERS | named)


@router.post("/{picture_id}/remove", dependencies=[may(Right.WORK)])
def remove(desk: AtDesk, visitor: Meaning, case_id: CaseId, picture_id: AttachmentId) -> Response:
    """Forget a picture that was not sent; its place on the page becomes empty."""
    with desk.pool.transaction() as conn:
        head_of(conn, case_id)
        take_picture_away(conn, attachment_id=picture_id, agent_id=visitor.agent_id)
    return Response("", media_type="text/html")
