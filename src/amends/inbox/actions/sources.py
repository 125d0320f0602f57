"""Adds a source and changes it: what we watch, with which account."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, SettingsWrong
from amends.core.regions import region_of
from amends.core.secrets import seal, unseal
from amends.core.watching import Watch
from amends.inbox.actions.cover import note_pause
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, SourceId, WatchId
from amends.inbox.rules.seen import mark
from amends.inbox.store import events, hub_farewells, sources, standings
from amends.inbox.store import watches as watch_rows
from amends.inbox.store.sources import Source


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
    """Return the source (network, handle): made where absent, else with new credentials and options, and watches it lacked.

    Where credentials or options are new, every watch is due, also one that had stopped for the old ones.
    `brand` is a name; brands are told apart by its letters and digits alone ("Lanka Air" is "lanka-air").
    """
    known = sources.find_by_handle(conn, network=network, handle=handle)
    brand_id = sources.save_brand(conn, slug=slug(brand), name=brand)
    sealed = seal(credentials, secret_key)
    source_id = sources.save(conn, brand_id=brand_id, network=network, handle=handle, credentials=sealed, options=options, now=now)
    watch_rows.add_missing(conn, source_id=source_id, watches=watches, now=now)
    if known is None:
        events.add(conn, EventKind.SOURCE_ADDED, now=now, source_id=source_id, network=network, handle=handle)
    elif dict(known.options) != dict(options) or _opened(known, secret_key) != dict(credentials):
        watch_rows.make_all_due(conn, source_id=source_id, now=now)
        standings.make_due(conn, source_id, now=now)
        events.add(conn, EventKind.CREDENTIALS_CHANGED, now=now, source_id=source_id)
    return source_id


def _opened(source: Source, secret_key: str) -> dict[str, str] | None:
    """Return the credentials in clear, None where they were sealed with another key."""
    try:
        return unseal(source.credentials, secret_key)
    except SettingsWrong:
        return None


def slug(name: str) -> str:
    """Return `name` as it stands in addresses: lower case, words joined by dashes."""
    return "-".join("".join(char if char.isalnum() else " " for char in name.lower()).split())


def pause(conn: Connection, *, source_id: SourceId, agent_id: AgentId | None, now: datetime) -> None:
    """Stop fetching from the source until `resume_source`."""
    if not sources.set_paused(conn, source_id=source_id, paused_at=now):
        raise NotFound
    note_pause(conn, source_id=source_id, now=now)
    events.add(conn, EventKind.SOURCE_PAUSED, now=now, source_id=source_id, agent_id=agent_id)


def resume_source(conn: Connection, *, source_id: SourceId, agent_id: AgentId | None, now: datetime) -> None:
    """Fetch from the source again, at once."""
    if not sources.set_paused(conn, source_id=source_id, paused_at=None):
        raise NotFound
    watch_rows.make_all_due(conn, source_id=source_id, now=now)
    events.add(conn, EventKind.SOURCE_RESUMED, now=now, source_id=source_id, agent_id=agent_id)


def set_region(conn: Connection, *, source_id: SourceId, region: str) -> None:
    """Say where the customers of a source are; it counts for every case whose network names no region, also for those that we have."""
    if not sources.set_region(conn, source_id=source_id, region=region_of(region)):
        raise NotFound


def retry_now(conn: Connection, *, watch_id: WatchId, agent_id: AgentId | None, now: datetime) -> None:
    """Make the watch due now, also where it was stopped."""
    source_id = watch_rows.make_due(conn, watch_id=watch_id, now=now)
    if source_id is None:
        raise NotFound
    events.add(conn, EventKind.WATCH_RETRIED, now=now, source_id=source_id, agent_id=agent_id, watch_id=watch_id)


def add_watches(conn: Connection, *, source_id: SourceId, watches: Sequence[Watch], agent_id: AgentId | None, now: datetime) -> None:
    """Watch more on the source, from now on; what it watches already stays as it is."""
    if sources.find(conn, source_id=source_id) is None:
        raise NotFound
    watch_rows.add_missing(conn, source_id=source_id, watches=watches, now=now)
    queries = [f"{watch.kind} {watch.query}".strip() for watch in watches]
    events.add(conn, EventKind.WATCH_ADDED, now=now, source_id=source_id, agent_id=agent_id, watches=queries)


def drop_watch(conn: Connection, *, watch_id: WatchId, agent_id: AgentId | None, now: datetime) -> None:
    """Stop watching this for good; the posts that it brought stay, and a hub that calls about it is told."""
    hub_farewells.part(conn, watch_id=watch_id, now=now)
    source_id = watch_rows.drop(conn, watch_id=watch_id)
    if source_id is None:
        raise NotFound
    events.add(conn, EventKind.WATCH_DROPPED, now=now, source_id=source_id, agent_id=agent_id, watch_id=watch_id)


def add_credentials(
    conn: Connection, *, source_id: SourceId, given: Mapping[str, str], secret_key: str, agent_id: AgentId, now: datetime
) -> None:
    """Seal what a network gave when somebody let us in beside the credentials that we have."""
    source = _there(conn, source_id)
    whole = {**(_opened(source, secret_key) or {}), **given}
    change_credentials(conn, source_id=source_id, credentials=whole, secret_key=secret_key, agent_id=agent_id, now=now)


def change_options(  # noqa: PLR0913
    conn: Connection,
    *,
    source_id: SourceId,
    asked: Collection[str],
    given: Mapping[str, str],
    agent_id: AgentId,
    now: datetime,
    seen: str = "",
) -> Source:
    """Keep what was `given` of the settings that were `asked` for, and return the source; others stay, and every watch is due now.

    `seen` is the `mark` of the settings that their writer saw, if they say so: `Conflict` where they were changed since.
    """
    source = unchanged(conn, f"source {source_id}", lambda: _there(conn, source_id), lambda found: mark(found.options), seen)
    options = {name: value for name, value in source.options.items() if name not in asked} | dict(given)
    sources.set_options(conn, source_id=source_id, options=options)
    watch_rows.make_all_due(conn, source_id=source_id, now=now)
    standings.make_due(conn, source_id, now=now)
    events.add(conn, EventKind.CREDENTIALS_CHANGED, now=now, source_id=source_id, agent_id=agent_id)
    return replace(source, options=options)


def _there(conn: Connection, source_id: SourceId) -> Source:
    found = sources.find(conn, source_id=source_id)
    if found is None:
        raise NotFound
    return found


def change_credentials(
    conn: Connection, *, source_id: SourceId, credentials: Mapping[str, str], secret_key: str, agent_id: AgentId | None, now: datetime
) -> None:
    """Seal new credentials and make every watch of the source due now."""
    if not sources.set_credentials(conn, source_id=source_id, credentials=seal(credentials, secret_key)):
        raise NotFound
    watch_rows.make_all_due(conn, source_id=source_id, now=now)
    standings.make_due(conn, source_id, now=now)
    events.add(conn, EventKind.CREDENTIALS_CHANGED, now=now, source_id=source_id, agent_id=agent_id)
