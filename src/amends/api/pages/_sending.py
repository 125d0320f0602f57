"""How an answer leaves the box: asked about first, held, waiting for a second person, or on its way with some seconds to take it back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from amends.api.answering import Wish, answer, head_of, named_in_public
from amends.api.desk import Desk
from amends.api.pages._acting import shown
from amends.api.personal_words import named
from amends.api.screen import saying, together
from amends.api.words import new_key
from amends.core.errors import NotFound
from amends.core.personal.finding import left_out
from amends.core.personal.kinds import Kind
from amends.core.translating import gettext as _
from amends.inbox.rules.holding import Held, Seen
from amends.inbox.rules.ids import CaseId, ReplyId
from amends.inbox.rules.words import ReplyState
from amends.inbox.store import case_replies, replies
from amends.inbox.store.drafts import Draft
from amends.inbox.store.replies import Reply
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What an agent sends: the words, the form's key, whether it ends the case, and whether they meant to show personal data."""

    text: str
    key: UUID
    and_resolve: bool
    all_the_same: bool
    wish: Wish

    def again(self, seen: Seen | None = None, **changed: object) -> str:
        """Return the fields that send this letter once more, having seen that much, for `hx-vals`."""
        chosen = {"and_resolve": self.and_resolve, "in_posts": self.wish.in_posts, "all_the_same": self.all_the_same}
        looked = seen or self.wish.seen
        fields: dict[str, object] = {name: True for name, value in (chosen | changed).items() if value}
        return json.dumps(fields | {"seen_posts": looked.posts, "seen_reply": looked.reply})


def send(request: Request, desk: Desk, visitor: Visitor, case_id: CaseId, letter: Letter) -> HTMLResponse:
    """Queue or propose the answer; ask first where it shows personal data or lacks it, or something was said since its author looked."""
    if not letter.all_the_same:
        with desk.pool.transaction() as conn:
            kinds = () if letter.wish.private else named_in_public(conn, case_id, letter.text)
        if kinds or left_out(letter.text):
            return _ask(request, desk, case_id, letter, _about_personal(desk, case_id, letter, kinds))
    try:
        reply = _queue(desk, visitor, case_id, letter)
    except Held as held:
        return _ask(request, desk, case_id, letter, {"held": held.since, "vals": letter.again(held.since.seen_now(held.seen))})
    desk.wake()
    return _sent(request, desk, case_id, reply, letter)


def _queue(desk: Desk, visitor: Visitor, case_id: CaseId, letter: Letter) -> Reply:
    with desk.pool.transaction() as conn:
        made = answer(conn, desk, visitor, case_id=case_id, text=letter.text, key=letter.key, resolve=letter.and_resolve, wish=letter.wish)
        found = replies.find(conn, reply_id=made)
    if found is None:
        raise NotFound(_("This reply was thrown away meanwhile."))
    return found


def _sent(request: Request, desk: Desk, case_id: CaseId, reply: Reply, letter: Letter) -> HTMLResponse:
    """Return the case with the answer in it, and a toast that takes it back."""
    if reply.state == ReplyState.PROPOSED:
        said = _("Waits for a second person to approve it")
    else:
        said = _("On its way, then resolved") if letter.and_resolve else _("On its way")
    undo = f"/inbox/{case_id}/replies/{reply.id}/undo" if reply.state == ReplyState.PROPOSED or letter.wish.wait else ""
    return _done(request, desk, case_id, said, undo)


def told_of(request: Request, desk: Desk, case_id: CaseId, reply_id: ReplyId) -> HTMLResponse:
    """Return the case with an answer in it that was given on the network itself, and a toast that takes it back."""
    return _done(request, desk, case_id, _("Kept as answered there"), f"/inbox/{case_id}/replies/{reply_id}/undo")


def _done(request: Request, desk: Desk, case_id: CaseId, said: str, undo: str) -> HTMLResponse:
    """Return the case with what was in the box, which is empty for the next answer."""
    more = {"draft-done": {"case": case_id, "box": "reply", "key": new_key()}}
    return saying(with_seen(request, desk, case_id, shown(request, desk, case_id)), said, undo=undo, more=more)


def back_in_the_box(request: Request, desk: Desk, visitor: Visitor, draft: Draft, said: str) -> HTMLResponse:
    """Return the case with what is a draft again; its words go into the box of whoever wrote them."""
    with desk.pool.transaction() as conn:
        unsent = case_replies.unsent_pictures(conn, case_id=draft.case_id, agent_id=visitor.agent_id)
        case = head_of(conn, draft.case_id)
        pictured = desk.able(case.network).pictures(private=case.is_private)
    page = with_seen(request, desk, draft.case_id, shown(request, desk, draft.case_id))
    pieces = desk.screens.blocks(
        request,
        "composer.html",
        [*(["loose"] if pictured else []), f"{draft.box}_kept"],
        {"unsent": unsent, "case_id": draft.case_id, "drafts": {draft.box: draft}, "apart": True},
    )
    told = {"case": draft.case_id, "box": draft.box, "text": draft.text, "version": draft.version, "key": new_key()}
    return saying(together(page, pieces), said, more={"draft-back": told} if draft.agent_id == visitor.agent_id else None)


def with_seen(request: Request, desk: Desk, case_id: CaseId, page: HTMLResponse) -> HTMLResponse:
    """Add to a case's pieces how far it has been seen now, since its agent has just acted on it."""
    with desk.pool.transaction() as conn:
        values = {"seen_posts": head_of(conn, case_id).customer_posts, "seen_reply": replies.newest_id(conn, case_id=case_id)}
    piece = desk.screens.blocks(request, "composer.html", ["seen"], values | {"apart": True})
    return together(page, piece)


def _about_personal(desk: Desk, case_id: CaseId, letter: Letter, kinds: Sequence[Kind]) -> dict[str, Any]:
    with desk.pool.transaction() as conn:
        case = head_of(conn, case_id)
    able = desk.able(case.network)
    return {
        "asking": named(kinds),
        "left_out": named(left_out(letter.text)),
        "vals": letter.again(all_the_same=True),
        "private_vals": letter.again(private=True, in_posts=False) if kinds and able.private else "",
        "asks_into_private": kinds and able.confides and not able.private,
        "language": case.language,
    }


def _ask(request: Request, desk: Desk, case_id: CaseId, letter: Letter, values: Mapping[str, Any]) -> HTMLResponse:
    """Ask under the box whether the answer is to be sent all the same; nothing was done yet."""
    more = {"case_id": case_id, "and_resolve": letter.and_resolve}
    return desk.screens.blocks(request, "composer.html", ["ask"], dict(values) | more)
