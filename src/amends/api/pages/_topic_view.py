"""What the pages of topics show: the list with its counts, one topic with its examples and the posts near it, a sentence tried."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.actions.matchers import topics_in_force
from amends.inbox.actions.topics import mark_of
from amends.inbox.rules.ids import AgentId, TopicId
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.text import preview
from amends.inbox.store import brands, matchers, near, post_topics, topics
from amends.inbox.store.matchers import StoredMatcher
from amends.inbox.store.near import NearPost, Trial
from amends.triage.matching import LEAST, MATCHES, Numbers, stacked, unpack

WEEK = timedelta(days=7)
NEWEST = 2000
SHOWN = 20
EXAMPLES = 60
TRIED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A post near a topic; `matches` says whether it has the topic by this score, None where the topic has not learnt yet."""

    post: NearPost
    score: float
    matches: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """How well one topic fits a sentence."""

    name: str
    score: float
    matches: bool


def list_values(conn: Connection, now: datetime) -> dict[str, Any]:
    """Return what the list of topics shows."""
    found = topics.every(conn, archived=True)
    return {
        "topics": [topic for topic in found if topic.archived_at is None],
        "archived": [topic for topic in found if topic.archived_at is not None],
        "learnt": {int(one.name): one for one in matchers.of_kind(conn, matchers.TOPIC)},
        "sizes": topics.sizes(conn),
        "week": post_topics.counts(conn, since=now - WEEK),
        "brands": brands.every(conn),
        "job": jobs.latest(conn, kind="topics"),
        "pending": matchers.is_unlearnt(conn, matchers.TOPIC),
        "least": LEAST,
    }


def topic_values(conn: Connection, scope: Scope, topic_id: TopicId) -> dict[str, Any]:
    """Return what the page of one topic shows; `NotFound` where there is none in force."""
    topic = next((one for one in topics.every(conn) if one.id == topic_id), None)
    if topic is None:
        raise NotFound(_("There is no such topic any more."))
    learnt = next((one for one in matchers.of_kind(conn, matchers.TOPIC) if one.name == str(topic_id)), None)
    found = topics.examples(conn, scope, topic_id=topic_id, limit=EXAMPLES)
    given = [replace(one, text=preview(one.text, one.language)) if one.post_id else one for one in found]
    return {
        "topic": topic,
        "mark_of": mark_of,
        "learnt": learnt,
        "examples": [one for one in given if one.fits],
        "counters": [one for one in given if not one.fits],
        "size": topics.sizes(conn).get(topic_id, 0),
        "near": _near(conn, scope, topic_id, learnt),
        "job": jobs.latest(conn, kind="topics"),
        "pending": matchers.is_unlearnt(conn, matchers.TOPIC),
        "least": LEAST,
    }


def _near(conn: Connection, scope: Scope, topic_id: TopicId, learnt: StoredMatcher | None) -> list[Near]:
    """Return the newest posts within the scope that lie nearest to a topic and are no examples yet, the nearest first."""
    direction = _direction(conn, topic_id, learnt)
    if direction is None:
        return []
    encoder, weights = direction
    newest = near.newest(conn, scope, encoder=encoder, limit=NEWEST)
    if not newest.post_ids:
        return []
    scores = stacked(newest.embeddings) @ weights[:-1] + weights[-1]
    nearest = [(newest.post_ids[i], float(scores[i])) for i in np.argsort(-scores)[: 3 * SHOWN]]
    posts = near.posts(conn, topic_id=topic_id, post_ids=[post_id for post_id, _ in nearest])
    free = [(posts[post_id], score) for post_id, score in nearest if post_id in posts and posts[post_id].fits is None]
    return [_shown(post, score, learnt) for post, score in free[:SHOWN]]


def _shown(post: NearPost, score: float, learnt: StoredMatcher | None) -> Near:
    return Near(post=replace(post, text=preview(post.text, post.language)), score=score, matches=score >= MATCHES if learnt else None)


def _direction(conn: Connection, topic_id: TopicId, learnt: StoredMatcher | None) -> tuple[str, Numbers] | None:
    """Return the encoder and the weights to look along: what was learnt, else the middle of the first examples."""
    if learnt:
        return learnt.encoder, unpack(learnt.weights, "<f4")
    first = topics.first_read(conn, topic_id=topic_id)
    if not first:
        return None
    middle = stacked([one.embedding for one in first]).mean(axis=0)
    return first[0].encoder, np.append(middle, np.float32(0)).astype(np.float32)


def trial_values(conn: Connection, trial_id: int, agent_id: AgentId) -> dict[str, Any]:
    """Return what a tried sentence matches; `NotFound` where it is not this agent's, or gone."""
    trial = near.trial(conn, trial_id=trial_id, agent_id=agent_id)
    if trial is None:
        raise NotFound(_("This sentence was tried too long ago; try it again."))
    return {"trial": trial, "tried": _tried(conn, trial)}


def _tried(conn: Connection, trial: Trial) -> Sequence[Tried]:
    meant = topics_in_force(conn).matcher
    if trial.embedding is None or trial.encoder != meant.encoder:
        return []
    names = {str(topic.id): topic.name for topic in topics.every(conn)}
    scores = meant.scores(unpack(trial.embedding)[None])[0]
    best = np.argsort(-scores)[: max(TRIED, int((scores >= MATCHES).sum()))]
    return [Tried(name=names[meant.names[i]], score=float(scores[i]), matches=bool(scores[i] >= MATCHES)) for i in best]
