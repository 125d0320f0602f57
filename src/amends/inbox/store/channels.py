"""SQL of alert channels. A channel that was removed stays as an inactive row, so that past deliveries keep their name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A place alerts go to, as screens show it; `label` is masked."""

    id: int
    kind: str
    label: str
    delivered: int
    waiting: int
    failed: int
    last_delivered_at: datetime | None
    last_error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedChannel:
    """A channel with its target, still sealed; `inside` where it is somebody's own that an administrator entered for them."""

    id: int
    kind: str
    label: str
    target: bytes = field(repr=False)
    active: bool
    agent_id: int | None
    inside: bool


def upsert(conn: Connection, *, kind: str, label: str, target: bytes, agent_id: int | None = None, inside: bool = False) -> int:
    """Enter a channel, of the house or of somebody's own, or bring back and renew the one with the same label; return its id."""
    return fetch_values(
        conn,
        """
        insert into alert_channels (kind, label, target, agent_id, inside) values (%(kind)s, %(label)s, %(target)s, %(agent)s, %(inside)s)
        on conflict (label) do update set kind = excluded.kind, target = excluded.target, inside = excluded.inside, active = true
        returning id
        """,
        {"kind": kind, "label": label, "target": target, "agent": agent_id, "inside": inside},
    )[0]


def deactivate(conn: Connection, channel_id: int) -> int:
    """Stop using a channel and return how many rows that changed."""
    return execute(conn, "update alert_channels set active = false where id = %(id)s and active", {"id": channel_id})


def drop_queue(conn: Connection, channel_id: int, *, error: str) -> None:
    """Give up what still waits for a channel."""
    execute(
        conn,
        """
        update alert_deliveries set state = 'failed', claimed_until = null, error = %(error)s
        where channel_id = %(id)s and state = 'queued'
        """,
        {"id": channel_id, "error": error},
    )


def sealed(conn: Connection, channel_id: int) -> SealedChannel | None:
    """Return one channel with its sealed target."""
    return fetch_maybe(
        conn,
        SealedChannel,
        "select id, kind, label, target, active, agent_id, inside from alert_channels where id = %(id)s",
        {"id": channel_id},
    )


def active(conn: Connection, *, agent_id: int | None = None) -> Sequence[Channel]:
    """Return the channels of the house in use, or somebody's own, with how their deliveries went."""
    return fetch_all(
        conn,
        Channel,
        """
        select channel.id, channel.kind, channel.label,
          count(*) filter (where delivery.state = 'delivered') as delivered,
          count(*) filter (where delivery.state = 'queued') as waiting,
          count(*) filter (where delivery.state = 'failed') as failed,
          max(delivery.delivered_at) as last_delivered_at,
          coalesce((array_agg(case when delivery.state = 'delivered' then '' else delivery.error end order by delivery.id desc)
            filter (where delivery.state = 'delivered' or delivery.error <> ''))[1], '') as last_error
        from alert_channels channel left join alert_deliveries delivery on delivery.channel_id = channel.id
        where channel.active and channel.agent_id is not distinct from %(agent)s::bigint group by channel.id order by channel.id
        """,
        {"agent": agent_id},
    )
