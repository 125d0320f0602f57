"""Gives posts their topics, by the model or by an agent's hand. Place in the path: `Verdict.topics` -> here -> chips on the case.

What an agent says of a post stays, whatever the model thinks later, and teaches the topic: a post that was given the topic is an
example of it, one that it was taken from a counter-example.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Unsuited
from amends.core.translating import _
from amends.inbox.actions.matchers import topics_in_force
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CaseId, PostId, TopicId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store import events, matchers, post_list, post_topics, relevance, topics
from amends.inbox.store.post_topics import ToLabel, Word
from amends.inbox.store.topics import Topic
from amends.triage.matching import stacked
from amends.triage.topics import Topics
from amends.triage.verdict import Verdict


def save_topics(conn: Connection, verdicts: Mapping[PostId, Verdict]) -> None:
    """Store the topics that the model saw in posts."""
    scores = {
        post_id: list(zip(verdict.topics, verdict.topic_scores, strict=True))
        for post_id, verdict in verdicts.items()
        if verdict.reading is not None
    }
    if scores:
        post_topics.rewrite(conn, scores)


def relabel(conn: Connection, posts: Sequence[ToLabel], meant: Topics) -> None:
    """Label posts anew by what was read of them; those that another encoder read keep what they have, unless there is no topic at all."""
    if not meant.matcher.names:
        post_topics.rewrite(conn, {post.post_id: [] for post in posts})
        return
    known = [post for post in posts if post.embedding is not None and post.encoder == meant.matcher.encoder]
    if not known:
        return
    found = meant.of_many(stacked([post.embedding or b"" for post in known]), [post.source_id for post in known])
    post_topics.rewrite(conn, {post.post_id: scores for post, scores in zip(known, found, strict=True)})


def give(conn: Connection, *, post_id: PostId, topic_id: TopicId, agent_id: AgentId, now: datetime) -> Topic:
    """Say that a post is about a topic, and return the topic."""
    return _say(conn, EventKind.TOPIC_GIVEN, post_id, topic_id, Word(fits=True, agent_id=agent_id), now)


def take(conn: Connection, *, post_id: PostId, topic_id: TopicId, agent_id: AgentId, now: datetime) -> Topic:
    """Say that a post is not about a topic, and return the topic."""
    return _say(conn, EventKind.TOPIC_TAKEN, post_id, topic_id, Word(fits=False, agent_id=agent_id), now)


def give_case(conn: Connection, *, case_id: CaseId, topic_id: TopicId, agent_id: AgentId, now: datetime) -> Topic:
    """Say that a case is about a topic: its newest post is."""
    posts = relevance.case_posts(conn, case_id=case_id)
    if not posts:
        raise Unsuited(_("There is no post left in this case to give a topic to."))
    return give(conn, post_id=posts[0], topic_id=topic_id, agent_id=agent_id, now=now)


def take_from_case(conn: Connection, *, case_id: CaseId, topic_id: TopicId, agent_id: AgentId, now: datetime) -> Topic:
    """Say that a case is not about a topic: none of its posts is."""
    wearing = {one.post_id for one in post_topics.wearing(conn, case_id=case_id, topic_id=topic_id)}
    if not wearing:
        raise NotFound(_("The case does not have this topic any more."))
    taken = [take(conn, post_id=post_id, topic_id=topic_id, agent_id=agent_id, now=now) for post_id in sorted(wearing)]
    return taken[0]


def unsay(conn: Connection, *, post_id: PostId, topic_id: TopicId, agent_id: AgentId, now: datetime, was: Word | None = None) -> None:
    """Take back what an agent said of a topic of a post: what an agent had said before (`was`) stands again, else the model speaks."""
    topic = _topic(conn, topic_id)
    if not post_topics.unsay(conn, post_id=post_id, topic_id=topic_id):
        raise NotFound(_("Nobody said anything about this topic of this post."))
    topics.drop_post(conn, topic_id=topic_id, post_id=post_id)
    if was:
        _keep(conn, post_id, topic_id, was, now)
    else:
        relabel(conn, post_topics.of_posts(conn, [post_id]), topics_in_force(conn))
    _ask(conn, topic, agent_id)
    _tell(conn, EventKind.TOPIC_CHANGED, post_id, topic, agent_id, now)


def _say(conn: Connection, kind: EventKind, post_id: PostId, topic_id: TopicId, word: Word, now: datetime) -> Topic:
    topic, post = _topic(conn, topic_id), post_list.post(conn, post_id)
    if post is None or post.deleted_at is not None or post.is_own:
        raise NotFound(_("There is no such post of a customer, or nothing of it is left."))
    was = post_topics.word_on(conn, post_id=post_id, topic_id=topic_id)
    _keep(conn, post_id, topic_id, word, now)
    _ask(conn, topic, word.agent_id)
    _tell(conn, kind, post_id, topic, word.agent_id, now, was=was)
    return topic


def _keep(conn: Connection, post_id: PostId, topic_id: TopicId, word: Word, now: datetime) -> None:
    post_topics.say(conn, post_id=post_id, topic_id=topic_id, fits=word.fits, agent_id=word.agent_id)
    topics.add_post(conn, topic_id=topic_id, post_id=post_id, fits=word.fits, agent_id=word.agent_id, now=now)


def _topic(conn: Connection, topic_id: TopicId) -> Topic:
    topic = topics.lock(conn, topic_id=topic_id)
    if topic is None or topic.archived_at is not None:
        raise NotFound(_("There is no such topic any more."))
    return topic


def _ask(conn: Connection, topic: Topic, agent_id: AgentId) -> None:
    matchers.ask_for(conn, kind=matchers.TOPIC, why=JobWhy.EXAMPLE.of(topic.name), agent_id=agent_id)


def _tell(  # noqa: PLR0913
    conn: Connection, kind: EventKind, post_id: PostId, topic: Topic, agent_id: AgentId, now: datetime, *, was: Word | None = None
) -> None:
    post = post_list.post(conn, post_id)
    case_id = CaseId(post.case_id) if post and post.case_id else None
    before = asdict(was) if was else None
    events.add(conn, kind, now=now, case_id=case_id, post_id=post_id, agent_id=agent_id, topic_id=topic.id, topic=topic.name, was=before)
