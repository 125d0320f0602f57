"""The case: its thread in context, the customer beside it, and everything an agent does with it."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Header, Request, Response

from amends.api.auth import Meaning, Reading
from amends.api.desk import AtDesk, Desk
from amends.api.networks import check_length, counted
from amends.api.pages._case_view import case_values
from amends.api.pages._look import Looking, list_values
from amends.api.screen import saying
from amends.api.words import new_key
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.inbox.actions.assign import assign
from amends.inbox.actions.customers import link_customer, unlink
from amends.inbox.actions.note import add_note
from amends.inbox.actions.read import mark_read
from amends.inbox.actions.reply import discard_reply, queue_reply, retry_reply
from amends.inbox.actions.resolve import dismiss, reopen, resolve, undo_resolve
from amends.inbox.rules.ids import AgentId, AuthorId, CaseId, CustomerId, ReplyId
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import case_page
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/inbox", include_in_schema=False)


@router.get("/{case_id}")
def case(
    request: Request, desk: AtDesk, visitor: Reading, look: Looking, case_id: int, hx_target: Annotated[str, Header()] = ""
) -> Response:
    """Show the case; for htmx only its pane. Looking at a case takes its unread mark off."""
    with desk.pool.transaction() as conn:
        values = case_values(conn, case_id) | {"apart": False}
        if values["case"].unread:
            mark_read(conn, case_id=CaseId(case_id), agent_id=AgentId(visitor.agent_id), now=desk.clock())
        if hx_target == "case":
            return desk.screens.blocks(request, "case.html", "pane", **values)
        values |= list_values(conn, look, visitor)
    return desk.screens.page(request, "inbox.html", **values)


@router.get("/{case_id}/live")
def live(request: Request, desk: AtDesk, _visitor: Reading, case_id: int) -> Response:
    """Return what changes in an open case while the agent types: everything but the text being typed."""
    return _shown(request, desk, case_id)


@router.post("/{case_id}/length")
def length(desk: AtDesk, _visitor: Meaning, case_id: int, text: Annotated[str, Form()] = "") -> dict[str, int]:
    """Return how long the network counts `text`, and how long it may be."""
    with desk.pool.transaction() as conn:
        head = _head(conn, case_id)
    found = counted(head.network, head.source_options, text)
    return {"length": found.length, "most": found.most}


@router.post("/{case_id}/reply")
def reply(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: int,
    key: Annotated[UUID, Form()],
    text: Annotated[str, Form()] = "",
    and_resolve: Annotated[bool, Form()] = False,
) -> Response:
    """Queue a reply; the worker takes it to the network."""

    def act(conn: Connection) -> None:
        head = _head(conn, case_id)
        check_length(head.network, head.source_options, text)
        queue_reply(conn, **_who(desk, visitor, case_id), text=text, key=key, resolve=and_resolve, policy=desk.policy)

    return _done(request, desk, case_id, act, "On its way" + (", then resolved" if and_resolve else ""), clear="reply")


@router.post("/{case_id}/note")
def note(request: Request, desk: AtDesk, visitor: Meaning, case_id: int, text: Annotated[str, Form()] = "") -> Response:
    """Keep a note for colleagues."""
    return _done(request, desk, case_id, lambda conn: add_note(conn, **_who(desk, visitor, case_id), text=text), "Noted", clear="note")


@router.post("/{case_id}/assign")
def give(request: Request, desk: AtDesk, visitor: Meaning, case_id: int, to: Annotated[str, Form()] = "") -> Response:
    """Give the case to `to`: an agent's id, `me`, or nobody."""
    whom = AgentId(visitor.agent_id) if to == "me" else AgentId(int(to)) if to.isdecimal() else None
    said = "It is yours" if whom == visitor.agent_id else "Given away" if whom else "Given back to everyone"
    return _done(request, desk, case_id, lambda conn: assign(conn, **_who(desk, visitor, case_id), assignee_id=whom), said)


@router.post("/{case_id}/resolve")
def end(request: Request, desk: AtDesk, visitor: Meaning, case_id: int) -> Response:
    """Resolve the case and plan its follow-up; the toast takes it back."""
    undo = f"/inbox/{case_id}/undo"
    return _done(
        request, desk, case_id, lambda conn: resolve(conn, **_who(desk, visitor, case_id), policy=desk.policy), "Resolved", undo=undo
    )


