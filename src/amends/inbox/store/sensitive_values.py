"""SQL of sensitive values, which lie sealed: nothing here can read them."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import AgentId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedValue:
    """A sealed value of a customer's attribute, and who set it last."""

    attribute_id: int
    key: str
    name: str
    kind: str
    sealed: bytes
    agent: str | None
    set_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A sensitive attribute, and whether the customer has a value of it; `agent` and `set_at` say who set it last."""

    key: str
    name: str
    kind: str
    choices: list[str]
    is_set: bool
    agent: str | None
    set_at: datetime | None


def of_customer(conn: Connection, customer_id: CustomerId) -> list[Kept]:
    """Return every sensitive attribute in force, with whether the customer has a value of it."""
    return fetch_all(
        conn,
        Kept,
        """
        select a.key, a.name, a.kind, a.choices, v.id is not null as is_set, g.name as agent, v.set_at
        from attributes a left join sensitive_values v on v.attribute_id = a.id and v.customer_id = %(customer_id)s and v.aside_of is null
        left join agents g on g.id = v.agent_id
        where a.sensitive and a.archived_at is null order by a.position, a.id
        """,
        {"customer_id": customer_id},
    )


def find(conn: Connection, customer_id: CustomerId, key: str) -> SealedValue | None:
    """Return the sealed value of an attribute, or None."""
    return fetch_maybe(
        conn,
        SealedValue,
        """
        select v.attribute_id, a.key, a.name, a.kind, v.sealed, g.name as agent, v.set_at
        from sensitive_values v join attributes a on a.id = v.attribute_id left join agents g on g.id = v.agent_id
        where v.customer_id = %(customer_id)s and a.key = %(key)s and v.aside_of is null
        """,
        {"customer_id": customer_id, "key": key},
    )


def every(conn: Connection, customer_ids: list[CustomerId]) -> list[SealedValue]:
    """Return all sealed values of these customers, each once, whichever of them has taken it over."""
    return fetch_all(
        conn,
        SealedValue,
        """
        select v.attribute_id, a.key, a.name, a.kind, v.sealed, g.name as agent, v.set_at
        from sensitive_values v join attributes a on a.id = v.attribute_id left join agents g on g.id = v.agent_id
        where v.customer_id = any(%(ids)s) and v.taken_by is null order by v.id
        """,
        {"ids": customer_ids},
    )


def put(conn: Connection, customer_id: CustomerId, *, key: str, sealed: bytes, agent_id: AgentId | None, now: datetime) -> None:
    """Keep the sealed value of an attribute, in place of the one before."""
    execute(
        conn,
        """
        insert into sensitive_values (customer_id, attribute_id, sealed, agent_id, set_at)
        select %(customer_id)s, id, %(sealed)s, %(agent)s, %(now)s from attributes where key = %(key)s
        on conflict (customer_id, attribute_id) where aside_of is null
        do update set sealed = excluded.sealed, agent_id = excluded.agent_id, set_at = excluded.set_at, taken_by = null
        """,
        {"customer_id": customer_id, "key": key, "sealed": sealed, "agent": agent_id, "now": now},
    )


def remove(conn: Connection, customer_id: CustomerId, key: str) -> int:
    """Forget the value of an attribute, and return how many there were."""
    return execute(
        conn,
        """
        delete from sensitive_values v using attributes a
        where a.id = v.attribute_id and a.key = %(key)s and v.customer_id = %(customer_id)s and v.aside_of is null
        """,
        {"customer_id": customer_id, "key": key},
    )
