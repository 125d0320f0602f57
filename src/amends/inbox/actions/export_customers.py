"""Gives customers out as a file. Place in the path: page -> here -> job `export` -> pieces of the file -> the download."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.export_files import WRITERS
from amends.inbox.rules.ids import AgentId
from amends.inbox.store import events, exports
from amends.inbox.store.events import Event
from amends.inbox.store.exports import Export


def start(conn: Connection, *, kind: str, agent_id: AgentId | None, now: datetime) -> Export:
    """Begin an export of everybody; it is told, since it takes personal data out of the house."""
    if kind not in WRITERS:
        raise Refused(_("Choose CSV, JSON Lines or vCard."))
    export_id = exports.insert(conn, kind=kind, which="", agent_id=agent_id, now=now)
    exports.set_job(conn, export_id, jobs.start(conn, kind="export", why=kind, facts={"export": export_id}, agent_id=agent_id, now=now))
    facts = {"export_id": export_id, "file_kind": kind}
    events.add_all(conn, [Event(kind=EventKind.CUSTOMERS_EXPORTED, agent_id=agent_id, facts=facts)], now=now)
    return found(conn, export_id)


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