@router.post("/{case_id}/undo")
def undo(request: Request, desk: AtDesk, visitor: Meaning, case_id: int) -> Response:
    """Take the resolve back, as if it had not been."""
    return _done(request, desk, case_id, lambda conn: undo_resolve(conn, **_who(desk, visitor, case_id)), "Taken back")


@router.post("/{case_id}/dismiss")
def put_aside(request: Request, desk: AtDesk, visitor: Meaning, case_id: int) -> Response:
    """Put the case aside as no work of ours."""
    undo = f"/inbox/{case_id}/reopen"
    return _done(request, desk, case_id, lambda conn: dismiss(conn, **_who(desk, visitor, case_id)), "Put aside", undo=undo)


@router.post("/{case_id}/reopen")
def open_again(request: Request, desk: AtDesk, visitor: Meaning, case_id: int) -> Response:
    """Open the case again."""
    return _done(request, desk, case_id, lambda conn: reopen(conn, **_who(desk, visitor, case_id)), "Open again")


@router.post("/{case_id}/link")
def link(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    case_id: int,
    author_id: Annotated[int, Form()],
    basis: Annotated[LinkBasis, Form()] = LinkBasis.AGENT,
) -> Response:
    """Make a handle the customer's own, on a stated ground."""

    def act(conn: Connection) -> None:
        customer_id, who = CustomerId(_head(conn, case_id).customer_id), AgentId(visitor.agent_id)
        link_customer(
            conn, author_id=AuthorId(author_id), customer_id=customer_id, basis=basis, evidence="", agent_id=who, now=desk.clock()
        )

    return _done(request, desk, case_id, act, "Linked; their cases lie together now")


@router.post("/{case_id}/unlink")
def take_off(request: Request, desk: AtDesk, visitor: Meaning, case_id: int, author_id: Annotated[int, Form()]) -> Response:
    """Take a handle off the customer."""
    who = {"author_id": AuthorId(author_id), "agent_id": AgentId(visitor.agent_id), "now": desk.clock()}
    return _done(request, desk, case_id, lambda conn: unlink(conn, **who), "Taken off")


@router.post("/{case_id}/replies/{reply_id}/retry")
def send_again(request: Request, desk: AtDesk, visitor: Meaning, case_id: int, reply_id: int) -> Response:
    """Queue a failed reply again."""
    who = {"reply_id": ReplyId(reply_id), "agent_id": AgentId(visitor.agent_id), "now": desk.clock()}
    return _done(request, desk, case_id, lambda conn: retry_reply(conn, **who), "On its way again")


@router.post("/{case_id}/replies/{reply_id}/discard")
def throw_away(request: Request, desk: AtDesk, visitor: Meaning, case_id: int, reply_id: int) -> Response:
    """Throw a failed or untried reply away."""
    who = {"reply_id": ReplyId(reply_id), "agent_id": AgentId(visitor.agent_id), "now": desk.clock()}
    return _done(request, desk, case_id, lambda conn: discard_reply(conn, **who), "Thrown away")


def _who(desk: Desk, visitor: Visitor, case_id: int) -> dict[str, Any]:
    """Return what every action on a case takes."""
    return {"case_id": CaseId(case_id), "agent_id": AgentId(visitor.agent_id), "now": desk.clock()}


def _head(conn: Connection, case_id: int) -> case_page.CaseHead:
    found = case_page.head(conn, case_id)
    if found is None:
        raise NotFound(f"There is no case {case_id}.")
    return found


def _done(  # noqa: PLR0913
    request: Request, desk: Desk, case_id: int, act: Callable[[Connection], Any], text: str, *, undo: str = "", clear: str = ""
) -> Response:
    """Do `act`, wake the worker, and show the case as it is now with a toast; `clear` names the box whose draft is done with."""
    with desk.pool.transaction() as conn:
        act(conn)
    desk.wake()
    return saying(_shown(request, desk, case_id), text, undo=undo, more={"draft-done": {"box": clear, "key": new_key()}} if clear else None)


def _shown(request: Request, desk: Desk, case_id: int) -> Any:
    with desk.pool.transaction() as conn:
        values = case_values(conn, case_id)
    return desk.screens.blocks(request, "case.html", "live", **values, apart=True)
