"""SQL of routing alarms: which were given no deliveries yet, and the deliveries, digests and calls that they are given."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import BigInt, Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.alert_routes import About
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import AgentId, AlertId, CaseId, PostId, SourceId
from amends.inbox.rules.query import Query
from amends.inbox.store.query_sql import condition


@dataclass(frozen=True, kw_only=True, slots=True)
class Ringing:
    """An alarm to be told; of a surge `apart_by` and `key` say what was counted apart."""

    id: AlertId
    severity: str
    reason: str
    case_id: CaseId | None
    post_id: PostId | None
    source_id: SourceId | None
    apart_by: str | None
    key: str | None

    @property
    def about(self) -> About:
        """What it is about."""
        if self.case_id is not None:
            return About.CASE
        return About.SOURCE if self.source_id is not None else About.SURGE


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """One alarm over one channel, at once; `again` is 0 the first time, -1 where it is over."""

    alert_id: AlertId
    channel_id: int
    again: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One alarm in the digest of a channel that is due then; `again` as a telling has it, where it is told by itself after all."""

    alert_id: AlertId
    channel_id: int
    due_at: datetime
    why: str
    again: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Routed:
    """An alarm that was given what it needs, and when the next in line is called."""

    alert_id: AlertId
    route_id: int | None
    called: int
    call_at: datetime | None


def claim(conn: Connection, *, limit: int) -> list[Ringing]:
    """Return at most `limit` alarms without deliveries that nobody sees to, the oldest first, ours until the transaction ends."""
    return fetch_all(
        conn,
        Ringing,
        """
        select a.id, a.severity, a.reason, a.case_id, a.post_id, a.source_id, r.apart_by, a.key
        from alerts a left join surge_rules r on r.id = a.surge_rule_id
        where a.routed_at is null and a.acknowledged_at is null order by a.id limit %(limit)s for update of a skip locked
        """,
        {"limit": limit},
    )


def channels(conn: Connection, *, agent_ids: Sequence[AgentId] = ()) -> dict[AgentId | None, list[int]]:
    """Return the channels in use: those of the house (None), and the own ones of these people."""
    rows = fetch_all(
        conn,
        _Channel,
        "select id, agent_id from alert_channels where active and (agent_id is null or agent_id = any(%(ids)s)) order by id",
        {"ids": list(agent_ids)},
    )
    return {owner: [row.id for row in rows if row.agent_id == owner] for owner in {row.agent_id for row in rows}}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Channel:
    id: int
    agent_id: AgentId | None


def told(conn: Connection, *, severity: str, most: int, since: datetime) -> dict[int, int]:
    """Return how many alarms of a severity each channel was given since then, counted up to `most`: a flood is counted again and again."""
    rows = fetch_all(
        conn,
        _Told,
        """
        select c.id as channel_id, counted.n
        from alert_channels c cross join lateral (
          select count(*)::int as n from (
            select from alert_deliveries d join alerts a on a.id = d.alert_id
            where d.channel_id = c.id and d.queued_at > %(since)s and a.severity = %(severity)s limit %(most)s) given
        ) counted
        where c.active
        """,
        {"severity": severity, "most": BigInt(most), "since": since},
    )
    return {row.channel_id: row.n for row in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    channel_id: int
    n: int


_OF: Mapping[str, LiteralString] = {
    "source": "select s.id as source_id, s.brand_id, s.network from sources s where s.id::text = %(key)s",
    "brand": "select null::bigint as source_id, b.id as brand_id, null::text as network from brands b where b.id::text = %(key)s",
    "network": "select null::bigint as source_id, null::bigint as brand_id, %(key)s::text as network",
}
PLACES = frozenset({"source", "brand", "network"})
"""What a query may ask of an alarm that is about no case."""


def is_of(conn: Connection, query: Query, apart: str, key: str, asker: Asker) -> bool:
    """Tell whether a place (a source, brand or network) is what a query of nothing but `PLACES` asks for."""
    if apart not in _OF:
        return False
    asked = condition(conn, query, asker)
    found: LiteralString = "select exists (select from (" + _OF[apart] + ") c where true" + asked.strong + asked.weak + ")"
    return bool(fetch_values(conn, found, asked.params | {"key": key})[0])


def add_tellings(conn: Connection, tellings: Sequence[Telling], *, now: datetime) -> int:
    """Queue deliveries, and return how many; what is queued or was told already is left alone."""
    return execute(
        conn,
        """
        insert into alert_deliveries (alert_id, channel_id, state, next_at, again, queued_at)
        select alert_id, channel_id, 'queued', %(now)s, again, %(now)s
        from jsonb_to_recordset(%(rows)s) as r(alert_id bigint, channel_id bigint, again integer)
        on conflict (alert_id, channel_id, again) do nothing
        """,
        {"rows": Jsonb([asdict(one) for one in tellings]), "now": now},
    )


def add_items(conn: Connection, items: Sequence[Item], *, now: datetime) -> list[Item]:
    """Put alarms into digests that are made where there is none, and return those whose digest is told already."""
    rows = Jsonb([{**asdict(one), "due_at": one.due_at.isoformat()} for one in items])
    execute(
        conn,
        """
        with wanted as (
          select distinct channel_id, due_at from jsonb_to_recordset(%(rows)s) as r(channel_id bigint, due_at timestamptz)
        ), made as (
          insert into alert_digests (channel_id, due_at) select channel_id, due_at from wanted order by 1, 2
          on conflict (channel_id, due_at) do nothing returning id, channel_id, due_at
        )
        insert into alert_deliveries (digest_id, channel_id, state, next_at, queued_at)
        select id, channel_id, 'queued', due_at, %(now)s from made
        """,
        {"rows": rows, "now": now},
    )
    taken = fetch_values(
        conn,
        """
        with given as (
          select * from jsonb_to_recordset(%(rows)s) as r(alert_id bigint, channel_id bigint, due_at timestamptz, why text)
        ), open as (
          select d.id, d.channel_id, d.due_at from alert_digests d
          where (d.channel_id, d.due_at) in (select channel_id, due_at from given) and d.closed_at is null
          order by d.id for share
        )
        insert into alert_digest_items (digest_id, alert_id, why)
        select open.id, given.alert_id, given.why from given join open using (channel_id, due_at)
        on conflict (digest_id, alert_id) do update set why = excluded.why
        returning alert_id || ' ' || (select channel_id from alert_digests where id = digest_id)
        """,
        {"rows": rows},
    )
    kept = set(taken)
    return [one for one in items if f"{one.alert_id} {one.channel_id}" not in kept]


def set_routed(conn: Connection, routed: Sequence[Routed], *, now: datetime) -> None:
    """Keep by which route alarms were told, and whom is called when."""
    rows = [{**asdict(one), "call_at": one.call_at.isoformat() if one.call_at else None} for one in routed]
    execute(
        conn,
        """
        update alerts a set routed_at = %(now)s, route_id = r.route_id, called = r.called, call_at = r.call_at
        from jsonb_to_recordset(%(rows)s) as r(alert_id bigint, route_id bigint, called integer, call_at timestamptz)
        where a.id = r.alert_id
        """,
        {"rows": Jsonb(rows), "now": now},
    )
