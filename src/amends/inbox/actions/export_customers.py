"""Gives customers out as a file. Place in the path: page -> here -> job `export` -> pieces of the file -> the download."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.export_files import WRITERS
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.person import Person
from amends.inbox.store import customer_sql, events, exports, persons
from amends.inbox.store.events import Event
from amends.inbox.store.exports import Export


def start(conn: Connection, *, kind: str, which: str = "", agent_id: AgentId | None, now: datetime) -> Export:
    """Begin an export of whom a query of customers finds (empty: everybody); it is told, since personal data leaves the house.

    `NotAQuery` where the query cannot be read.
    """
    if kind not in WRITERS:
        raise Refused(_("Choose CSV, JSON Lines or vCard."))
    asked = str(customer_sql.read(conn, which).query)
    export_id = exports.insert(conn, kind=kind, which=asked, agent_id=agent_id, now=now)
    exports.set_job(conn, export_id, jobs.start(conn, kind="export", why=kind, facts={"export": export_id}, agent_id=agent_id, now=now))
    facts = {"export_id": export_id, "file_kind": kind, "which": asked}
    events.add_all(conn, [Event(kind=EventKind.CUSTOMERS_EXPORTED, agent_id=agent_id, facts=facts)], now=now)
    return found(conn, export_id)


def people_after(conn: Connection, one: Export, *, after: int, limit: int, now: datetime) -> list[Person]:
    """Return the next people of an export, in the order of their ids."""
    if not one.which:
        return persons.page(conn, after=after, limit=limit)
    asked = customer_sql.condition(customer_sql.read(conn, one.which), Asker(agent_id=0, now=now))
    return persons.those(conn, asked, after=after, limit=limit)


def found(conn: Connection, export_id: int) -> Export:
    """Return an export; `NotFound` where there is none."""
    one = exports.find(conn, export_id)
    if one is None:
        raise NotFound(_("There is no such export."))
    return one


def ready(conn: Connection, export_id: int) -> Export:
    """Return an export whose file is whole."""
    one = found(conn, export_id)
    if one.state != "ready":
        raise NotFound(_("This file is not ready, or no longer kept; files are kept for a day."))
    return one
