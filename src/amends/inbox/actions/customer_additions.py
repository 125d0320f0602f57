"""Adds to a customer what another system knows of them and we do not: ways to reach them, days, where they belong, a note.

Place in the path: `customer_upsert` -> here. What is there already stays as it is, as with an import; nothing is taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.inbox.actions import contact_ways, customer_notes, organisations
from amends.inbox.actions import important_dates as days
from amends.inbox.actions.organisations import TermsWish, Wish
from amends.inbox.rules.contact import WayKind, normal
from amends.inbox.rules.customer_record import plain
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.organisations import named
from amends.inbox.rules.person import PersonDate, PersonOrganisation, PersonWay
from amends.inbox.store import contact_ways as way_rows
from amends.inbox.store import customer_notes as note_rows
from amends.inbox.store import important_dates as day_rows
from amends.inbox.store import memberships
from amends.inbox.store import organisations as organisation_rows
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.customer_notes import NewNote
from amends.inbox.store.important_dates import NewDate


@dataclass(frozen=True, kw_only=True, slots=True)
class To:
    """To whom something is added, who says so, and when."""

    customer_id: CustomerId
    source: Source
    now: datetime


def add_ways(conn: Connection, to: To, ways: Sequence[PersonWay]) -> None:
    """Add the ways to reach somebody that they do not have yet."""
    if not ways:
        return
    own = {(way.kind, way.normal) for way in way_rows.of_customer(conn, to.customer_id)}
    for one in ways:
        kind = WayKind(one.kind)
        if (kind, normal(kind, one.value)) not in own:
            contact_ways.add_way(
                conn, customer_id=to.customer_id, kind=kind, value=one.value, label=one.label, source=to.source, now=to.now
            )
            own.add((kind, normal(kind, one.value)))


def add_dates(conn: Connection, to: To, dates: Sequence[PersonDate]) -> None:
    """Add the days that are not there; a birthday that is there stays."""
    if not dates:
        return
    own = {_same(one) for one in day_rows.of_customer(conn, to.customer_id)}
    for one in dates:
        new = days.checked(NewDate(kind=one.kind, month=one.month, day=one.day, year=one.year, name=one.name))
        if _same(new) not in own:
            days.add_date(conn, customer_id=to.customer_id, new=new, source=to.source, now=to.now)
            own.add(_same(new))


def add_organisations(conn: Connection, to: To, belongs: Sequence[PersonOrganisation]) -> None:
    """Let somebody belong where they never did; an organisation of a name that nobody has is a new company."""
    if not belongs:
        return
    own = {one.organisation.casefold() for one in memberships.of_customer(conn, to.customer_id, now=to.now)}
    for one in belongs:
        name = named(one.name)
        if name.casefold() not in own:
            found = organisation_rows.named(conn, name) or organisations.add_organisation(
                conn, Wish(name=name), agent_id=to.source.by, now=to.now
            )
            organisations.add_member(conn, found, to.customer_id, TermsWish(role=one.role), source=to.source, now=to.now)
            own.add(name.casefold())


def add_note(conn: Connection, to: To, text: str) -> None:
    """Keep a note, unless these very words are noted already."""
    words = plain(text)
    if words and not note_rows.says(conn, to.customer_id, words):
        customer_notes.add_note(
            conn, customer_id=to.customer_id, new=NewNote(kind="note", text=words, at=to.now), source=to.source, now=to.now
        )


def _same(one: NewDate) -> tuple[object, ...]:
    """Return what a day has in common with the same day told again: nobody has two birthdays, and only other days go by their names."""
    return (one.kind,) if one.kind == "birthday" else (one.kind, one.month, one.day, one.name.casefold() if one.kind == "other" else "")
