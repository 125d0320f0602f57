"""Complaints that say the same: posts placed a second against bare numpy on the same numbers, and how well invented waves come together."""

import random
from dataclasses import replace
from datetime import timedelta
from statistics import median

import numpy as np

from amends.cli.measuring import short, waves
from amends.cli.measuring.posts import BORN, make_posts
from amends.cli.measuring.row import Row, compared, limited, seconds
from amends.core.database import Connection, connect, execute, fetch_values
from amends.core.settings import DEMO_SECRET, Mode, read_settings
from amends.inbox.actions.clusters import BATCH, cluster_pending, sight
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.policies import policy_of
from amends.inbox.actions.read_examples import read_pending
from amends.inbox.actions.sources import add_source
from amends.inbox.actions.triage import triage_pending
from amends.triage.loading import SHIPPED
from amends.triage.matching import stacked
from amends.triage.models import encoder
from amends.triage.training.mixture import MOODS, own_sentences

POSTS = 1_200
ROUNDS = 2
AT_LEAST = 200
NOW = BORN + timedelta(hours=2)
WORKLOAD = f"{POSTS:,} complaints of a brand in two hours, placed in batches of {BATCH}; six invented waves among ordinary ones"


def run(url: str) -> list[Row]:
    """Return the rows: posts a second, and what is found of a wave."""
    model = encoder.build(SHIPPED)
    with connect(url) as conn:
        _fill(conn, model)
        return [_speed(conn), *_quality(conn, model)]


def _fill(conn: Connection, model: encoder.Encoder) -> None:
    """Store complaints that triage has read, and what the encoder needs to see them by."""
    while read_pending(conn, classifier=model, now=BORN):
        conn.commit()
    source_id = add_source(
        conn,
        brand="Bench",
        network="x",
        handle="bench",
        credentials={"bearer_token": "bench"},
        options={},
        watches=(),
        secret_key="a key for the bench alone",  # noqa: S106
        now=BORN,
    )
    dice = random.Random(7)  # noqa: S311 - no secret
    known = [row.text for row in own_sentences() if row.mood == MOODS.index("negative")]
    posts = [replace(post, text=f"{dice.choice(known)} {post.external_id[-5:]}") for post in make_posts(0, POSTS)]
    ingest(conn, source_id=source_id, network="x", posts=posts, now=NOW)
    policy = policy_of(read_settings(mode=Mode.TEST, secret_key=DEMO_SECRET))
    while triage_pending(conn, classifier=model, policy=policy, clock=lambda: NOW, limit=96):
        conn.commit()
    conn.commit()


def _speed(conn: Connection) -> Row:
    """Return the row of posts placed a second, the floor being one product of matrices a batch with clusters that are in memory."""
    meant = stacked(fetch_values(conn, "select embedding from readings where embedding is not null order by post_id"))
    taken = [(_placed(conn, len(meant)), seconds(lambda: _bare(meant))) for _ in range(ROUNDS)]
    ours, bare = (len(meant) / median(one) for one in zip(*taken, strict=True))
    row = compared("posts placed a second", product=ours, floor=bare, unit="posts/s", at_least=0)
    return replace(row, goal=f">= {AT_LEAST} posts/s", met=ours >= AT_LEAST)


def _placed(conn: Connection, posts: int) -> float:
    """Return how long it takes until every post is in its cluster."""
    execute(conn, "delete from clusters")
    execute(conn, "insert into cluster_backlog (post_id) select post_id from readings on conflict do nothing")
    conn.commit()
    return seconds(lambda: _place(conn, posts))


def _place(conn: Connection, posts: int) -> None:
    done = 0
    while found := cluster_pending(conn, now=NOW):
        conn.commit()
        done += found
    if done < posts:
        raise AssertionError(f"{done} posts were placed, {posts} should have been")


def _bare(meant: waves.Numbers) -> None:
    """Compare each batch with as many clusters as there are posts before it, and add it to the nearest: arrays alone."""
    sums = meant.copy()
    for at in range(BATCH, len(meant), BATCH):
        batch = meant[at : at + BATCH]
        np.add.at(sums, np.argmax(batch @ sums[:at].T, axis=1), batch)


def _quality(conn: Connection, model: encoder.Encoder) -> list[Row]:
    seen = sight(conn, model.version)
    found = waves.measure(model, seen)
    return [
        compared("share of a wave in its largest cluster", product=found.recall, floor=1, unit="share", at_least=0.5),
        compared("share of that cluster that is of the wave", product=found.precision, floor=1, unit="share", at_least=0.85),
        compared(
            "share of short complaints in a cluster of their kind", product=short.purity(model, seen), floor=1, unit="share", at_least=0.85
        ),
        limited("other clusters of four in that hour", product=found.others, floor=0, unit="clusters", at_most=0.5),
    ]
