"""Seals everything with the newest key. Place in the path: a second key in the setting -> `./amends secret rotate` -> here."""

from functools import partial

from amends.core import secrets
from amends.core.database import Connection
from amends.inbox.store import sealed


def seal_anew(conn: Connection, *, secret_key: str) -> dict[str, int]:
    """Seal every value anew and return how many each place has; `SettingsWrong`, and nothing changed, where one does not open."""
    return {place.name: sealed.seal_anew(conn, place, partial(secrets.seal_anew, secret_key=secret_key)) for place in sealed.PLACES}
