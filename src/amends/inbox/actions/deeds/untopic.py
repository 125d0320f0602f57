"""Takes a topic from cases."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.translating import N_, _
from amends.inbox.actions import called, topic_labels
from amends.inbox.actions.deeds import At, Facts, number
from amends.inbox.actions.topics import found
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import TopicId
from amends.inbox.store import post_topics

EVENT = EventKind.TOPIC_TAKEN
DECIDED_BY = None
SAYS = N_("take the topic %(name)s away")


def check(conn: Connection, asked: Facts, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every deed is checked alike
    """Return the topic."""
    topic_id = TopicId(number(asked, "topic"))
    return {"topic": topic_id, "name": found(conn, topic_id).name}


def said(facts: Facts) -> str:
    """Return what it does."""
    return _(SAYS) % {"name": called.topic(str(facts["name"]))}


def act(at: At, facts: Facts) -> None:
    """Do it, where the case has the topic."""
    topic_id = TopicId(int(str(facts["topic"])))
    if post_topics.wearing(at.conn, case_id=at.case_id, topic_id=topic_id):
        topic_labels.take_from_case(at.conn, case_id=at.case_id, topic_id=topic_id, agent_id=at.agent_id, now=at.now)
