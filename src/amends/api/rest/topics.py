"""Topics over REST: the company's own, each taught by examples. The worker learns every change, and a job brings it to history."""

from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import topics
from amends.inbox.rules.ids import BrandId, TopicExampleId, TopicId
from amends.inbox.rules.rights import Right, Scope
from amends.inbox.store import topics as topic_rows

MOST_EXAMPLES = 1_000

router = APIRouter(prefix="/api/v1/topics", tags=["topics"])


class TopicBody(Body):
    """A topic; without a brand it is for posts of every brand."""

    name: str = Field(max_length=200)
    brand_id: BrandId | None = None


class NameBody(Body):
    """How a topic is called."""

    name: str = Field(max_length=200)


class ExampleBody(Body):
    """A sentence as a customer would write it; `fits` false makes it a counter-example."""

    text: str = Field(max_length=10_000)
    fits: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicList:
    """Every topic in force, by name; with `archived` also those put away."""

    topics: list[topic_rows.Topic]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicWhole:
    """A topic with its examples and counter-examples, the newest first, at most 1,000 of them."""

    topic: topic_rows.Topic
    examples: list[topic_rows.Example]


@router.get("", operation_id="list_topics", dependencies=[program_may(Right.SEE)])
def list_topics(desk: AtDesk, _visitor: Bearing, *, archived: bool = False) -> TopicList:
    """List the topics."""
    with desk.pool.transaction() as conn:
        return TopicList(topics=topic_rows.every(conn, archived=archived))


@router.get("/{topic_id}", operation_id="get_topic", dependencies=[program_may(Right.SEE)])
def get_topic(desk: AtDesk, visitor: Bearing, topic_id: TopicId) -> TopicWhole:
    """Return one topic; its examples that are posts out of the token's sight are left out."""
    with desk.pool.transaction() as conn:
        return _whole(conn, topic_id, visitor.scope)


@router.post("", status_code=201, operation_id="make_topic", dependencies=[program_may(Right.TRIAGE)])
def make_topic(desk: AtDesk, visitor: Bearing, body: TopicBody) -> TopicWhole:
    """Make a topic; it matches nothing until it has three examples."""
    with desk.pool.transaction() as conn:
        topic_id = topics.create(conn, name=body.name, brand_id=body.brand_id, agent_id=visitor.agent_id, now=desk.clock())
        made = _whole(conn, topic_id, visitor.scope)
    desk.wake()
    return made


@router.post("/{topic_id}/name", operation_id="rename_topic", dependencies=[program_may(Right.TRIAGE)])
def rename_topic(desk: AtDesk, visitor: Bearing, topic_id: TopicId, body: NameBody) -> TopicWhole:
    """Call a topic otherwise; its labels stay."""
    with desk.pool.transaction() as conn:
        topics.rename(conn, topic_id=topic_id, name=body.name, agent_id=visitor.agent_id, now=desk.clock())
        return _whole(conn, topic_id, visitor.scope)


@router.post("/{topic_id}/archive", operation_id="archive_topic", dependencies=[program_may(Right.TRIAGE)])
def archive_topic(desk: AtDesk, visitor: Bearing, topic_id: TopicId) -> TopicWhole:
    """Put a topic away: no post has it any more, its examples stay."""
    with desk.pool.transaction() as conn:
        topics.archive(conn, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock())
        shown = _whole(conn, topic_id, visitor.scope)
    desk.wake()
    return shown


@router.post("/{topic_id}/restore", operation_id="restore_topic", dependencies=[program_may(Right.TRIAGE)])
def restore_topic(desk: AtDesk, visitor: Bearing, topic_id: TopicId) -> TopicWhole:
    """Put an archived topic back into force."""
    with desk.pool.transaction() as conn:
        topics.restore(conn, topic_id=topic_id, agent_id=visitor.agent_id, now=desk.clock())
        shown = _whole(conn, topic_id, visitor.scope)
    desk.wake()
    return shown


@router.post("/{topic_id}/examples", status_code=201, operation_id="add_topic_example", dependencies=[program_may(Right.TRIAGE)])
def add_example(desk: AtDesk, visitor: Bearing, topic_id: TopicId, body: ExampleBody) -> TopicWhole:
    """Add a sentence as example or counter-example; the topic learns from it."""
    with desk.pool.transaction() as conn:
        topics.add_example(conn, topic_id=topic_id, text=body.text, fits=body.fits, agent_id=visitor.agent_id, now=desk.clock())
        shown = _whole(conn, topic_id, visitor.scope)
    desk.wake()
    return shown


@router.delete("/{topic_id}/examples/{example_id}", operation_id="drop_topic_example", dependencies=[program_may(Right.TRIAGE)])
def drop_example(desk: AtDesk, visitor: Bearing, topic_id: TopicId, example_id: TopicExampleId) -> TopicWhole:
    """Take an example away."""
    with desk.pool.transaction() as conn:
        topics.drop_example(conn, topic_id=topic_id, example_id=example_id, agent_id=visitor.agent_id, now=desk.clock())
        shown = _whole(conn, topic_id, visitor.scope)
    desk.wake()
    return shown


def _whole(conn: Connection, topic_id: TopicId, scope: Scope) -> TopicWhole:
    found = topic_rows.find(conn, topic_id=topic_id)
    if found is None:
        raise NotFound(_("There is no topic %(topic_id)s.") % {"topic_id": topic_id})
    return TopicWhole(topic=found, examples=topic_rows.examples(conn, scope, topic_id=topic_id, limit=MOST_EXAMPLES))
