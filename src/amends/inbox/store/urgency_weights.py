"""SQL of the weights of urgency: a row for each time that a manager set them; the newest counts."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, UrgencyWeightsId
from amends.triage.urgency_weights import UrgencyWeights, weights_from


@dataclass(frozen=True, kw_only=True, slots=True)
class SetWeights:
    """A row of `urgency_weights`, and who set it."""

    id: UrgencyWeightsId
    stored: dict[str, int]
    agent: str
    created_at: datetime

    @property
    def weights(self) -> UrgencyWeights:
        """The weights as rules take them."""
        return weights_from(self.stored)


def history(conn: Connection, *, limit: int) -> list[SetWeights]:
    """Return what was set, the newest (which counts) first."""
    return fetch_all(
        conn,
        SetWeights,
        """
        select w.id, w.weights as stored, a.name as agent, w.created_at
        from urgency_weights w join agents a on a.id = w.agent_id order by w.id desc limit %(limit)s
        """,
        {"limit": limit},
    )


def newest(conn: Connection) -> SetWeights | None:
    """Return the row that counts, or None where nothing was ever set."""
    return next(iter(history(conn, limit=1)), None)


def find(conn: Connection, weights_id: UrgencyWeightsId) -> SetWeights | None:
    """Return one row, or None."""
    return fetch_maybe(
        conn,
        SetWeights,
        """
        select w.id, w.weights as stored, a.name as agent, w.created_at
        from urgency_weights w join agents a on a.id = w.agent_id where w.id = %(id)s
        """,
        {"id": weights_id},
    )


def lock(conn: Connection) -> None:
    """Let one manager set weights at a time, until the transaction ends."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('urgency_weights', 0))")


def insert(conn: Connection, weights: UrgencyWeights, *, agent_id: AgentId, now: datetime) -> UrgencyWeightsId:
    """Store weights, which count from now on, and return their id."""
    [weights_id] = fetch_values(
        conn,
        "insert into urgency_weights (weights, agent_id, created_at) values (%(weights)s, %(agent_id)s, %(now)s) returning id",
        {"weights": Jsonb(weights.stored), "agent_id": agent_id, "now": now},
    )
    return UrgencyWeightsId(weights_id)
