"""The answers after an incident: their words, each approved, changed or left out, and how far it is with telling everybody."""

from dataclasses import dataclass
from typing import Annotated, Any
from zlib import crc32

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._incident_view import tongues
from amends.api.screen import saying
from amends.api.telling import STANDING, answer_of, let_go, some_of
from amends.api.told_file import told_file
from amends.core.database import Connection
from amends.core.errors import Conflict, Refused
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions import incidents as acts
from amends.inbox.actions import tell_affected
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.rights import Right
from amends.inbox.rules.seen import mark
from amends.inbox.rules.telling import FOR_GOOD, PACES, VARIABLES, WHYS, languaged
from amends.inbox.store import counts, incident_answers, incident_rounds
from amends.inbox.store.incident_answers import Answer
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/incidents/{incident_id:int}/answers", include_in_schema=False)
SEE, WORK, APPROVE = [may(Right.SEE)], [may(Right.WORK)], [may(Right.APPROVE)]
SHOWN = 20
Show = Annotated[str, Form(max_length=20)]


@router.get("", dependencies=SEE)
def show(
    request: Request,
    desk: AtDesk,
    visitor: Reading,
    incident_id: int,
    show: Annotated[str, Query(max_length=20)] = "proposed",
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> Response:
    """Show the answers that wait for somebody, that are on their way or out, or that do not go and why."""
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, incident_id, show, after) | {"apart": False}
        if request.headers.get("HX-Request"):
            return desk.screens.blocks(request, "incident_answers.html", ["listed"], values)
        values |= {"counts": counts.read(conn, visitor.scope)}
    return desk.screens.page(request, "incident_answers.html", values)


@router.get("/told.csv", dependencies=APPROVE)
def export(request: Request, desk: AtDesk, visitor: Reading, incident_id: int) -> Response:
    """Return who was told and who was not, and why, as a file."""
    return told_file(request, desk, visitor, incident_id)


