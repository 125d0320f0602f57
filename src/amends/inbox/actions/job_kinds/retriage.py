"""Judges history anew, the newest posts first. Place in the path: another head, other weights -> here -> verdicts and cases.

Where the classifier has read a post before, what it read is judged; else it reads it again. Labels that agents gave stay. Cases that are
open or waiting show the new verdicts; nothing is opened, reopened or alarmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from amends.core.database import Connection
from amends.core.ports import Classifier, Reading
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.parts import in_parts
from amends.inbox.actions.recasting import GOING_ON, lock_cases, recast_cases, texts_of
from amends.inbox.actions.topic_labels import save_topics
from amends.inbox.actions.tuning import tuning
from amends.inbox.rules.ids import PostId
from amends.inbox.store import corrections, judged, readings
from amends.inbox.store.jobs import Job
from amends.inbox.store.judged import Judged, Rewritten
from amends.triage.judge import Asked, Text, ask, judge_again, unread
from amends.triage.labels import labelled
from amends.triage.tuning import Tuning
from amends.triage.verdict import Verdict

POSTS = 100


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - every kind counts by its job
    """Return how many posts there are to judge."""
    return judged.count(conn)


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Judge the next posts below `job.position`."""
    posts = judged.before(conn, position=job.position, limit=POSTS)
    if posts:
        judge_posts(conn, posts, tools)
    return Portion(position=posts[-1].id if posts else job.position, done=len(posts), over=len(posts) < POSTS)


def judge_posts(conn: Connection, posts: Sequence[Judged], tools: Tools) -> dict[PostId, tuple[Verdict, Verdict]]:
    """Judge posts where they stand: their verdicts, their topics, and what their cases show; return each verdict before and after."""
    classifier, tuned = tools.classifier(), tuning(conn)
    texts = texts_of(conn, posts)
    verdicts = _verdicts(conn, posts, texts, classifier, tuned)
    cases = lock_cases(conn, [post.case_id for post in posts])
    before = judged.lock(conn, [post.id for post in posts])
    given = corrections.in_force(conn, [post.id for post in posts])
    rewritten: dict[PostId, Rewritten] = {}
    for post in posts:
        labels, said = corrections.labels(given.get(post.id, {})), verdicts[post.id]
        verdict = labelled(_asked(texts[post.id], classifier), said, labels, tuned) if labels else said
        of_model = replace(said, language=_asked(replace(texts[post.id], language=""), classifier).language) if labels else None
        rewritten[post.id] = Rewritten(verdict=verdict, of_model=of_model)
    judged.rewrite(conn, rewritten, now=tools.clock())
    save_topics(conn, verdicts)
    recast_cases(conn, [case for case in cases if case.status in GOING_ON])
    return {post_id: (stored.verdict, rewritten[post_id].verdict) for post_id, stored in before.items()}


def _asked(text: Text, classifier: Classifier) -> Asked:
    return ask([text], classifier)[0]


def _verdicts(
    conn: Connection, posts: Sequence[Judged], texts: Mapping[PostId, Text], classifier: Classifier, tuned: Tuning
) -> dict[PostId, Verdict]:
    """Return what the model says now, and keep what it had to read again; over what it stumbles a person is asked."""
    stored = readings.of_posts(conn, [post.id for post in posts])
    known = {post_id: row.reading for post_id, row in stored.items() if row.encoder == classifier.version}
    verdicts: dict[PostId, Verdict] = {}

    def step(some: Sequence[Judged]) -> None:
        asked = [(texts[post.id], known.get(post.id)) for post in some]
        verdicts.update({post.id: verdict for post, verdict in zip(some, judge_again(asked, classifier, tuned), strict=True)})

    spoiled = in_parts(conn, posts, step)
    _keep(conn, verdicts, known, encoder=classifier.version)
    return verdicts | {one.item.id: unread(one.why) for one in spoiled}


def _keep(conn: Connection, verdicts: Mapping[PostId, Verdict], known: Mapping[PostId, Reading], *, encoder: str) -> None:
    fresh = {post_id: verdict.reading for post_id, verdict in verdicts.items() if verdict.reading is not None and post_id not in known}
    readings.save(conn, fresh, encoder=encoder)
