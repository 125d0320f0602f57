"""Puts the page of a customer together: the record, what is open, how they have been, and the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from amends.api import record_words
from amends.api.customer_view import asked_for
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.consent import Purpose, Target, permits
from amends.inbox.rules.customer_record import FIELDS
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store import (
    agent_list,
    consents,
    contact_ways,
    customer_files,
    customer_notes,
    customer_page,
    customer_side,
    important_dates,
    link_evidence,
    match_suggestions,
    merges,
    promises,
    purchases,
    sensitive_values,
)
from amends.inbox.store.customer_record import Record
from amends.inbox.store.customer_timeline import Asked, Place, kinds, page
from amends.inbox.store.sessions import Visitor

SHOWN = 30
LONGEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What of the timeline is asked for, as its address carries it."""

    q: str = ""
    kind: str = ""
    below: str = ""

    def query(self, **changes: str) -> str:
        """Return the query of an address that asks this, changed by `changes`."""
        said = {"q": self.q, "kind": self.kind, "below": ""} | changes
        return urlencode({name: value for name, value in said.items() if value})

    def place(self) -> Place | None:
        """Return the entry below which the page begins; `Refused` where there can be no such entry."""
        if not self.below:
            return None
        at, _tilde, rest = self.below.partition("~")
        kind, _tilde, row_id = rest.partition("~")
        moment = _moment(at)
        if moment is None or not (row_id.isascii() and row_id.isdecimal() and int(row_id) < 2**63):
            raise Refused(_("This place in the timeline is not there; begin at its top."))
        return Place(at=moment, kind=kind, id=int(row_id))


def _moment(text: str) -> datetime | None:
    """Return a moment with its zone, None where the text is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def looked(request: Request) -> Looked:
    """Return what the address asks of the timeline; NUL is nobody's word."""
    given = {name: request.query_params.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in ("q", "kind", "below")}
    if given["kind"] not in kinds():
        given["kind"] = ""
    return Looked(**given)


def page_values(conn: Connection, visitor: Visitor, record: Record, asked: Looked) -> dict[str, Any]:
    """Return what the whole page shows."""
    scope = visitor.scope
    return {
        **record_values(conn, record),
        **_entries(conn, visitor, record.id, asked),
        "moods": customer_page.moods(conn, record.id, scope),
        "promised": promises.of_customer(conn, record.id, scope),
        "past": merges.of_customer(conn, record.id),
        "strangers": match_suggestions.apart(conn, record.id, scope),
        "open_cases": customer_side.open_cases(conn, record.id, scope),
        "open_follow_ups": customer_side.open_follow_ups(conn, record.id, scope),
    }


def record_values(conn: Connection, record: Record) -> dict[str, Any]:
    """Return what the record's column shows."""
    ways, handles = contact_ways.of_customer(conn, record.id), customer_page.handles(conn, record.id)
    heard = consents.log(conn, record.id)
    said, stop = [said for one in heard for said in one.said], record.do_not_contact_since is not None

    def may_write(target: Target) -> list[Purpose]:
        return [purpose for purpose in Purpose if permits(said, purpose, target, do_not_contact=stop)]

    return {
        **_named(conn),
        "record": record,
        "fields": [name for name in FIELDS if name not in {"name", "do_not_contact"}],
        "sealed": sensitive_values.of_customer(conn, record.id),
        "read": {},
        "customer_id": record.id,
        "ways": [(way, may_write(Target(contact_way_id=way.id))) for way in ways],
        "handles": [(one, may_write(Target(author_id=one.author_id))) for one in handles],
        "everywhere": may_write(Target()),
        "consents": heard,
        "memberships": customer_side.memberships(conn, record.id),
        "purchases": purchases.newest(conn, record.id, limit=20),
        "dates": important_dates.of_customer(conn, record.id),
        "pinned": customer_notes.pinned(conn, record.id),
        "files": customer_files.of_customer(conn, record.id),
        "purposes": list(Purpose),
        "evidence": link_evidence.of_customer(conn, record.id),
    }


def timeline_values(conn: Connection, visitor: Visitor, customer_id: CustomerId, asked: Looked) -> dict[str, Any]:
    """Return a page of the timeline by itself."""
    return {**_named(conn), **_entries(conn, visitor, customer_id, asked)}


def _named(conn: Connection) -> dict[str, Any]:
    """Return what names the fields and people that the record and its timeline speak of."""
    return {"attributes": asked_for(conn), "people": {one.id: one.name for one in agent_list.active(conn)}, "says": record_words}


def _entries(conn: Connection, visitor: Visitor, customer_id: CustomerId, asked: Looked) -> dict[str, Any]:
    wanted = Asked(customer_id=customer_id, scope=visitor.scope, text=asked.q, after=asked.place(), limit=SHOWN + 1)
    found = page(conn, wanted, only=[asked.kind] if asked.kind else [])
    return {
        "entries": found[:SHOWN],
        "more": below(found[:SHOWN]) if len(found) > SHOWN else "",
        "looked": asked,
        "kinds": {name: _(kind.NAME) for name, kind in kinds().items()},
        "customer_id": customer_id,
    }


def below(entries: Sequence[Place]) -> str:
    """Return where the page behind these entries begins."""
    last = entries[-1]
    return f"{last.at.isoformat()}~{last.kind}~{last.id}"
