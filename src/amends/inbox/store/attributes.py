"""SQL of what the administrator wants to know of every customer."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.customer_record import Attribute, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeRow:
    """An attribute as it is kept; an archived one is no longer asked for, and its values stay."""

    id: int
    key: str
    name: str
    kind: str
    choices: Sequence[str]
    sensitive: bool
    position: int
    archived_at: datetime | None

    @property
    def as_rule(self) -> Attribute:
        """The attribute as the rules take it."""
        return Attribute(key=self.key, name=self.name, kind=Kind(self.kind), choices=tuple(self.choices), sensitive=self.sensitive)


def every(conn: Connection) -> list[AttributeRow]:
    """Return the attributes that are asked for, in their order."""
    return fetch_all(
        conn,
        AttributeRow,
        """
        select id, key, name, kind, choices, sensitive, position, archived_at from attributes
        where archived_at is null order by position, id
        """,
    )


def archived(conn: Connection) -> list[AttributeRow]:
    """Return the attributes that are no longer asked for."""
    return fetch_all(
        conn,
        AttributeRow,
        """
        select id, key, name, kind, choices, sensitive, position, archived_at from attributes
        where archived_at is not null order by archived_at desc, id
        """,
    )


def lock(conn: Connection, attribute_id: int) -> AttributeRow | None:
    """Return an attribute, archived or not, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        AttributeRow,
        "select id, key, name, kind, choices, sensitive, position, archived_at from attributes where id = %(id)s for update",
        {"id": attribute_id},
    )


def insert(conn: Connection, new: Attribute, *, now: datetime) -> int:
    """Store an attribute behind the others, and return its id."""
    return fetch_values(
        conn,
        """
        insert into attributes (key, name, kind, choices, sensitive, position, created_at)
        select %(key)s, %(name)s, %(kind)s, %(choices)s, %(sensitive)s, coalesce(max(position), 0) + 1, %(now)s from attributes
        returning id
        """,
        asdict(new) | {"choices": list(new.choices), "now": now},
    )[0]


def change(conn: Connection, attribute_id: int, new: Attribute) -> None:
    """Write an attribute's name, choices and whether it is sensitive anew; key and kind stay, since values are kept by them."""
    execute(
        conn,
        "update attributes set name = %(name)s, choices = %(choices)s, sensitive = %(sensitive)s where id = %(id)s",
        {"id": attribute_id, "name": new.name, "choices": list(new.choices), "sensitive": new.sensitive},
    )


def set_archived(conn: Connection, attribute_id: int, *, at: datetime | None) -> None:
    """Ask for an attribute no longer, or with None again."""
    execute(conn, "update attributes set archived_at = %(at)s where id = %(id)s", {"id": attribute_id, "at": at})


def set_position(conn: Connection, attribute_id: int, *, before: int) -> None:
    """Put an attribute before another, and number all of them anew."""
    execute(
        conn,
        """
        update attributes a set position = o.place
        from (
          select id, row_number() over (
            order by case when id = %(id)s then (select position from attributes where id = %(before)s) else position end,
                     id <> %(id)s, id
          ) as place from attributes where archived_at is null
        ) o where o.id = a.id
        """,
        {"id": attribute_id, "before": before},
    )


def is_used(conn: Connection, key: str) -> bool:
    """Tell whether any customer has a value of an attribute."""
    return fetch_values(
        conn,
        """
        select exists (select from customers where attributes ? %(key)s) or exists (
          select from sensitive_values v join attributes a on a.id = v.attribute_id where a.key = %(key)s
        )
        """,
        {"key": key},
    )[0]
