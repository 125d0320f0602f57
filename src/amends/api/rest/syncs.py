"""Syncs over REST: customer systems outside that are kept the same as ours. Their tokens go in and never come out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from amends.api.auth import Bearing, program_may
from amends.api.desk import AtDesk
from amends.api.rest._bodies import Body
from amends.inbox.actions import sync_customers
from amends.inbox.rules.rights import Right
from amends.inbox.store import sync_left_out, syncs
from amends.inbox.store.syncs import Sync

router = APIRouter(prefix="/api/v1/syncs", tags=["syncs"], dependencies=[program_may(Right.EXCHANGE)])


class SyncBody(Body):
    """A system: its name, where it answers, and what opens it."""

    system: str = Field(max_length=200)
    url: str = Field(max_length=2_000)
    token: str = Field(max_length=4_000)
    kind: str = Field(default="generic", max_length=40)


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncSeen:
    """How a system stands: `error` says why the last round broke off, `pulled` and `pushed` count people of all rounds.

    `untold` counts merges and erasures that it has still to hear of, `left_out` people of whom something could not be taken.
    """

    id: int
    kind: str
    system: str
    url: str
    failures: int
    error: str
    pulled: int
    pushed: int
    synced_at: datetime | None
    stopped_at: datetime | None
    untold: int
    left_out: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncLeftOut:
    """Somebody as the system told of them: `pieces` are what could not be taken, each with why; `deleted` where it deleted them."""

    external_id: str
    customer_id: int | None
    pieces: dict[str, str]
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncMade:
    """A new system."""

    id: int


@router.get("", operation_id="list_syncs")
def every(desk: AtDesk, visitor: Bearing) -> list[SyncSeen]:  # noqa: ARG001 - names who asks
    """List the systems."""
    with desk.pool.transaction() as conn:
        return [_seen(one) for one in syncs.every(conn)]


@router.post("", status_code=201, operation_id="make_sync")
def add(desk: AtDesk, visitor: Bearing, body: SyncBody) -> SyncMade:
    """Set up a system; its first round begins at once. Only an administrator's may lie inside our own network."""
    by, now, key, inside = visitor.agent_id, desk.clock(), desk.secret_key, visitor.may(Right.SOURCES)
    with desk.pool.transaction() as conn:
        made = sync_customers.add(
            conn, kind=body.kind, system=body.system, url=body.url, token=body.token, secret_key=key, agent_id=by, now=now, inside=inside
        )
    desk.wake()
    return SyncMade(id=made)


@router.post("/{sync_id}/stop", status_code=204, operation_id="stop_sync")
def stop(desk: AtDesk, visitor: Bearing, sync_id: int) -> None:  # noqa: ARG001
    """Leave a system alone for now."""
    with desk.pool.transaction() as conn:
        sync_customers.stop(conn, sync_id, now=desk.clock())


@router.post("/{sync_id}/resume", status_code=204, operation_id="resume_sync")
def resume(desk: AtDesk, visitor: Bearing, sync_id: int) -> None:  # noqa: ARG001
    """Go on where it was left."""
    with desk.pool.transaction() as conn:
        sync_customers.resume(conn, sync_id, now=desk.clock())
    desk.wake()


@router.post("/{sync_id}/again", status_code=204, operation_id="begin_sync_again")
def again(desk: AtDesk, visitor: Bearing, sync_id: int) -> None:  # noqa: ARG001
    """Read everything there anew and tell of everybody here, as where a backup was put in place of either."""
    with desk.pool.transaction() as conn:
        sync_customers.begin_again(conn, sync_id, now=desk.clock())
    desk.wake()


@router.get("/{sync_id}/left_out", operation_id="list_left_out_of_sync")
def left_out(desk: AtDesk, visitor: Bearing, sync_id: int, limit: Annotated[int, Query(ge=1, le=1_000)] = 100) -> list[SyncLeftOut]:  # noqa: ARG001
    """List of whom something could not be taken, the newest first."""
    with desk.pool.transaction() as conn:
        return [
            SyncLeftOut(external_id=one.external_id, customer_id=one.customer_id, pieces=one.pieces, at=one.at)
            for one in sync_left_out.newest(conn, sync_id, limit=limit)
        ]


@router.delete("/{sync_id}", status_code=204, operation_id="delete_sync")
def delete(desk: AtDesk, visitor: Bearing, sync_id: int) -> None:  # noqa: ARG001
    """Let go of a system for good; customers keep their numbers there."""
    with desk.pool.transaction() as conn:
        sync_customers.delete(conn, sync_id)


def _seen(one: Sync) -> SyncSeen:
    return SyncSeen(**{name: getattr(one, name) for name in SyncSeen.__dataclass_fields__})
