"""Puts into the database what the settings name: brands, sources with their watches, alert channels. Doing it twice changes nothing."""

from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import SettingsWrong
from amends.core.settings import Settings, SourceSetting
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.sources import add_source


def enter_settings(conn: Connection, given: Settings, *, now: datetime) -> None:
    """Make every source of AMENDS_SOURCES and every channel of AMENDS_ALERT_CHANNELS, new or as it was."""
    secret_key = given.secret_key.get_secret_value()
    for source in given.sources:
        enter_source(conn, source, secret_key=secret_key, now=now)
    for target in given.alert_channels:
        add_channel(conn, target=target, secret_key=secret_key)


def enter_source(conn: Connection, source: SourceSetting, *, secret_key: str, now: datetime) -> None:
    """Make one source with its watches."""
    add_source(
        conn,
        brand=source.brand,
        network=source.network,
        handle=source.handle,
        credentials={name: value.get_secret_value() for name, value in source.credentials.items()},
        options=source.options,
        watches=[Watch(kind=_kind(watch.kind), query=watch.query) for watch in source.watches],
        secret_key=secret_key,
        now=now,
    )


def _kind(name: str) -> WatchKind:
    try:
        return WatchKind(name)
    except ValueError:
        raise SettingsWrong(f"AMENDS_SOURCES: there is no watch kind {name!r}; use one of {', '.join(WatchKind)}") from None
