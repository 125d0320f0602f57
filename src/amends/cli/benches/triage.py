"""Triage: from a claimed row to a stored verdict against bare onnxruntime on the same tokens, and against the pipeline of transformers.

In batches the floor is the graph on one thread, and the product a worker with the threads that it has, one of which stores while the other
one's graph runs: first both on the same core, of which PostgreSQL may have the others, then where the system puts them. The peer,
`transformers.pipeline` with torch, runs the same weights, taken out of the shipped graph, on all cores; it is left out, and said to be,
where torch is not installed (extra `train`).
"""

import os
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from itertools import islice
from typing import Any

from amends.cli.measuring.memory import resident_mb
from amends.cli.measuring.posts import BORN, make_posts
from amends.cli.measuring.row import Row, Timed, rate, seconds
from amends.cli.measuring.twin import pipeline_of
from amends.cli.running.installation import say
from amends.core import garbage
from amends.core.database import Connection, connect
from amends.core.post import Post
from amends.core.settings import DEMO_SECRET, Mode, read_settings
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.policies import policy_of
from amends.inbox.actions.sources import add_source
from amends.inbox.actions.triage import triage_pending
from amends.triage.cleaning import clean
from amends.triage.judge import Text, judge
from amends.triage.loading import SHIPPED
from amends.triage.models import encoder
from amends.triage.training.mixture import own_sentences
from amends.worker.context import AT_ONCE
from amends.worker.names import Task
from amends.worker.triaging import BATCH

ROUND = 12 * BATCH
THREADS = AT_ONCE[Task.TRIAGE]
ROUNDS = 5
SINGLES = 400
PARTS = 8
FLOOD, STEP = 100_000, 4_000
SHORTEST, LONGEST = 16, 24
SEEN = BORN + timedelta(days=30)
WORKLOAD = (
    f"posts of {SHORTEST} to {LONGEST} tokens from 4,000 authors, {ROUND:,} a round in claims of {BATCH}, the graph on one thread, "
    f"the worker with its {THREADS}; memory over {FLOOD:,} posts"
)


def run(url: str) -> list[Row]:
    """Return the rows: batches, single posts, the peer, memory."""
    model = encoder.build(SHIPPED)
    texts = _texts(model)
    with ExitStack() as stack:
        bench = Bench([stack.enter_context(connect(url)) for _ in range(THREADS)], model, texts)
        garbage.look_seldom()
        with on_one_core():
            strict = bench.batches("claim, read, store on one core")
        rows = [strict, bench.batches("the same, its threads where they like"), single(model, texts), flood(model, texts)]
        # Last, since torch takes more memory than everything before it.
        if find_spec("torch") is None:
            say("transformers.pipeline is left out: torch is not installed (extra `train`).")
        else:
            rows.append(against_pipeline(bench, texts))
    return rows


