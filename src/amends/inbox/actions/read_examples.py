"""Reads sentences that teach, and learns from them. Place in the path: example added, new encoder -> here -> matchers -> job `topics`.

Undone are rows that this encoder has not read, and what is listed as unlearnt; a killed worker leaves both for the next one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.ports import Classifier
from amends.inbox.actions import jobs
from amends.inbox.actions.learn_examples import learn_noise, learn_source, learn_topics, ready_sources
from amends.inbox.actions.plant import plant
from amends.inbox.rules.ids import SourceId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.store import matchers, meanings
from amends.inbox.store.matchers import Unlearnt
from amends.inbox.store.meanings import Unread
from amends.triage.cleaning import clean, has_words
from amends.triage.matching import Numbers, pack
from amends.triage.shipped_meanings import key

Known = Callable[[str], Mapping[int, Numbers]]
BATCH = 48


def read_pending(conn: Connection, *, classifier: Classifier, now: datetime, known: Known = lambda _version: {}) -> bool:
    """Read one batch of sentences or, where all are read, learn what changed; False where nothing was left to do.

    `known` returns what a version of the model is known to make of what Amends brings along, by `shipped_meanings.key`.
    """
    planted = plant(conn, now=now)
    unread = meanings.claim(conn, encoder=classifier.version, limit=BATCH)
    if unread:
        meanings.save(conn, _read(unread, classifier, known(classifier.version)), encoder=classifier.version)
        _ask_again(conn, unread)
        return True
    _ask_for_ready(conn, classifier.version)
    learnt = [_learn(conn, one, encoder=classifier.version, now=now) for one in matchers.take_unlearnt(conn)]
    _label_history(conn, learnt, now=now)
    return planted or bool(learnt)


def _label_history(conn: Connection, learnt: Sequence[Unlearnt], *, now: datetime) -> None:
    """Label history anew, once, where topics or noise were learnt; what one source learnt is for its posts to come."""
    everywhere = [one for one in learnt if one.kind != matchers.SOURCE]
    if everywhere:
        first = max(everywhere, key=lambda one: one.kind == matchers.TOPIC)
        jobs.start(conn, kind="topics", why=first.why, facts={}, agent_id=first.agent_id, now=now)


def _read(unread: Sequence[Unread], classifier: Classifier, known: Mapping[int, Numbers]) -> list[tuple[Unread, bytes | None]]:
    """Return what each sentence means; None where there is nothing to read, or the model has no meanings."""
    words = [clean(one.text) for one in unread]
    meant: dict[int, Numbers | None] = {i: known.get(key(text)) for i, text in enumerate(words)}
    readable = [i for i, text in enumerate(words) if meant[i] is None and has_words(text)]
    texts = [words[i] for i in readable]
    readings = classifier.read(texts, classifier.detect(texts, [unread[i].language for i in readable]))
    meant |= {i: reading.embedding if reading else None for i, reading in zip(readable, readings, strict=True)}
    return [(one, None if (found := meant[i]) is None else pack(found)) for i, one in enumerate(unread)]


def _ask_again(conn: Connection, read: Sequence[Unread]) -> None:
    """List what must be learnt anew since its sentences were read."""
    places = {one.place for one in read}
    if "prototypes" in places:
        matchers.ask_if_not(conn, kind=matchers.NOISE, why=JobWhy.ENCODER)
        matchers.ask_for_sources(conn, why=JobWhy.ENCODER)
    if places & {"prototypes", "topic_examples"}:
        matchers.ask_if_not(conn, kind=matchers.TOPIC, why=JobWhy.ENCODER)
    for source_id in {one.owner for one in read if one.owner}:
        matchers.ask_if_not(conn, kind=matchers.SOURCE, name=str(source_id), why=JobWhy.ENCODER)


def _ask_for_ready(conn: Connection, encoder: str) -> None:
    """List the sources that have enough to learn from by now: who answers a case tells nobody that a source waited for it."""
    for source_id in ready_sources(conn, encoder=encoder):
        matchers.ask_if_not(conn, kind=matchers.SOURCE, name=str(source_id), why=JobWhy.KEPT)


def _learn(conn: Connection, what: Unlearnt, *, encoder: str, now: datetime) -> Unlearnt:
    if what.kind == matchers.NOISE:
        learn_noise(conn, encoder=encoder, now=now)
    elif what.kind == matchers.SOURCE:
        learn_source(conn, source_id=SourceId(int(what.name)), encoder=encoder, now=now)
    else:
        learn_topics(conn, encoder=encoder, now=now)
    return what
