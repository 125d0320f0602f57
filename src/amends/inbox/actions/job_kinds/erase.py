"""Takes the words of an erased customer's posts away, and of our answers as networks show them. Place: `actions.erase` -> here."""

from amends.core.database import Connection
from amends.inbox.actions.erase import POSTS, blank_posts
from amends.inbox.actions.job_kinds import Portion, Tools
from amends.inbox.rules.ids import AuthorId, CustomerId
from amends.inbox.store import erasable_posts, erasure
from amends.inbox.store.jobs import Job


def total(conn: Connection, job: Job) -> int:
    """Return how many posts still have words."""
    return erasable_posts.count_posts(conn, _authors(conn, job))


def portion(conn: Connection, job: Job, tools: Tools) -> Portion:
    """Take the words of the next posts after `job.position`."""
    posts = erasable_posts.next_posts(conn, _authors(conn, job), after=job.position, limit=POSTS)
    answers = erasable_posts.answers_to(conn, [post.id for post in posts])
    blank_posts(conn, [*posts, *answers], now=tools.clock())
    return Portion(position=posts[-1].id if posts else job.position, done=len(posts), over=len(posts) < POSTS)


def _authors(conn: Connection, job: Job) -> list[AuthorId]:
    return erasure.authors(conn, erasure.family(conn, CustomerId(int(str(job.facts["customer_id"])))))