@contextmanager
def on_one_core() -> Generator[None]:
    """Keep all threads of this process, those begun within too, on one core, where the system lets us."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _texts(model: encoder.Encoder) -> list[str]:
    """Return our own English sentences of about 20 tokens, again and again, until they make a round."""
    known = [row.text for row in own_sentences() if row.text.isascii()]
    fitting = [text for text, tokens in zip(known, model.tokens(known), strict=True) if SHORTEST <= len(tokens) <= LONGEST]
    return (fitting * (1 + ROUND // len(fitting)))[:ROUND]


class Bench:
    """One source, and how far its posts have come."""

    def __init__(self, conns: Sequence[Connection], model: encoder.Encoder, texts: Sequence[str]) -> None:
        self._conns = conns
        self._model = model
        self._texts = texts
        self._stored = 0
        self._policy = policy_of(read_settings(mode=Mode.TEST, secret_key=DEMO_SECRET))
        self._source_id = add_source(
            conns[0],
            brand="Bench",
            network="x",
            handle="bench",
            credentials={"bearer_token": "bench"},
            options={},
            watches=(),
            secret_key="a key for the bench alone",  # noqa: S106
            now=BORN,
        )
        conns[0].commit()

    def batches(self, operation: str) -> Row:
        """Return the row of posts in batches."""
        return rate(operation, product=self.claimed, floor=self.bare, things=ROUND, rounds=ROUNDS, at_least=0.75)

    def claimed(self) -> Timed:
        """Store a round of posts, to be triaged."""
        ingest(self._conns[0], source_id=self._source_id, network="x", posts=self._posts(), now=SEEN)
        self._conns[0].commit()
        return self._triage

    def _posts(self) -> list[Post]:
        made = make_posts(self._stored, ROUND)
        self._stored += ROUND
        return [replace(post, text=text) for post, text in zip(made, self._texts, strict=True)]

    def _triage(self) -> None:
        with ThreadPoolExecutor(len(self._conns)) as threads:
            done = sum(threads.map(self._drain, self._conns))
        if done != ROUND:
            raise AssertionError(f"{done} posts were triaged, {ROUND} should have been")

    def _drain(self, conn: Connection) -> int:
        done = 0
        while found := triage_pending(conn, classifier=self._model, policy=self._policy, clock=lambda: SEEN, limit=BATCH):
            conn.commit()
            done += found
        return done

    def bare(self) -> Timed:
        """Make ready the same tokens, sorted by length over the whole round, which is more than triage can know."""
        tokens = sorted(self._model.tokens([clean(text) for text in self._texts]), key=len)
        batches = [tokens[at : at + encoder.BATCH] for at in range(0, len(tokens), encoder.BATCH)]
        return lambda: [self._model.run(batch) for batch in batches]


def single(model: encoder.Encoder, texts: Sequence[str]) -> Row:
    """Return the row of one post by itself, from text to verdict: the 99th of a hundred, in milliseconds, against the bare graph's."""
    judge([Text(text=texts[0])], model)
    ours = _p99(lambda text: judge([Text(text=text)], model), texts)
    bare = _p99(lambda tokens: model.run([tokens]), model.tokens([clean(text) for text in texts]))
    met = ours <= 15  # noqa: PLR2004
    return Row(
        operation="one post, p99",
        product=round(ours, 2),
        floor=round(bare, 2),
        unit="ms",
        ratio=round(ours / bare, 2),
        goal="<= 15 ms",
        met=met,
    )


def _p99(work: Callable[[Any], object], things: Sequence[Any]) -> float:
    taken = sorted(seconds(lambda thing=thing: work(thing)) for thing in islice(things, SINGLES))
    return taken[int(len(taken) * 0.99)] * 1000


def against_pipeline(bench: Bench, texts: Sequence[str]) -> Row:
    """Return the row against transformers' pipeline, called as its page says, on the same weights."""
    pipeline = pipeline_of(SHIPPED)
    few = list(texts[: ROUND // PARTS])
    return rate(
        "against transformers.pipeline",
        product=bench.claimed,
        floor=lambda: lambda: [pipeline(few) for _ in range(PARTS)],
        things=ROUND,
        rounds=2,
        at_least=5,
    )


def flood(model: encoder.Encoder, texts: Sequence[str]) -> Row:
    """Return the row of memory in MiB: after `FLOOD` posts, against after the first thousands."""
    early = 0.0
    began = time.perf_counter()
    for done in range(0, FLOOD, STEP):
        for at in range(0, STEP, BATCH):
            judge([Text(text=f"{text} {done + at}") for text in texts[:BATCH]], model)
        early = early or resident_mb()
    say(f"{FLOOD:,} posts in {time.perf_counter() - began:.0f} s")
    late = resident_mb()
    ratio = late / max(early, 1)
    flat = 1.05
    return Row(
        operation=f"memory after {FLOOD:,} posts",
        product=round(late),
        floor=round(early),
        unit="MiB",
        ratio=round(ratio, 3),
        goal=f"<= {flat}",
        met=ratio <= flat,
    )
