"""Puts together what was learnt about topics and noise. Place in the path: `matchers` rows -> here -> `Tuning`, screens, jobs."""

from collections.abc import Sequence

import numpy as np

from amends.core.database import Connection
from amends.inbox.store import matchers, sources, topics
from amends.inbox.store.matchers import StoredMatcher
from amends.triage.matching import NO_MATCHER, Matcher, unpack
from amends.triage.noise import Noise, Sieve
from amends.triage.topics import Topics


def topics_in_force(conn: Connection) -> Topics:
    """Return the topics that are not archived, as far as they are learnt."""
    known = {str(topic.id): topic for topic in topics.every(conn)}
    learnt = [one for one in matchers.of_kind(conn, matchers.TOPIC) if one.name in known]
    return Topics(
        matcher=_together(learnt),
        brands={topic.id: topic.brand_id for topic in known.values() if topic.brand_id is not None},
        sources=sources.brands_of(conn),
    )


def sieve_in_force(conn: Connection) -> Sieve:
    """Return what throws noise."""
    own = {int(one.name): _together([one], names=(Noise.NOT_FOR_US,)) for one in matchers.of_kind(conn, matchers.SOURCE)}
    return Sieve(prototypes=_together(matchers.of_kind(conn, matchers.NOISE)), sources=own)


def _together(stored: Sequence[StoredMatcher], *, names: Sequence[str] = ()) -> Matcher:
    """Return one matcher of all rows; where an upgrade left two encoders, those of the newest alone."""
    if not stored:
        return NO_MATCHER
    encoder = max(stored, key=lambda one: one.fitted_at).encoder
    same = [one for one in stored if one.encoder == encoder]
    weights = np.stack([unpack(one.weights, "<f4") for one in same])
    return Matcher(names=tuple(names) or tuple(one.name for one in same), encoder=encoder, weights=weights)
