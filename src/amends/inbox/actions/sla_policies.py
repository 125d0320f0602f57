"""Keeps policies: written, put in order, removed, brought back, and applied to clocks that run.

A changed policy is its next version and holds for clocks that start after it, and so does another order. Which policies stood when is
remembered with each change. Only `apply` touches clocks that run, in the background.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound
from amends.core.translating import _
from amends.inbox.actions import assign, calendars, conditions, jobs
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules import sla_policy
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, TeamId
from amends.inbox.rules.job_reasons import JobWhy
from amends.inbox.rules.sla_policy import APPLYING, Written
from amends.inbox.rules.text import storable
from amends.inbox.store import events, sla_policies
from amends.inbox.store.sla_policies import PolicyRow


def checked(conn: Connection, written: Written, *, now: datetime) -> Written:
    """Return the policy as it may be tried; `Refused` says what is wrong with it."""
    words = replace(written, name=" ".join(storable(written.name).split()), condition=storable(written.condition).strip())
    kept = sla_policy.checked(words)
    if kept.calendar_id is not None:
        calendars.row_of(conn, kept.calendar_id)
    for team_id in {step["team_id"] for step in kept.steps if step.get("team_id") is not None}:
        assign.team_named(conn, TeamId(team_id))
    return replace(kept, condition=conditions.check(conn, kept.condition, now=now) if kept.condition else "")


def save(conn: Connection, written: Written, *, policy_id: int | None, agent_id: AgentId, now: datetime, seen: str = "") -> int:
    """Keep a new policy, in the place of `place_of_new`, or the next version of one; return its id; what says the same is no new version.

    `seen` is the number of the version that its writer saw, if they say so: `Conflict` where there is a newer one.
    """
    sla_policies.lock_order(conn)
    kept = sla_policy.named(checked(conn, written, now=now))
    if policy_id is None:
        saved = sla_policies.insert(conn, now=now)
    else:
        before = unchanged(conn, f"policy {policy_id}", lambda: policy_of(conn, policy_id), lambda row: str(row.number), seen)
        saved = policy_id
        if as_written(before) == kept:
            return saved
    sla_policies.add_version(conn, kept, policy_id=saved, agent_id=agent_id, now=now)
    if policy_id is None:
        _place(conn, saved, kept)
    sla_policies.note_standing(conn, now=now)
    events.add(conn, EventKind.SLA_SAVED, now=now, agent_id=agent_id, policy_id=saved, name=kept.name)
    return saved


def _place(conn: Connection, policy_id: int, kept: Written) -> None:
    others = [row for row in sla_policies.every(conn) if row.policy_id != policy_id]
    ids = [row.policy_id for row in others]
    ids.insert(sla_policy.place_of_new(kept.condition, [row.condition for row in others]), policy_id)
    sla_policies.put_in_order(conn, ids)


def as_written(row: PolicyRow) -> Written:
    """Return what a version says."""
    return Written(**{name: getattr(row, name) for name in Written.__dataclass_fields__})


def policy_of(conn: Connection, policy_id: int, *, removed: bool = False) -> PolicyRow:
    """Return a policy, ours until the transaction ends; `NotFound` where there is none (or, with `removed`, none that was removed)."""
    found = sla_policies.find(conn, policy_id=policy_id)
    if found is None or (found.deleted_at is not None) != removed:
        raise NotFound(_("There is no such policy any more."))
    return found


def remove(conn: Connection, *, policy_id: int, agent_id: AgentId, now: datetime) -> None:
    """Remove a policy; clocks that run under it go on."""
    sla_policies.lock_order(conn)
    policy = policy_of(conn, policy_id)
    sla_policies.set_deleted(conn, policy_id=policy_id, at=now)
    sla_policies.note_standing(conn, now=now)
    events.add(conn, EventKind.SLA_REMOVED, now=now, agent_id=agent_id, policy_id=policy_id, name=policy.name)


def restore(conn: Connection, *, policy_id: int, agent_id: AgentId, now: datetime) -> None:
    """Bring a removed policy back to where it was."""
    sla_policies.lock_order(conn)
    policy = policy_of(conn, policy_id, removed=True)
    sla_policies.set_deleted(conn, policy_id=policy_id, at=None)
    sla_policies.note_standing(conn, now=now)
    events.add(conn, EventKind.SLA_RESTORED, now=now, agent_id=agent_id, policy_id=policy_id, name=policy.name)


def move(conn: Connection, *, policy_id: int, by: int, agent_id: AgentId, now: datetime) -> None:
    """Move a policy up (-1) or down (1) by one place; at the end it stays."""
    sla_policies.lock_order(conn)
    ids = [policy.policy_id for policy in sla_policies.every(conn)]
    if policy_id not in ids:
        raise NotFound(_("There is no such policy any more."))
    here = ids.index(policy_id)
    there = min(len(ids) - 1, max(0, here + by))
    ids.insert(there, ids.pop(here))
    put_in_order(conn, ids, agent_id=agent_id, now=now)


def put_in_order(conn: Connection, policy_ids: Sequence[int], *, agent_id: AgentId, now: datetime) -> None:
    """Give all policies a new order; `Conflict` where a colleague made or removed one meanwhile."""
    sla_policies.lock_order(conn)
    known = [policy.policy_id for policy in sla_policies.every(conn)]
    if sorted(known) != sorted(policy_ids):
        raise Conflict(_("The policies were changed meanwhile; look again before you put them in order."))
    if known != list(policy_ids):
        sla_policies.put_in_order(conn, policy_ids)
        sla_policies.note_standing(conn, now=now)
        events.add(conn, EventKind.SLA_ORDERED, now=now, agent_id=agent_id, before=known, after=list(policy_ids))


def apply(conn: Connection, *, agent_id: AgentId, now: datetime) -> None:
    """Let the policies and calendars as they stand count for the clocks that run too, in the background."""
    sla_policies.lock_order(conn)
    sla_policies.note_standing(conn, applied=True, now=now)
    jobs.start(conn, kind=APPLYING, why=JobWhy.POLICIES, facts={}, agent_id=agent_id, now=now)
    events.add(conn, EventKind.SLA_APPLIED, now=now, agent_id=agent_id)
