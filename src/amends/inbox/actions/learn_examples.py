"""Fits matchers on examples that were read. Place in the path: examples -> here -> `matchers` rows -> `actions.matchers`."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from amends.core.database import Connection
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import matchers, prototypes, relevance, topics
from amends.inbox.store.matchers import StoredMatcher
from amends.inbox.store.topics import ReadExample
from amends.triage import noise
from amends.triage.matching import Learnt, pack, stacked
from amends.triage.shipped_examples import CARE, ORDINARY
from amends.triage.topics import Examples, learn

MOST = 400
"""How many examples of one topic or source are learnt from, the newest first."""


def learn_topics(conn: Connection, *, encoder: str, now: datetime) -> None:
    """Learn every topic in force; one with too few examples has no matcher."""
    given = topics.read_by(conn, encoder=encoder, most=MOST)
    ordinary = [one.embedding for one in prototypes.read_by(conn, encoder=encoder) if one.kind == ORDINARY]
    learnt = learn(_examples(given, ordinary)) if given else {}
    counts = {topic: sum(one.fits for one in given if one.topic_id == topic) for topic in learnt}
    matchers.save(conn, [_row(matchers.TOPIC, str(topic), encoder, one, counts[topic], now) for topic, one in learnt.items()])
    matchers.forget_others(conn, kind=matchers.TOPIC, names=[str(topic) for topic in learnt])


def _examples(given: Sequence[ReadExample], ordinary: Sequence[bytes]) -> Examples:
    """Return one row a text, whatever topics it is an example of; of what was said of a text last the newest counts."""
    ids = sorted({one.topic_id for one in given})
    texts = {one.text: one.embedding for one in given}
    places = {text: place for place, text in enumerate(texts)}
    fits = np.zeros((len(texts) + len(ordinary), len(ids)), bool)
    for one in given:
        fits[places[one.text], ids.index(one.topic_id)] = one.fits
    return Examples(topics=tuple(ids), embeddings=stacked([*texts.values(), *ordinary]), fits=fits)


def learn_noise(conn: Connection, *, encoder: str, now: datetime) -> None:
    """Learn the kinds of noise from the prototypes."""
    read = prototypes.read_by(conn, encoder=encoder)
    kinds = [one.kind for one in read]
    learnt = noise.learn_prototypes(stacked([one.embedding for one in read]), kinds) if read else {}
    matchers.save(conn, [_row(matchers.NOISE, kind, encoder, one, kinds.count(kind), now) for kind, one in learnt.items()])
    matchers.forget_others(conn, kind=matchers.NOISE, names=list(learnt))


def learn_source(conn: Connection, *, source_id: SourceId, encoder: str, now: datetime) -> None:
    """Learn what agents throw on a source; with fewer than three thrown posts it throws nothing."""
    read = relevance.read_by(conn, source_id=source_id, encoder=encoder, most=MOST)
    thrown = np.array([not one.kept for one in read], bool)
    care = [one.embedding for one in prototypes.read_by(conn, encoder=encoder) if one.kind == CARE]
    worked = relevance.worked(conn, source_id=source_id, encoder=encoder, most=MOST)
    found = None
    if read and care:
        meant = stacked([one.embedding for one in read])
        found = noise.learn_source(meant, thrown, stacked(worked) if worked else meant[:0], stacked(care))
    if found is None:
        matchers.forget(conn, kind=matchers.SOURCE, name=str(source_id))
        return
    row = StoredMatcher(
        kind=matchers.SOURCE,
        name=str(source_id),
        encoder=encoder,
        weights=pack(found.learnt.weights, "<f4"),
        examples=len(read),
        found_right=found.kept_right,
        found_of=found.thrown_found,
        fitted_at=now,
    )
    matchers.save(conn, [row])


def ready_sources(conn: Connection, *, encoder: str) -> list[SourceId]:
    """Return the sources that learnt nothing yet and have enough for `learn_source` by now."""
    return relevance.untaught(conn, encoder=encoder, most=MOST, least_thrown=noise.LEAST_THROWN, least_kept=noise.LEAST_KEPT)


def _row(kind: str, name: str, encoder: str, learnt: Learnt, examples: int, now: datetime) -> StoredMatcher:
    return StoredMatcher(
        kind=kind,
        name=name,
        encoder=encoder,
        weights=pack(learnt.weights, "<f4"),
        examples=examples,
        found_right=learnt.right,
        found_of=learnt.found,
        fitted_at=now,
    )
