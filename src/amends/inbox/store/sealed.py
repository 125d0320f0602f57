"""SQL of everything that lies sealed with the installation's key, for the day the key is changed. A test finds every such column."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """One sealed value."""

    id: int
    sealed: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A column with sealed values: how the next one is read (ours until the transaction ends), and how it is written."""

    name: str
    read: LiteralString
    write: LiteralString


PLACES = (
    Place(
        name="sources.credentials",
        read="select id, credentials as sealed from sources where id > %(after)s order by id limit 1 for update",
        write="update sources set credentials = %(sealed)s where id = %(id)s",
    ),
    Place(
        name="sources.memory",
        read="select id, memory as sealed from sources where id > %(after)s and memory is not null order by id limit 1 for update",
        write="update sources set memory = %(sealed)s where id = %(id)s",
    ),
    Place(
        name="alert_channels.target",
        read="select id, target as sealed from alert_channels where id > %(after)s order by id limit 1 for update",
        write="update alert_channels set target = %(sealed)s where id = %(id)s",
    ),
    Place(
        name="sensitive_values.sealed",
        read="select id, sealed from sensitive_values where id > %(after)s order by id limit 1 for update",
        write="update sensitive_values set sealed = %(sealed)s where id = %(id)s",
    ),
    Place(
        name="webhooks.secret",
        read="select id, secret as sealed from webhooks where id > %(after)s order by id limit 1 for update",
        write="update webhooks set secret = %(sealed)s where id = %(id)s",
    ),
    Place(
        name="syncs.secret",
        read="select id, secret as sealed from syncs where id > %(after)s order by id limit 1 for update",
        write="update syncs set secret = %(sealed)s where id = %(id)s",
    ),
    Place(
        name="agents.second_factor",
        read="""
        select id, second_factor as sealed from agents where id > %(after)s and second_factor is not null order by id limit 1 for update
        """,
        write="update agents set second_factor = %(sealed)s where id = %(id)s",
    ),
)


def seal_anew(conn: Connection, place: Place, anew: Callable[[bytes], bytes]) -> int:
    """Seal every value of a place anew, and return how many there were."""
    return sum(execute(conn, place.write, {"id": found.id, "sealed": anew(found.sealed)}) for found in _all(conn, place))


def _all(conn: Connection, place: Place) -> Iterator[Sealed]:
    after = 0
    while found := fetch_all(conn, Sealed, place.read, {"after": after}):
        yield from found
        after = found[-1].id
