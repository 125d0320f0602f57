"""Judges posts again whose authors edited them, or whose language was corrected.

Place in the path: event `post_edited`, `label_corrected` -> here -> verdict, topics, what the case shows.

It opens, reopens and alarms nothing by itself. A post that is in no case goes the way of a new one, as does one that became a complaint
after its case was over: triage takes it from there.
"""

from collections.abc import Sequence

from amends.core.clock import Clock
from amends.core.database import Connection
from amends.core.ports import Classifier
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.job_kinds.retriage import judge_posts
from amends.inbox.actions.recasting import GOING_ON
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.routing import complains
from amends.inbox.store import judged, reworded
from amends.inbox.store.reworded import Reworded
from amends.triage.verdict import Verdict


def rejudge_pending(conn: Connection, *, classifier: Classifier, clock: Clock, limit: int) -> int:
    """Judge at most `limit` edited posts, and return how many; safe to run many at once."""
    claimed = reworded.claim(conn, limit=limit)
    known = [post for post in claimed if post.is_judged]
    fresh = [post.id for post in known if post.status is None and not post.is_corrected]
    staying = [post for post in known if post.id not in set(fresh)]
    turned = _judge(conn, staying, Tools(classifier=lambda: classifier, clock=clock))
    if fresh or turned:
        reworded.send_back(conn, [*fresh, *turned])
    return len(claimed)


def _judge(conn: Connection, staying: Sequence[Reworded], tools: Tools) -> list[PostId]:
    """Judge posts where they stand, and return those that became complaints in cases that are over."""
    posts = judged.of_posts(conn, [post.id for post in staying])
    if not posts:
        return []
    changed = judge_posts(conn, posts, tools)
    return [post.id for post in staying if _is_over(post) and post.id in changed and _turned(*changed[post.id])]


def _is_over(post: Reworded) -> bool:
    return post.status is not None and post.status not in GOING_ON and not post.is_corrected


def _turned(before: Verdict, after: Verdict) -> bool:
    return complains(after) and not complains(before)
