"""SQL of a customer's own fields: read, locked, and saved as a whole with a version that counts what was saved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_one, fetch_values
from amends.inbox.rules.customer_record import ATTRIBUTES
from amends.inbox.rules.ids import AgentId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A customer as they are kept; `merged_into` names the survivor where this record became part of another."""

    id: CustomerId
    name: str
    created_at: datetime
    pronoun: str = ""
    languages: Sequence[str] = ()
    zone: str = ""
    loyalty_number: str = ""
    preferences: str = ""
    concerns: str = ""
    tags: Sequence[str] = ()
    attributes: Mapping[str, object] = field(default_factory=dict[str, object])
    owner_id: AgentId | None = None
    do_not_contact_since: datetime | None = None
    merged_into: CustomerId | None = None
    erased_at: datetime | None = None
    changed_at: datetime | None = None
    version: int = 1

    def value_of(self, name: str) -> object:
        """Return the value of a field, of JSON's kinds, as the history keeps it."""
        if name.startswith(ATTRIBUTES):
            return self.attributes.get(name.removeprefix(ATTRIBUTES))
        if name == "do_not_contact":
            return self.do_not_contact_since is not None
        value: object = getattr(self, name)
        return list(self.languages if name == "languages" else self.tags) if name in {"languages", "tags"} else value


def find(conn: Connection, customer_id: CustomerId) -> Record | None:
    """Return a customer's record, or None."""
    return fetch_maybe(
        conn,
        Record,
        """
        select id, name, created_at, pronoun, languages, zone, loyalty_number, preferences, concerns, tags, attributes, owner_id,
               do_not_contact_since, merged_into, erased_at, changed_at, version
        from customers where id = %(id)s
        """,
        {"id": customer_id},
    )


def find_all(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[Record]:
    """Return the records of these customers, in the order of their ids."""
    return fetch_all(
        conn,
        Record,
        """
        select id, name, created_at, pronoun, languages, zone, loyalty_number, preferences, concerns, tags, attributes, owner_id,
               do_not_contact_since, merged_into, erased_at, changed_at, version
        from customers where id = any(%(ids)s) order by id
        """,
        {"ids": list(customer_ids)},
    )


def lock(conn: Connection, customer_id: CustomerId) -> Record | None:
    """Return a customer's record, which nobody else changes until the transaction ends; cases may still be given to them meanwhile."""
    return fetch_maybe(
        conn,
        Record,
        """
        select id, name, created_at, pronoun, languages, zone, loyalty_number, preferences, concerns, tags, attributes, owner_id,
               do_not_contact_since, merged_into, erased_at, changed_at, version
        from customers where id = %(id)s for no key update
        """,
        {"id": customer_id},
    )


def save(conn: Connection, record: Record, *, now: datetime) -> int:
    """Write all fields of a record that is locked, and return its new version."""
    values: dict[str, Any] = asdict(record) | {
        "attributes": Jsonb(record.attributes),
        "languages": list(record.languages),
        "tags": list(record.tags),
        "now": now,
    }
    return fetch_values(
        conn,
        """
        update customers set name = %(name)s, pronoun = %(pronoun)s, languages = %(languages)s, zone = %(zone)s,
          loyalty_number = %(loyalty_number)s, preferences = %(preferences)s, concerns = %(concerns)s, tags = %(tags)s,
          attributes = %(attributes)s, owner_id = %(owner_id)s, do_not_contact_since = %(do_not_contact_since)s,
          changed_at = %(now)s, version = version + 1
        where id = %(id)s returning version
        """,
        values,
    )[0]


def insert(conn: Connection, *, name: str, now: datetime) -> CustomerId:
    """Store a customer without any handle, and return their id."""
    query: LiteralString = "insert into customers (name, created_at) values (%(name)s, %(now)s) returning id"
    return fetch_values(conn, query, {"name": name, "now": now})[0]


def touch(conn: Connection, customer_id: CustomerId, *, now: datetime) -> None:
    """Say that what belongs to a customer changed, so that nobody writes over what they have not seen."""
    execute(conn, "update customers set changed_at = %(now)s, version = version + 1 where id = %(id)s", {"id": customer_id, "now": now})


@dataclass(frozen=True, kw_only=True, slots=True)
class Survivor:
    """Where the chain of merges of a record ends."""

    id: CustomerId


def survivor(conn: Connection, customer_id: CustomerId) -> CustomerId:
    """Return the record that this one became part of in the end; itself where it was never merged. A cycle ends where it began."""
    return fetch_one(
        conn,
        Survivor,
        """
        with recursive chain as (
          select id, merged_into, 0 as step from customers where id = %(id)s
          union all
          select c.id, c.merged_into, step + 1 from chain join customers c on c.id = chain.merged_into where step < 100
        ) cycle id set looped using path
        select id from chain where not looped order by step desc limit 1
        """,
        {"id": customer_id},
    ).id