@router.post("/text", dependencies=WORK)
def write(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    language: Annotated[str, Form(max_length=10)],
    text: Annotated[str, Form(max_length=20_000)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Write what people are told in a language, unless somebody wrote it anew since; empty words forget it."""
    by, now = visitor.agent_id, desk.clock()
    with desk.pool.transaction() as conn:
        tell_affected.write(conn, incident_id, languaged(language), text, scope=visitor.scope, agent_id=by, now=now, seen=seen)
    return _listed(request, desk, visitor, incident_id, _("Saved; what nobody changed by hand says it now"))


@router.post("/propose", dependencies=APPROVE)
def propose(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int) -> Response:
    """Propose an answer for everybody whom it touches."""
    with desk.pool.transaction() as conn:
        n = tell_affected.propose(conn, incident_id, scope=visitor.scope, agent_id=visitor.agent_id, now=desk.clock())
    return _listed(request, desk, visitor, incident_id, ngettext("%(n)s answer proposed", "%(n)s answers proposed", n) % {"n": number(n)})


@router.post("/steer", dependencies=APPROVE)
def steer(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    state: Annotated[str, Form(max_length=20)],
    per_minute: Annotated[int, Form()],
) -> Response:
    """Let approved answers go at a pace, hold them, or stop them."""
    with desk.pool.transaction() as conn:
        tell_affected.set_pace(conn, incident_id, per_minute)
        tell_affected.steer(conn, incident_id, state, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    said = {"running": _("What is approved goes out now"), "paused": _("Held; nothing goes out")}
    return _listed(request, desk, visitor, incident_id, said.get(state, _("Stopped; what is out stays out")))


@router.post("/approve", dependencies=APPROVE)
def approve_shown(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, seen: Annotated[list[str], Form()]) -> Response:
    """Approve every answer that was shown, as it was shown; those stay whose words are others by now, or too long for their network."""
    with desk.pool.transaction() as conn:
        read = {one.answer_id: one for one in map(_seen, seen[:SHOWN])}
        found = [one for one in some_of(conn, visitor, incident_id, list(read)) if one.state == "proposed"]
        words = tell_affected.words_of(conn, incident_id, found, visitor.name)
        same = [one for one in found if crc32(words[one.id].encode()) == read[one.id].words]
        done = sum(_approved(conn, desk, visitor, one, words[one.id], read[one.id].case) for one in same)
    desk.wake()
    said = ngettext("%(n)s answer approved", "%(n)s answers approved", done) % {"n": number(done)}
    return _listed(request, desk, visitor, incident_id, said)


@router.post("/{answer_id}/approve", dependencies=WORK)
def approve(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    answer_id: int,
    text: Annotated[str, Form(max_length=20_000)],
    seen: Annotated[str, Form(max_length=80)],
    show: Show = "proposed",
) -> Response:
    """Approve one answer in these words."""
    with desk.pool.transaction() as conn:
        let_go(conn, desk, visitor, _undecided(answer_of(conn, visitor, incident_id, answer_id), show), text, _seen(seen).case)
    desk.wake()
    undo = f"/incidents/{incident_id}/answers/{answer_id}/again"
    return _listed(request, desk, visitor, incident_id, _("Approved"), show=show, undo=undo)


@router.post("/{answer_id}/skip", dependencies=WORK)
def skip(  # noqa: PLR0913
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    incident_id: int,
    answer_id: int,
    note: Annotated[str, Form(max_length=1_000)] = "",
    show: Show = "proposed",
) -> Response:
    """Leave somebody out, and say why."""
    with desk.pool.transaction() as conn:
        answer = _undecided(answer_of(conn, visitor, incident_id, answer_id), show)
        tell_affected.skip(conn, answer, note, agent_id=visitor.agent_id, now=desk.clock())
    undo = f"/incidents/{incident_id}/answers/{answer_id}/again"
    return _listed(request, desk, visitor, incident_id, _("Left out"), show=show, undo=undo)


@router.post("/{answer_id}/again", dependencies=WORK)
def again(request: Request, desk: AtDesk, visitor: Meaning, incident_id: int, answer_id: int, show: Show = "proposed") -> Response:
    """Propose an answer again that was approved or left out; one that failed is tried again."""
    with desk.pool.transaction() as conn:
        answer = answer_of(conn, visitor, incident_id, answer_id)
        tell_affected.look_again(conn, answer, agent_id=visitor.agent_id, now=desk.clock())
    desk.wake()
    said = _("Proposed again") if answer.reply_id is None else _("On its way again")
    return _listed(request, desk, visitor, incident_id, said, show=show)


def _values(conn: Connection, visitor: Visitor, incident_id: int, show: str = "proposed", after: int = 0) -> dict[str, Any]:
    one, there = acts.incident_of(conn, incident_id), tell_affected.round_of(conn, incident_id)
    tab = show if show in STANDING else "proposed"
    found = incident_answers.page(conn, visitor.scope, there.id, STANDING[tab], after=after, limit=SHOWN + 1) if there else []
    words = tell_affected.words_of(conn, incident_id, found[:SHOWN], visitor.name)
    texts, speakers = incident_rounds.texts(conn, incident_id), incident_rounds.languages(conn, visitor.scope, incident_id)
    return {
        "one": one,
        "round": there,
        "show": tab,
        "answers": found[:SHOWN],
        "more": found[SHOWN - 1].id if len(found) > SHOWN else None,
        "words_of": words,
        "seen": {answer.id: _shown(answer, words[answer.id]) for answer in found[:SHOWN]},
        "tally": incident_answers.tally(conn, visitor.scope, there.id) if there else None,
        "texts": texts,
        "mark": mark,
        "speakers": speakers,
        **tongues(texts, speakers),
        "variables": VARIABLES,
        "paces": PACES,
        "whys": WHYS,
        "for_good": FOR_GOOD,
    }


def _listed(  # noqa: PLR0913
    request: Request, desk: Desk, visitor: Visitor, incident_id: int, text: str, *, show: str = "proposed", undo: str = ""
) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        values = _values(conn, visitor, incident_id, show) | {"apart": True}
    return saying(desk.screens.blocks(request, "incident_answers.html", ["listed"], values), text, undo=undo)


def _approved(conn: Connection, desk: Desk, visitor: Visitor, answer: Answer, text: str, seen: Seen) -> bool:
    try:
        let_go(conn, desk, visitor, answer, text, seen)
    except Refused:
        return False
    return True


def _undecided(answer: Answer, show: str) -> Answer:
    """Return an answer that stands as the list showed it; `Conflict` where a colleague was faster."""
    if answer.outcome not in STANDING.get(show, ()):
        raise Conflict(_("A colleague has decided about this answer meanwhile; look at it again."))
    return answer


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What somebody had before them: an answer, how far its case went, and a sum of the words."""

    answer_id: int
    case: Seen
    words: int


def _shown(answer: Answer, words: str) -> str:
    """Return what `_seen` reads, as the form carries it."""
    return f"{answer.id}:{answer.customer_posts}:{answer.newest_reply}:{crc32(words.encode())}"


def _seen(text: str) -> _Read:
    """Return what somebody had before them, as the form carries it."""
    parts = text.split(":")
    if len(parts) != 4 or not all(one.isdecimal() and len(one) < 18 for one in parts):  # noqa: PLR2004
        raise Refused(_("Load the page again; what it shows is not what is there."))
    answer_id, posts, reply, words = (int(one) for one in parts)
    return _Read(answer_id=answer_id, case=Seen(posts=posts, reply=reply), words=words)
