"""Takes a merge back exactly, in any order. Place in the path: merge desk, customer page, REST -> here."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.merge import check_unchanged, lock_people
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId, MergeId
from amends.inbox.rules.merging import Values, merged, relive
from amends.inbox.store import (
    customer_changes,
    customer_refs,
    events,
    identity_keys,
    link_evidence,
    match_suggestions,
    merges,
    moving,
    sealed_merges,
    sync_news,
)
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.merges import Merge, Record


def unmerge(conn: Connection, merge_id: MergeId, *, agent_id: AgentId | None, now: datetime, program: str = "") -> CustomerId:
    """Take a merge back, whatever was merged before or since, and return the record that stands for itself again.

    `program` is the token that the agent did it with.
    """
    found = _live(conn, merge_id)
    above = _locked(conn, found)
    owners = [one.survivor_id for one in above]
    owner = owners[-1]
    back = moving.take_back(conn, merge_id, owners=owners, absorbed_id=found.absorbed_id, since=found.at)
    moving.forget(conn, [one.id for one in above[1:]], back)
    source = Source(by=agent_id, origin=Origin.UNMERGE, note=found.absorbed, program=program)
    parted = [AuthorId(one) for one in back.get("customer_links", [])]
    customer_changes.add_handles(conn, parted, was=owner, became=found.absorbed_id, source=source, now=now)
    moving.drop_consents(conn, found.consents_made)
    link_evidence.drop_of_merge(conn, merge_id)
    merges.end(conn, merge_id, agent_id=agent_id, program=program, now=now)
    _restore_fields(conn, above, source, now)
    _restore_sealed(conn, above)
    _tell_systems(conn, (found.absorbed_id, owner), now)
    identity_keys.look_again(conn, [found.absorbed_id, *owners])
    match_suggestions.unsettle(conn, merge_id, source=source, now=now)
    ids = {"customer_id": found.absorbed_id, "survivor_id": found.survivor_id, "merge_id": merge_id}
    events.add_all(conn, [events.Event(kind=EventKind.CUSTOMERS_PARTED, agent_id=agent_id, facts=ids)], now=now)
    return found.absorbed_id


def _live(conn: Connection, merge_id: MergeId) -> Merge:
    found = merges.find(conn, merge_id)
    if found is None:
        raise NotFound(_("There is no such merge."))
    if _record(conn, found.absorbed_id).erased_at is not None:
        raise Refused(_("The person's record was erased at their wish; there is nothing to take apart."))
    if found.undone_at is not None:
        raise Conflict(_("%(agent)s has taken this merge back already.") % {"agent": found.undone_by or "Amends"})
    return found


def _locked(conn: Connection, found: Merge) -> list[Merge]:
    """Return the merge and those by which its survivor is part of another now, the outermost last; nobody else changes them meanwhile."""
    above = _above(conn, found)
    held = lock_people(conn, sorted({found.absorbed_id, *(one.survivor_id for one in above)}))
    _live(conn, found.id)
    check_unchanged(held)
    if [one.id for one in _above(conn, found)] != [one.id for one in above]:
        raise Conflict(_("Somebody has just merged this record with another. Look again before you go on."))
    return above


def _above(conn: Connection, found: Merge) -> list[Merge]:
    chain = [found]
    while (outer := merges.live_of(conn, chain[-1].survivor_id)) is not None:
        chain.append(outer)
    return chain


def _tell_systems(conn: Connection, customer_ids: tuple[CustomerId, CustomerId], now: datetime) -> None:
    """Let systems outside know whose numbers stand for themselves again, and then how both people are."""
    parted = sync_news.add_unmerged(conn, customer_ids, now=now)
    if not parted:
        return
    for customer_id in customer_ids:
        sync_news.add_merged(conn, customer_id, parted, now=now)
        customer_refs.tell_again(conn, customer_id)


def _restore_fields(conn: Connection, above: list[Merge], source: Source, now: datetime) -> None:
    """Give the survivor, and whatever it is part of, the fields they would have without the merge."""
    undone, *outer = above
    fields = _lived_without(conn, undone, undone.before, source, now)
    for one in outer:
        after = merged(one.before, fields, one.choices)
        fields = _lived_without(conn, one, after, source, now)
        merges.save_after(conn, one.id, after)


def _restore_sealed(conn: Connection, above: list[Merge]) -> None:
    undone, *outer = above
    sealed_merges.give_back(conn, undone.id)
    for one in outer:
        sealed_merges.take_anew(conn, one.id, one.absorbed_id)


def _lived_without(conn: Connection, one: Merge, first: Values, source: Source, now: datetime) -> Values:
    """Return the fields of a merge's survivor, had it held `first` after it, and write them."""
    record = _record(conn, one.survivor_id)
    later = merges.later_steps(conn, one.survivor_id, after=one.id)
    steps, fields = relive(first, was=one.after, later=later, now=record.fields)
    merges.save_steps(conn, steps)
    if fields != record.fields:
        merges.save_fields(conn, record.id, fields, now=now)
        merges.save_changes(conn, record.id, record.fields, fields, source=source, now=now)
    return fields


def _record(conn: Connection, customer_id: CustomerId) -> Record:
    found = merges.record(conn, customer_id)
    if found is None:
        raise NotFound(_("There is no such customer."))
    return found
