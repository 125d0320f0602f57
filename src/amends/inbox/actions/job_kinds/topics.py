"""Labels history anew, the newest posts first. Place in the path: topics or noise learnt -> here -> `post_topics`, `verdicts.noise`.

It works from what was read of each post, so no model is needed; what agents said stays. Learnt again while it runs, it is begun anew.
"""

from amends.core.database import Connection
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.actions.matchers import topics_in_force
from amends.inbox.actions.noise_again import judge_noise
from amends.inbox.actions.topic_labels import relabel
from amends.inbox.store import post_topics
from amends.inbox.store.jobs import Job

POSTS = 1000


def total(conn: Connection, job: Job) -> int:  # noqa: ARG001 - every kind counts by its job
    """Return how many posts were read."""
    return post_topics.count_readings(conn)


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:  # noqa: ARG001 - it needs no tools
    """Label the next posts below `job.position`."""
    return next_posts(conn, position=job.position, limit=POSTS)


def next_posts(conn: Connection, *, position: int, limit: int) -> Portion:
    """Label at most `limit` posts below `position` (0: from the newest on)."""
    posts = post_topics.before(conn, position=position, limit=limit)
    relabel(conn, posts, topics_in_force(conn))
    judge_noise(conn, [post.post_id for post in posts])
    return Portion(position=posts[-1].post_id if posts else position, done=len(posts), over=len(posts) < limit)
