"""Takes a reply from the agent to the network, once. Place in the path: reply box -> queued -> sending -> sent -> seen in public."""

from datetime import datetime, timedelta
from uuid import UUID

from amends.core.database import Connection
from amends.core.errors import NetworkError
from amends.core.ports import Published
from amends.inbox.rules.ids import AgentId, CaseId, ReplyId
from amends.inbox.rules.policy import Policy
from amends.inbox.store.replies import ProofJob, ReplyJob


def queue_reply(  # noqa: PLR0913
    conn: Connection,
    *,
    case_id: CaseId,
    agent_id: AgentId,
    text: str,
    now: datetime,
    policy: Policy,
    resolve: bool = False,
    key: UUID | None = None,
) -> ReplyId:
    """Queue a reply under the customer's newest post; the same `key` is the same reply. `Refused` says why it cannot be sent."""
    raise NotImplementedError


def claim_reply(conn: Connection, *, now: datetime, lease: timedelta) -> ReplyJob | None:
    """Claim the next reply to send, or None; where `again` is set, call `collector.find_reply` first."""
    raise NotImplementedError


def record_sent(conn: Connection, job: ReplyJob, published: Published, *, now: datetime) -> None:
    """Keep that the network has the reply: the clock stops, the case waits for the customer (or is resolved, if that was asked)."""
    raise NotImplementedError


def record_reply_trouble(conn: Connection, job: ReplyJob, error: NetworkError, *, now: datetime) -> None:
    """Keep why a reply did not go out: queued for later, or failed with the reason on screen."""
    raise NotImplementedError


def retry_reply(conn: Connection, *, reply_id: ReplyId, agent_id: AgentId, now: datetime) -> None:
    """Queue a failed reply again."""
    raise NotImplementedError


def discard_reply(conn: Connection, *, reply_id: ReplyId, agent_id: AgentId, now: datetime) -> None:
    """Throw away a reply that failed, or one that is queued and was never tried."""
    raise NotImplementedError


def claim_proof(conn: Connection, *, now: datetime, policy: Policy) -> ProofJob | None:
    """Claim the next sent reply whose public visibility is not known yet, or None."""
    raise NotImplementedError


def record_proof(conn: Connection, job: ProofJob, *, visible: bool, permalink: str, now: datetime) -> None:
    """Keep whether our reply can be seen in public; not seen is believed after three looks."""
    raise NotImplementedError
