"""Makes one record of two, so that it can be taken back exactly. Place in the path: merge desk, REST, strong evidence -> here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import sensitive_values
from amends.inbox.actions.sensitive_values import Chosen
from amends.inbox.rules.consent import MERGED
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.evidence import Evidence, EvidenceKind
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId, MergeId
from amends.inbox.rules.merging import choices_of, merged
from amends.inbox.store import (
    customer_changes,
    customers,
    events,
    import_match,
    link_evidence,
    match_suggestions,
    merges,
    moving,
    sync_news,
    untriaged,
)
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.merges import Record

BY_AGENT = (Evidence(kind=EvidenceKind.AGENT),)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Which record becomes part of which, whose value each field takes where somebody chose, and what shows that they are one person.

    `sealed` where who merges may choose of sealed values too.
    """

    survivor_id: CustomerId
    absorbed_id: CustomerId
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    sealed: bool = False
    evidence: Sequence[Evidence] = BY_AGENT


def merge(conn: Connection, pair: Pair, *, agent_id: AgentId | None, now: datetime, program: str = "") -> MergeId:
    """Make the absorbed record part of the survivor, to whom all that is its goes over.

    Without an agent Amends did it on its own; `program` is the token that the agent did it with.
    """
    survivor, absorbed = _both(conn, pair)
    chosen = sensitive_values.chosen(conn, pair.choices) if pair.sealed else Chosen(fields=pair.choices, keys=())
    choices = choices_of(survivor.fields, absorbed.fields, chosen.fields)
    after = merged(survivor.fields, absorbed.fields, choices)
    facts = {"survivor_id": survivor.id, "absorbed_id": absorbed.id, "choices": choices, "before": survivor.fields, "after": after}
    merge_id = merges.insert(conn, facts | {"agent_id": agent_id, "program": program, "at": now})
    merges.save_fields(conn, survivor.id, after, now=now)
    source = Source(by=agent_id, origin=Origin.MERGE, note=absorbed.name, program=program)
    merges.save_changes(conn, survivor.id, survivor.fields, after, source=source, now=now)
    _keep_the_stricter(conn, merge_id, pair, source, now)
    moving.move_all(conn, merge_id, absorbed_id=absorbed.id, survivor_id=survivor.id)
    sensitive_values.take_over(conn, merge_id, survivor.id, chosen.keys, source=source, now=now)
    sync_news.add_merged(conn, survivor.id, sync_news.moved(conn, merge_id), now=now)
    moved = moving.moved_authors(conn, merge_id)
    customer_changes.add_handles(conn, moved, was=absorbed.id, became=survivor.id, source=source, now=now)
    linked = moved or customers.handles_of(conn, customer_id=survivor.id)
    link_evidence.add(conn, linked, pair.evidence, source=source, merge_id=merge_id, now=now)
    match_suggestions.settle(conn, survivor.id, absorbed.id, merge_id=merge_id, source=source, now=now)
    ids = {"customer_id": survivor.id, "absorbed_id": absorbed.id, "merge_id": merge_id}
    events.add_all(conn, [events.Event(kind=EventKind.CUSTOMERS_MERGED, agent_id=agent_id, facts=ids)], now=now)
    return merge_id


def lock_people(conn: Connection, customer_ids: Sequence[CustomerId]) -> bool:
    """Wait until nobody else moves these customers' handles, triages their posts or imports; False where a handle came or went since."""
    import_match.wait(conn)
    before = _handles(conn, customer_ids)
    untriaged.lock_authors(conn, before)
    customers.lock(conn, customer_ids)
    return _handles(conn, customer_ids) == before


def check_unchanged(held: bool) -> None:
    """Raise `Conflict` where not everything is held that has to be."""
    if not held:
        raise Conflict(_("Somebody has just changed whose handles these are. Look again before you go on."))


def _handles(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[AuthorId]:
    return [author for one in customer_ids for author in customers.handles_of(conn, customer_id=one)]


def _both(conn: Connection, pair: Pair) -> tuple[Record, Record]:
    """Return the two records, locked; `Refused` where they cannot become one."""
    if pair.survivor_id == pair.absorbed_id:
        raise Refused(_("These are one record already; choose another to merge it with."))
    held = lock_people(conn, sorted((pair.survivor_id, pair.absorbed_id)))
    found = _standing(conn, pair.survivor_id), _standing(conn, pair.absorbed_id)
    check_unchanged(held)
    return found


def _standing(conn: Connection, customer_id: CustomerId) -> Record:
    found = merges.record(conn, customer_id)
    if found is None:
        raise NotFound(_("There is no such customer."))
    if found.erased_at is not None:
        raise Refused(_("This record was erased at the person's wish; nothing can be merged with it."))
    if found.merged_into is not None:
        raise Conflict(_already(conn, found))
    return found


def _already(conn: Connection, record: Record) -> str:
    """Return who was faster; so no merge can go in a circle. Both records may bear one name by then, so their numbers are told too."""
    by = merges.live_of(conn, record.id)
    survivor = f"{by.survivor} #{by.survivor_id}" if by else ""
    values = {"name": f"{record.name} #{record.id}", "survivor": survivor, "agent": (by.agent if by else None) or "Amends"}
    return _("“%(name)s” is part of “%(survivor)s” already: %(agent)s merged them. Open that record, or take that back first.") % values


def _keep_the_stricter(conn: Connection, merge_id: MergeId, pair: Pair, source: Source, now: datetime) -> None:
    made = moving.keep_the_stricter(conn, one=pair.survivor_id, other=pair.absorbed_id, source=source, basis=MERGED, now=now)
    if made:
        merges.keep_consents(conn, merge_id, made)
