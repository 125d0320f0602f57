"""SQL of readings: what the model said of posts, kept so that history can be judged anew without reading it again."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from amends.core.database import Connection, Jsonb, execute, fetch_all
from amends.core.ports import Reading
from amends.inbox.rules.ids import PostId
from amends.triage.signals import SIGNALS
from amends.triage.verdict import INTENTS


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReading:
    """A row of `readings`."""

    post_id: PostId
    encoder: str
    mood: list[float]
    intents: list[float]
    signals: list[float]
    embedding: bytes | None

    @property
    def reading(self) -> Reading:
        """The reading as the model gave it, but for the last digits."""
        negative, neutral, positive = self.mood
        return Reading(
            negative=negative,
            neutral=neutral,
            positive=positive,
            **dict(zip(INTENTS, self.intents, strict=True)),
            signals=dict(zip(SIGNALS, self.signals, strict=True)),
            embedding=None if self.embedding is None else np.frombuffer(self.embedding, "<f2").astype(np.float32),
        )


def save(conn: Connection, readings: Mapping[PostId, Reading], *, encoder: str) -> None:
    """Store what the model of version `encoder` said of posts, in the place of what was said of them before."""
    execute(
        conn,
        """
        insert into readings (post_id, encoder, mood, intents, signals, embedding)
        select post_id, %(encoder)s, mood, intents, signals, decode(embedding, 'base64')
        from jsonb_to_recordset(%(rows)s) as r(post_id bigint, mood real[], intents real[], signals real[], embedding text)
        on conflict (post_id) do update set encoder = excluded.encoder, mood = excluded.mood, intents = excluded.intents,
          signals = excluded.signals, embedding = excluded.embedding
        """,
        {"encoder": encoder, "rows": Jsonb([_row(post_id, reading) for post_id, reading in readings.items()])},
    )


def _row(post_id: PostId, reading: Reading) -> dict[str, object]:
    return {
        "post_id": post_id,
        "mood": [reading.negative, reading.neutral, reading.positive],
        "intents": [getattr(reading, intent) for intent in INTENTS],
        "signals": [reading.signals.get(signal, 0.0) for signal in SIGNALS],
        "embedding": None if reading.embedding is None else b64encode(reading.embedding.astype("<f2").tobytes()).decode(),
    }


def of_posts(conn: Connection, post_ids: Sequence[PostId]) -> dict[PostId, StoredReading]:
    """Return what the model said of posts, where it has read them."""
    rows = fetch_all(
        conn,
        StoredReading,
        "select post_id, encoder, mood, intents, signals, embedding from readings where post_id = any(%(ids)s)",
        {"ids": list(post_ids)},
    )
    return {row.post_id: row for row in rows}
