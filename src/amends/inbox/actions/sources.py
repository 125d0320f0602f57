"""Adds a source and changes it: what we watch, with which account."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from amends.core.database import Connection
from amends.core.ports import Watch
from amends.inbox.rules.ids import AgentId, SourceId, WatchId


def add_source(  # noqa: PLR0913
    conn: Connection,
    *,
    brand: str,
    network: str,
    handle: str,
    credentials: Mapping[str, str],
    options: Mapping[str, str],
    watches: Sequence[Watch],
    secret_key: str,
    now: datetime,
) -> SourceId:
    """Return the source (network, handle): made where absent, else with new credentials and options, and watches it lacked."""
    raise NotImplementedError


def pause(conn: Connection, *, source_id: SourceId, agent_id: AgentId | None, now: datetime) -> None:
    """Stop fetching from the source until `resume_source`."""
    raise NotImplementedError


def resume_source(conn: Connection, *, source_id: SourceId, agent_id: AgentId | None, now: datetime) -> None:
    """Fetch from the source again, at once."""
    raise NotImplementedError


def retry_now(conn: Connection, *, watch_id: WatchId, agent_id: AgentId | None, now: datetime) -> None:
    """Make the watch due now, also where it was stopped."""
    raise NotImplementedError


def change_credentials(
    conn: Connection, *, source_id: SourceId, credentials: Mapping[str, str], secret_key: str, agent_id: AgentId | None, now: datetime
) -> None:
    """Seal new credentials and make every watch of the source due now."""
    raise NotImplementedError
