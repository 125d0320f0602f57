"""Says anew which posts of history are noise, without the model. Place in the path: noise learnt -> job `topics` -> here -> verdicts.

Routes stay: what lies in a case is not thrown, and what was thrown keeps its reason until an agent brings it back.
"""

from collections.abc import Sequence

from amends.core.database import Connection
from amends.inbox.actions.tuning import tuning
from amends.inbox.rules.ids import PostId
from amends.inbox.store import judged, readings, repeats
from amends.inbox.store.judged import Judged
from amends.inbox.store.readings import StoredReading
from amends.triage.tuning import Tuning


def judge_noise(conn: Connection, post_ids: Sequence[PostId]) -> None:
    """Judge the noise of posts by what was read of them."""
    read, again, tuned = readings.of_posts(conn, post_ids), repeats.count(conn, post_ids), tuning(conn)
    known = [post for post in judged.of_posts(conn, post_ids) if post.id in read]
    judged.set_noise(conn, {post.id: _noise(post, read[post.id], again.get(post.id, 0), tuned) for post in known})


def _noise(post: Judged, stored: StoredReading, repeated: int, tuned: Tuning) -> str:
    reading = tuned.refined(stored.reading, stored.encoder)
    return tuned.noise.why(post.text, reading, encoder=stored.encoder, source_id=post.source_id, repeats=repeated)
