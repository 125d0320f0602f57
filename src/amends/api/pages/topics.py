"""The company's own topics: made, taught by examples, archived. The worker learns every change, and a job brings it to history."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.pages._topic_view import list_values, topic_values
from amends.api.screen import saying
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.actions import jobs, topic_labels, topics
from amends.inbox.rules.ids import BrandId, PostId, TopicExampleId, TopicId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.rules.rights import Right
from amends.inbox.store import counts

router = APIRouter(prefix="/settings/topics", include_in_schema=False)


@router.get("", dependencies=[may(Right.TRIAGE)])
def every(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show all topics; for htmx only the list."""
    with desk.pool.transaction() as conn:
        values = list_values(conn, desk.clock()) | {"counts": counts.read(conn, visitor.scope)}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "topics.html", ["shown"], values)
    return desk.screens.page(request, "topics.html", values)


@router.post("", dependencies=[may(Right.TRIAGE)])
def make(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    name: Annotated[str, Form(max_length=200)] = "",
    brand: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Make a topic."""
    if brand and not brand.isdecimal():
        raise Refused(_("This is no brand; choose one of the list."))
    brand_id = BrandId(int(brand)) if brand else None
    return _listed(
        request,
        desk,
        lambda conn: topics.create(conn, name=name, brand_id=brand_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Made. Open it and give it three examples; then it begins to match"),
    )


@router.post("/history", dependencies=[may(Right.TRIAGE)])
def label_history(request: Request, desk: AtDesk, visitor: Meaning) -> Response:
    """Begin once more to label history, which was stopped or failed, and show its progress."""
    why = JobWhy.ASKED.of(visitor.name)
    with desk.pool.transaction() as conn:
        job_id = jobs.start(conn, kind="topics", why=why, facts={}, agent_id=visitor.agent_id, now=desk.clock())
        job = jobs.job_of(conn, job_id)
    desk.wake()
    return desk.screens.blocks(request, "jobs.html", ["job"], {"job": job})


@router.get("/{topic_id:int}", dependencies=[may(Right.TRIAGE)])
def one(request: Request, desk: AtDesk, visitor: Reading, topic_id: TopicId) -> Response:
    """Show a topic; for htmx only what changes."""
    with desk.pool.transaction() as conn:
        values = topic_values(conn, visitor.scope, topic_id) | {"counts": counts.read(conn, visitor.scope)}
    if request.headers.get("HX-Request"):
        return desk.screens.blocks(request, "topic.html", ["shown"], values)
    return desk.screens.page(request, "topic.html", values)


@router.post("/{topic_id:int}/name", dependencies=[may(Right.TRIAGE)])
def rename(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    topic_id: TopicId,
    name: Annotated[str, Form(max_length=200)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Call a topic otherwise, unless somebody did since the page was opened."""

    def act(conn: Connection) -> None:
        topics.rename(conn, topic_id=topic_id, name=name, agent_id=visitor.agent_id, now=desk.clock(), seen=seen)

    return _shown(request, desk, topic_id, act, _("Renamed; its posts keep it"), also=["seen"])


@router.post("/{topic_id:int}/archive", dependencies=[may(Right.TRIAGE)])
def archive(request: Request, desk: AtDesk, visitor: Meaning, topic_id: TopicId) -> Response:
    """Put a topic away."""
    back = f"/settings/topics/{topic_id}/restore"
    return _listed(
        request,
        desk,
        lambda conn: topics.archive(conn, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Archived; no post has it any more"),
        undo=back,
    )


@router.post("/{topic_id:int}/restore", dependencies=[may(Right.TRIAGE)])
def restore(request: Request, desk: AtDesk, visitor: Meaning, topic_id: TopicId) -> Response:
    """Put an archived topic back into force."""
    return _listed(
        request,
        desk,
        lambda conn: topics.restore(conn, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Back; history is labelled anew"),
    )


@router.post("/{topic_id:int}/examples", dependencies=[may(Right.TRIAGE)])
def add_example(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    topic_id: TopicId,
    text: Annotated[str, Form(max_length=10_000)] = "",
    fits: Annotated[bool, Form()] = True,
) -> Response:
    """Add a sentence as example or counter-example."""

    def act(conn: Connection) -> None:
        topics.add_example(conn, topic_id=topic_id, text=text, fits=fits, agent_id=visitor.agent_id, now=desk.clock())

    return _shown(request, desk, topic_id, act, _("Added; the topic learns from it"))


@router.post("/{topic_id:int}/examples/{example_id}/remove", dependencies=[may(Right.TRIAGE)])
def drop_example(request: Request, desk: AtDesk, visitor: Meaning, topic_id: TopicId, example_id: TopicExampleId) -> Response:
    """Take an example away."""

    def act(conn: Connection) -> None:
        topics.drop_example(conn, topic_id=topic_id, example_id=example_id, agent_id=visitor.agent_id, now=desk.clock())

    return _shown(request, desk, topic_id, act, _("Removed"))


@router.post("/{topic_id:int}/posts/{post_id}", dependencies=[may(Right.TRIAGE)])
def say(
    request: Request, desk: AtDesk, visitor: Meaning, topic_id: TopicId, post_id: PostId, fits: Annotated[bool, Form()] = True
) -> Response:
    """Say that a post is about the topic, or is not."""
    act_of = topic_labels.give if fits else topic_labels.take
    return _shown(
        request,
        desk,
        topic_id,
        lambda conn: act_of(conn, post_id=post_id, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("An example now") if fits else _("A counter-example now"),
        undo=f"/settings/topics/{topic_id}/posts/{post_id}/undo",
    )


@router.post("/{topic_id:int}/posts/{post_id}/undo", dependencies=[may(Right.TRIAGE)])
def unsay(request: Request, desk: AtDesk, visitor: Meaning, topic_id: TopicId, post_id: PostId) -> Response:
    """Take back what was said of a post."""
    return _shown(
        request,
        desk,
        topic_id,
        lambda conn: topic_labels.unsay(conn, post_id=post_id, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock()),
        _("Taken back"),
    )


def _listed(request: Request, desk: Desk, act: Callable[[Connection], object], text: str, *, undo: str = "") -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = list_values(conn, desk.clock())
    desk.wake()
    return saying(desk.screens.blocks(request, "topics.html", ["shown"], values), text, undo=undo)


def _shown(  # noqa: PLR0913
    request: Request,
    desk: Desk,
    topic_id: TopicId,
    act: Callable[[Connection], object],
    text: str,
    *,
    undo: str = "",
    also: Sequence[str] = (),
) -> HTMLResponse:
    with desk.pool.transaction() as conn:
        act(conn)
        values = topic_values(conn, request.state.visitor.scope, topic_id) | {"apart": True}
    desk.wake()
    return saying(desk.screens.blocks(request, "topic.html", ["shown", *also], values), text, undo=undo)
