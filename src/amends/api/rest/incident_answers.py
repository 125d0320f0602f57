"""Answers after an incident over REST: their words, each approved, changed or left out, let go at a pace, held, stopped; who was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk, Desk
from amends.api.rest._bodies import Body
from amends.api.telling import STANDING, answer_of, let_go
from amends.api.told_file import told_file
from amends.core.database import Connection
from amends.inbox.actions import incidents as acts
from amends.inbox.actions import tell_affected
from amends.inbox.rules.holding import Seen
from amends.inbox.rules.rights import Right
from amends.inbox.rules.telling import Pace, languaged
from amends.inbox.store import incident_answers, incident_rounds
from amends.inbox.store.incident_answers import Answer
from amends.inbox.store.incident_rounds import Round, Tally
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/answers", tags=["incidents"])
SEE, WORK, APPROVE = [program_may(Right.SEE)], [program_may(Right.WORK)], [program_may(Right.APPROVE)]
LARGEST = 2**63 - 1
LONGEST = 20_000
MOST = 200
Many = Annotated[int, Field(ge=0, le=LARGEST)]


class WordsBody(Body):
    """What people are told in a language; an empty text forgets it."""

    language: str = Field(min_length=1, max_length=10)
    text: str = Field(max_length=LONGEST)


class SteerBody(Body):
    """Whether approved answers go (`running`), wait (`paused`) or go no more (`stopped`), and how many a minute on each source."""

    state: Literal["running", "paused", "stopped"]
    per_minute: Pace | None = None


class SeenBody(Body):
    """How far the case went that was looked at: `customer_posts` and `newest_reply` as they were read."""

    customer_posts: Many
    newest_reply: Many


class ApproveBody(Body):
    """The words of one answer as they go out, and what was seen of its case."""

    text: str = Field(min_length=1, max_length=LONGEST)
    seen: SeenBody


class SkipBody(Body):
    """Why somebody is left out."""

    note: str = Field(default="", max_length=1_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerShown:
    """An answer and what it says: as somebody changed it, else as the words for all fill in; `outcome` is where it stands in one word."""

    id: int
    customer_id: int
    customer: str
    case_id: int
    network: str
    language: str
    text: str
    state: str
    outcome: str
    why: str
    note: str
    customer_posts: int
    newest_reply: int
    reply_id: int | None
    reply_error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """How far it is with telling everybody: the round (null where nothing was proposed), its words, and a page of its answers."""

    round: Round | None
    tally: Tally | None
    texts: dict[str, str]
    answers: Sequence[AnswerShown]
    after: int | None


@router.get("", dependencies=SEE, operation_id="list_incident_answers")
def list_answers(
    desk: AtDesk,
    visitor: Bearing,
    incident_id: int,
    show: Literal["proposed", "approved", "skipped"] = "proposed",
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: int = 50,
) -> Answers:
    """List the answers that wait for somebody, that are on their way or out, or that do not go and why."""
    with desk.pool.transaction() as conn:
        return _answers(conn, visitor, incident_id, show=show, after=after, most=min(max(limit, 1), MOST))


@router.post("", dependencies=APPROVE, operation_id="propose_incident_answers")
def propose(desk: AtDesk, visitor: Bearing, incident_id: int) -> Answers:
    """Begin a round, or go on with it: propose an answer for everybody whom the incident touches, those who joined since too."""
    with desk.pool.transaction() as conn:
        tell_affected.propose(conn, incident_id, scope=visitor.scope, agent_id=visitor.agent_id, now=desk.clock())
        return _answers(conn, visitor, incident_id)


@router.post("/text", dependencies=WORK, operation_id="write_incident_answer")
def write(desk: AtDesk, visitor: Bearing, incident_id: int, body: WordsBody) -> Answers:
    """Write what people are told in a language."""
    language = languaged(body.language)
    with desk.pool.transaction() as conn:
        tell_affected.write(conn, incident_id, language, body.text, scope=visitor.scope, agent_id=visitor.agent_id, now=desk.clock())
        return _answers(conn, visitor, incident_id)


@router.post("/steer", dependencies=APPROVE, operation_id="steer_incident_answers")
def steer(desk: AtDesk, visitor: Bearing, incident_id: int, body: SteerBody) -> Answers:
    """Let approved answers go, hold them, or stop them; what went out stays out."""
    with desk.pool.transaction() as conn:
        if body.per_minute is not None:
            tell_affected.set_pace(conn, incident_id, body.per_minute)
        tell_affected.steer(conn, incident_id, body.state, agent_id=visitor.agent_id, now=desk.clock())
        found = _answers(conn, visitor, incident_id)
    desk.wake()
    return found


@router.get("/told.csv", dependencies=APPROVE, operation_id="export_incident_answers", response_class=Response)
def export(request: Request, desk: AtDesk, visitor: Bearing, incident_id: int) -> Response:
    """Return who was told and who was not, and why, as CSV."""
    return told_file(request, desk, visitor, incident_id)


@router.post("/{answer_id}/approve", dependencies=WORK, operation_id="approve_incident_answer")
def approve(desk: AtDesk, visitor: Bearing, incident_id: int, answer_id: int, body: ApproveBody) -> AnswerShown:
    """Approve one answer in these words; one that was left out is answered all the same. It goes once the round runs."""
    seen = Seen(posts=body.seen.customer_posts, reply=body.seen.newest_reply)
    with desk.pool.transaction() as conn:
        let_go(conn, desk, visitor, answer_of(conn, visitor, incident_id, answer_id), body.text, seen)
    desk.wake()
    return _one(desk, visitor, incident_id, answer_id)


@router.post("/{answer_id}/skip", dependencies=WORK, operation_id="skip_incident_answer")
def skip(desk: AtDesk, visitor: Bearing, incident_id: int, answer_id: int, body: SkipBody) -> AnswerShown:
    """Leave somebody out."""
    with desk.pool.transaction() as conn:
        answer = answer_of(conn, visitor, incident_id, answer_id)
        tell_affected.skip(conn, answer, body.note, agent_id=visitor.agent_id, now=desk.clock())
    return _one(desk, visitor, incident_id, answer_id)


@router.post("/{answer_id}/again", dependencies=WORK, operation_id="propose_incident_answer_again")
def again(desk: AtDesk, visitor: Bearing, incident_id: int, answer_id: int) -> AnswerShown:
    """Propose an answer again that was approved or left out; one that failed is tried again."""
    with desk.pool.transaction() as conn:
        answer = answer_of(conn, visitor, incident_id, answer_id)
        tell_affected.look_again(conn, answer, agent_id=visitor.agent_id, now=desk.clock())
    return _one(desk, visitor, incident_id, answer_id)


def _answers(conn: Connection, visitor: Visitor, incident_id: int, *, show: str = "proposed", after: int = 0, most: int = 50) -> Answers:
    acts.incident_of(conn, incident_id)
    there = tell_affected.round_of(conn, incident_id)
    found = incident_answers.page(conn, visitor.scope, there.id, STANDING[show], after=after, limit=most + 1) if there else []
    return Answers(
        round=there,
        tally=incident_answers.tally(conn, visitor.scope, there.id) if there else None,
        texts=incident_rounds.texts(conn, incident_id),
        answers=_shown(conn, visitor, incident_id, found[:most]),
        after=found[most - 1].id if len(found) > most else None,
    )


def _one(desk: Desk, visitor: Visitor, incident_id: int, answer_id: int) -> AnswerShown:
    with desk.pool.transaction() as conn:
        return _shown(conn, visitor, incident_id, [answer_of(conn, visitor, incident_id, answer_id)])[0]


def _shown(conn: Connection, visitor: Visitor, incident_id: int, answers: Sequence[Answer]) -> list[AnswerShown]:
    words = tell_affected.words_of(conn, incident_id, answers, visitor.name)
    return [
        AnswerShown(**{name: getattr(one, name) for name in AnswerShown.__dataclass_fields__ if name != "text"}, text=words[one.id])
        for one in answers
    ]
