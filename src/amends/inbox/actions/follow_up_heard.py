"""Gathers what speaks for and against resolutions, a batch at a time. Place in the path: due or stirred -> here -> `rules.follow_up`.

Complaints elsewhere are compared with the complaint of the case by what both mean, all of a batch in one product of matrices.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from amends.core.database import Connection
from amends.inbox.rules.follow_up import Heard, Read, Says, Word, Written, read
from amends.inbox.rules.ids import CaseId, FollowUpId, PostId
from amends.inbox.store import follow_up_evidence as evidence
from amends.inbox.store.follow_up_evidence import Pair, PostRow, PostSays, WordRow
from amends.inbox.store.follow_ups import Due
from amends.triage.matching import stacked

SMALLEST = 1e-9
Key = tuple[CaseId, PostId]
LASTING = frozenset({Says.HELD, Says.RELAPSED})


def heard_of(conn: Connection, due: Sequence[Due], *, now: datetime) -> dict[FollowUpId, Heard]:
    """Return what is known by now of each follow-up; what posts say is kept as evidence."""
    by_id = {one.id: one for one in due}
    rows = evidence.posts_of(conn, list(by_id), until=now)
    posts = _read_posts(by_id, rows, _pairs(conn, by_id, rows))
    found = [_says(by_id[follow_up_id], one, likeness) for follow_up_id, reads in posts.items() for one, likeness in reads]
    evidence.keep_posts(conn, found, now=now)
    words = evidence.words_of(conn, [one.episode_id for one in due])
    said: dict[int, list[WordRow]] = defaultdict(list)
    for word in words:
        said[word.episode_id].append(word)
    return {one.id: _heard(one, [read for read, _ in posts.get(one.id, ())], said[one.episode_id]) for one in due}


def _says(one: Due, found: Read, likeness: float | None) -> PostSays:
    post = found.post
    return PostSays(episode_id=one.episode_id, post_id=post.post_id, says=found.says, likeness=likeness, at=post.published_at)


def _heard(one: Due, posts: Sequence[Read], words: Sequence[WordRow]) -> Heard:
    customers = [word for word in words if word.kind == "survey"]
    return Heard(posts=posts, customer=_word(customers), agent=_word([word for word in words if _speaks_to(word, one)]))


def _speaks_to(word: WordRow, one: Due) -> bool:
    """Tell whether an agent's word counts in a look: in the one it was said of, and where it says something lasting in later ones."""
    if word.kind != "agent":
        return False
    return word.follow_up_id == one.id or (word.at <= one.due_at and word.says in LASTING)


def _word(words: Sequence[WordRow]) -> Word | None:
    return Word(says=Says(words[-1].says), at=words[-1].at, note=words[-1].note) if words else None


def _pairs(conn: Connection, by_id: Mapping[FollowUpId, Due], rows: Sequence[PostRow]) -> dict[Key, Pair]:
    """Return cases and complaints elsewhere that are to be compared."""
    asked = {(by_id[row.follow_up_id].case_id, row.post_id) for row in rows if row.same_brand and _is_elsewhere(row, by_id)}
    return {(one.case_id, one.post_id): one for one in evidence.pairs(conn, sorted(asked))}


def _is_elsewhere(row: PostRow, by_id: Mapping[FollowUpId, Due]) -> bool:
    return row.case_id != by_id[row.follow_up_id].case_id and row.published_at > by_id[row.follow_up_id].planned_at


def _read_posts(
    by_id: Mapping[FollowUpId, Due], rows: Sequence[PostRow], pairs: Mapping[Key, Pair]
) -> dict[FollowUpId, list[tuple[Read, float | None]]]:
    """Return what each post says of each follow-up, with how like the complaint it is."""
    likeness = _likeness(pairs)
    found: dict[FollowUpId, list[tuple[Read, float | None]]] = defaultdict(list)
    for row in rows:
        one = by_id[row.follow_up_id]
        key = (one.case_id, row.post_id)
        post = _written(row, pairs.get(key), likeness.get(key))
        says = read(one.case_id, post, resolved_at=one.planned_at)
        if says:
            found[one.id].append((Read(post=post, says=says), likeness.get(key)))
    return found


def _written(row: PostRow, pair: Pair | None, likeness: float | None) -> Written:
    known = pair is not None and pair.our_topics and pair.their_topics
    return Written(
        post_id=row.post_id,
        case_id=row.case_id,
        sentiment=row.sentiment,
        complaint=row.complaint,
        published_at=row.published_at,
        same_brand=row.same_brand,
        shares_topic=bool(set(pair.our_topics) & set(pair.their_topics)) if pair and known else None,
        likeness=likeness,
    )


def _likeness(pairs: Mapping[Key, Pair]) -> dict[Key, float]:
    """Return the cosine of each pair of which both meanings are known."""
    known = [(key, one.ours, one.theirs) for key, one in pairs.items() if one.ours and one.theirs]
    if not known:
        return {}
    ours, theirs = stacked([one for _, one, _ in known]), stacked([one for _, _, one in known])
    lengths = np.maximum(np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1), SMALLEST)
    scores = np.einsum("ij,ij->i", ours, theirs) / lengths
    return {key: float(score) for (key, _, _), score in zip(known, scores, strict=True) if np.isfinite(score)}
