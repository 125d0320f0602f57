"""Help while one writes: how long the network counts it, how it will show it, cases like this one, and other languages."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup

from amends.api.answering import head_of
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.networks import Measured, counted, measured
from amends.api.writing_words import as_marked, as_shown
from amends.core.abilities import Script
from amends.core.errors import NotFound
from amends.core.ports import Translator
from amends.core.translating import gettext as _
from amends.core.translating import spoken
from amends.inbox.actions.alike import cases_like
from amends.inbox.actions.drafts import check_length
from amends.inbox.actions.translate import base, translate, translate_post
from amends.inbox.rules.ids import CaseId, PostId
from amends.inbox.rules.rights import Right
from amends.inbox.store.case_replies import unsent_pictures

router = APIRouter(prefix="/inbox/{case_id:int}", include_in_schema=False)
WORK, SEE = [may(Right.WORK)], [may(Right.SEE)]


@router.post("/length", dependencies=WORK)
def length(
    desk: AtDesk, _visitor: Meaning, case_id: CaseId, text: Annotated[str, Form()] = "", *, private: Annotated[bool, Form()] = False
) -> Measured:
    """Return how long the network counts `text`, how long it may be, and the posts it could go out as where it is too long."""
    check_length(text)
    with desk.pool.transaction() as conn:
        head = head_of(conn, case_id)
    return measured(head.network, head.source_options, text, able=desk.able(head.network), private=private or head.is_private)


@router.post("/preview", dependencies=WORK)
def preview(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: CaseId,
    text: Annotated[str, Form()] = "",
    private: Annotated[bool, Form()] = False,
    picture: Annotated[tuple[int, ...], Form()] = (),
    alt: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Show the answer as the network will show it: its posts, links, mentions, and pictures with their words."""
    check_length(text)
    with desk.pool.transaction() as conn:
        case = head_of(conn, case_id)
        here = {one.id for one in unsent_pictures(conn, case_id=case_id, agent_id=visitor.agent_id)}
    alone = private or case.is_private
    told = measured(case.network, case.source_options, text, able=desk.able(case.network), private=alone)

    def count(piece: str) -> int:
        return counted(case.network, case.source_options, piece, private=alone).length

    posts = told.posts if told.posts and not private else (text.strip(),)
    values = {
        "previewed": [(_shown(case.network, desk, post, count), count(post)) for post in posts if post],
        "previewed_most": told.most,
        "previewed_pictures": [(one, words) for one, words in zip(picture, alt, strict=False) if one in here],
        "case": case,
        "private": private,
    }
    return desk.screens.blocks(request, "composer.html", ["preview"], values)


def _shown(network: str, desk: Desk, post: str, count: Callable[[str], int]) -> Markup:
    script = desk.able(network).script
    return as_shown(post, count) if script is Script.PLAIN else as_marked(post, count, lines=script is Script.MARKDOWN_WITH_LINES)


@router.get("/alike", dependencies=WORK)
def alike(request: Request, desk: AtDesk, visitor: Reading, case_id: CaseId) -> Response:
    """Show resolved cases like this one, and what was answered there; where there is none, say so without a word to be drawn."""
    with desk.pool.transaction() as conn:
        case = head_of(conn, case_id)
        found = cases_like(conn, visitor.scope, case_id=case_id, now=desk.clock())
    if not found:
        return Response(status_code=204)
    return desk.screens.blocks(request, "alike.html", ["alike"], {"alike": found, "case": case})


@router.get("/posts/{post_id}/translation", dependencies=SEE)
def translation(request: Request, desk: AtDesk, _visitor: Reading, case_id: CaseId, post_id: PostId) -> Response:
    """Show a post in the language of the screens."""
    target = base(spoken())
    text = translate_post(desk.pool, _translator(desk), case_id=case_id, post_id=post_id, target=target, now=desk.clock())
    values = {"translated": text, "language": target, "by": _translator(desk).name, "post_id": post_id}
    return desk.screens.blocks(request, "translation.html", ["of_post"], values)


@router.post("/translate", dependencies=WORK)
def translate_draft(request: Request, desk: AtDesk, _visitor: Meaning, case_id: CaseId, text: Annotated[str, Form()] = "") -> Response:
    """Show a draft in the customer's language, in a box of its own; what goes out is chosen on purpose."""
    with desk.pool.transaction() as conn:
        target = base(head_of(conn, case_id).language)
    made = translate(_translator(desk), text, source="", target=target)
    return desk.screens.blocks(request, "translation.html", ["of_draft"], {"translated": made, "language": target})


def _translator(desk: Desk) -> Translator:
    if desk.translator is None:
        raise NotFound(_("There is no translator; the documentation says how to get one."))
    return desk.translator
