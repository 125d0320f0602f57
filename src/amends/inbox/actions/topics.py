"""Makes and changes topics and their examples. Place in the path: page of topics -> here -> read, learnt, history labelled anew."""

from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.core.written import number
from amends.inbox.actions import kept_queries
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, BrandId, TopicExampleId, TopicId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.rules.seen import mark
from amends.inbox.rules.text import storable
from amends.inbox.store import brands, events, matchers, topics
from amends.inbox.store.topics import Topic

LONGEST_NAME = 60
LONGEST_EXAMPLE = 1000


def create(conn: Connection, *, name: str, brand_id: BrandId | None, agent_id: AgentId, now: datetime) -> TopicId:
    """Make a topic and return its id; it matches nothing until it has three examples."""
    words = _name(name)
    if brand_id is not None and not brands.exists(conn, brand_id=brand_id):
        raise NotFound(_("There is no such brand."))
    try:
        with conn.transaction():
            topic_id = topics.insert(conn, name=words, brand_id=brand_id, now=now)
    except UniqueViolation as error:
        raise Conflict(_("There is a topic called “%(words)s” already.") % {"words": words}) from error
    _tell(conn, topic_id, words, agent_id, now, change="made")
    return topic_id


def rename(conn: Connection, *, topic_id: TopicId, name: str, agent_id: AgentId, now: datetime, seen: str = "") -> None:
    """Call a topic otherwise; its labels stay, and kept queries follow.

    `seen` is the `mark_of` the topic that its writer saw, if they say so: `Conflict` where it was called otherwise since.
    """
    words = _name(name)
    topic = unchanged(conn, f"topic {topic_id}", lambda: found(conn, topic_id), mark_of, seen)
    try:
        with conn.transaction():
            topics.rename(conn, topic_id=topic.id, name=words)
    except UniqueViolation as error:
        raise Conflict(_("There is a topic called “%(words)s” already.") % {"words": words}) from error
    kept_queries.follow(conn, "topic", topic.name, words)
    _tell(conn, topic.id, words, agent_id, now, change=f"renamed from {topic.name}")


def mark_of(topic: Topic) -> str:
    """Return what tells a topic as its form shows it from the same topic called otherwise since."""
    return mark(topic.name)


def archive(conn: Connection, *, topic_id: TopicId, agent_id: AgentId, now: datetime) -> Topic:
    """Put a topic away, and return it: it is given to no more posts, and shown on none; its examples stay."""
    topic = found(conn, topic_id)
    topics.set_archived(conn, topic_id=topic.id, at=now)
    _relearn(conn, JobWhy.ARCHIVED.of(topic.name), agent_id)
    _tell(conn, topic.id, topic.name, agent_id, now, change="archived")
    return topic


def restore(conn: Connection, *, topic_id: TopicId, agent_id: AgentId, now: datetime) -> Topic:
    """Put an archived topic back into force, and return it."""
    topic = topics.lock(conn, topic_id=topic_id)
    if topic is None or topic.archived_at is None:
        raise NotFound(_("There is no such topic in the archive."))
    try:
        with conn.transaction():
            topics.set_archived(conn, topic_id=topic.id, at=None)
    except UniqueViolation as error:
        raise Conflict(_("Another topic is called “%(name)s” by now; rename that one first.") % {"name": topic.name}) from error
    _relearn(conn, JobWhy.BACK.of(topic.name), agent_id)
    _tell(conn, topic.id, topic.name, agent_id, now, change="restored")
    return topic


def add_example(conn: Connection, *, topic_id: TopicId, text: str, fits: bool, agent_id: AgentId, now: datetime) -> TopicExampleId:
    """Add a sentence as example or counter-example, and return its id."""
    topic, words = found(conn, topic_id), storable(text).strip()
    if not words:
        raise Refused(_("Write a sentence as a customer would."))
    if len(words) > LONGEST_EXAMPLE:
        raise Refused(
            _("An example is one post; this has %(words)s characters, the most are %(longest_example)s.")
            % {"words": number(len(words)), "longest_example": number(LONGEST_EXAMPLE)}
        )
    example_id = topics.add_sentence(conn, topic_id=topic.id, text=words, fits=fits, agent_id=agent_id, now=now)
    _changed(conn, topic, agent_id, now, change="example added")
    return example_id


def drop_example(conn: Connection, *, topic_id: TopicId, example_id: TopicExampleId, agent_id: AgentId, now: datetime) -> None:
    """Take an example or counter-example away."""
    topic = found(conn, topic_id)
    if not topics.drop_example(conn, topic_id=topic.id, example_id=example_id):
        raise NotFound(_("There is no such example any more."))
    _changed(conn, topic, agent_id, now, change="example removed")


def found(conn: Connection, topic_id: TopicId) -> Topic:
    """Return a topic in force, locked until the transaction ends; `NotFound` where there is none."""
    topic = topics.lock(conn, topic_id=topic_id)
    if topic is None or topic.archived_at is not None:
        raise NotFound(_("There is no such topic any more."))
    return topic


def _name(name: str) -> str:
    words = " ".join(storable(name).split())
    if not words:
        raise Refused(_("A topic needs a name."))
    if len(words) > LONGEST_NAME:
        raise Refused(_("A topic's name has at most %(longest_name)s characters; it stands on a chip.") % {"longest_name": LONGEST_NAME})
    return words


def _changed(conn: Connection, topic: Topic, agent_id: AgentId, now: datetime, *, change: str) -> None:
    _relearn(conn, JobWhy.EXAMPLES.of(topic.name), agent_id)
    _tell(conn, topic.id, topic.name, agent_id, now, change=change)


def _relearn(conn: Connection, why: str, agent_id: AgentId) -> None:
    matchers.ask_for(conn, kind=matchers.TOPIC, why=why, agent_id=agent_id)


def _tell(conn: Connection, topic_id: TopicId, name: str, agent_id: AgentId, now: datetime, *, change: str) -> None:
    events.add(conn, EventKind.TOPIC_CHANGED, now=now, agent_id=agent_id, topic_id=topic_id, topic=name, change=change)
