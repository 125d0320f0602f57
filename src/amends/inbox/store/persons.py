"""SQL of customers as the outside sees them, many at a time: by id, by their number in another system, and all of them by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.person import Person, PersonDate, PersonOrganisation, PersonWay
from amends.inbox.store.contact_ways import SHOWN
from amends.inbox.store.customer_pieces import FROM
from amends.inbox.store.customer_sql import Condition

_SELECT: LiteralString = (
    """
select c.id, c.version, c.name, c.created_at, c.changed_at, c.pronoun, c.languages, c.zone, c.loyalty_number, c.preferences, c.concerns,
  c.tags, coalesce(g.email, '') as owner, c.do_not_contact_since is not null as do_not_contact,
  c.attributes - array(select key from attributes where sensitive) as attributes,
  (select coalesce(jsonb_agg(jsonb_build_object('kind', w.kind, 'value', w.value, 'label', w.label) order by w.id), '[]')
   from contact_ways w where w.customer_id = c.id and
"""
    + SHOWN
    + """
  ) as ways,
  (select coalesce(jsonb_agg(jsonb_build_object('kind', d.kind, 'month', d.month, 'day', d.day, 'year', d.year, 'name', d.name)
     order by d.id), '[]') from important_dates d where d.customer_id = c.id) as dates,
  (select coalesce(jsonb_agg(jsonb_build_object('name', o.name, 'role', m.role) order by m.id), '[]')
   from memberships m join organisations o on o.id = m.organisation_id where m.customer_id = c.id and m.until is null) as organisations,
  (select coalesce(jsonb_object_agg(f.system, f.external_id
     order by f.part_of is null, f.gone_at is null, f.seen_at desc, f.external_id desc), '{}') from customer_refs f
   where f.customer_id = c.id and f.system not like 'file %%') as refs
from customers c left join agents g on g.id = c.owner_id
"""
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    id: int
    version: int
    name: str
    created_at: datetime
    changed_at: datetime | None
    pronoun: str
    languages: list[str]
    zone: str
    loyalty_number: str
    preferences: str
    concerns: str
    tags: list[str]
    owner: str
    do_not_contact: bool
    attributes: dict[str, object]
    ways: list[dict[str, Any]]
    dates: list[dict[str, Any]]
    organisations: list[dict[str, Any]]
    refs: dict[str, str]

    @property
    def as_person(self) -> Person:
        return Person(
            id=self.id,
            version=self.version,
            name=self.name,
            created_at=self.created_at,
            changed_at=self.changed_at,
            pronoun=self.pronoun,
            languages=self.languages,
            zone=self.zone,
            loyalty_number=self.loyalty_number,
            preferences=self.preferences,
            concerns=self.concerns,
            tags=self.tags,
            owner=self.owner,
            do_not_contact=self.do_not_contact,
            attributes=self.attributes,
            ways=[PersonWay(**way) for way in self.ways],
            dates=[PersonDate(**one) for one in self.dates],
            organisations=[PersonOrganisation(**one) for one in self.organisations],
            references=self.refs,
        )


def page(conn: Connection, *, after: int, limit: int) -> list[Person]:
    """Return the next customers by id; who was merged away or erased is none."""
    query: LiteralString = (
        _SELECT + "where c.id > %(after)s and c.merged_into is null and c.erased_at is null order by c.id limit %(limit)s"
    )
    return [row.as_person for row in fetch_all(conn, _Row, query, {"after": after, "limit": limit})]


def those(conn: Connection, asked: Condition, *, after: int, limit: int) -> list[Person]:
    """Return the next customers by id whom a query finds: all in one statement, or who goes meanwhile would make it look like the end."""
    found: LiteralString = "select u.id" + FROM + "where " + asked.sql + " and u.id > %(after)s order by u.id limit %(limit)s"
    query: LiteralString = _SELECT + "where c.id = any(array(" + found + ")) order by c.id"
    return [row.as_person for row in fetch_all(conn, _Row, query, asked.params | {"after": after, "limit": limit})]


def by_ids(conn: Connection, ids: Sequence[int]) -> dict[int, Person]:
    """Return those of these customers that there are; who was merged away or erased is none."""
    query: LiteralString = _SELECT + "where c.id = any(%(ids)s) and c.merged_into is null and c.erased_at is null"
    return {row.id: row.as_person for row in fetch_all(conn, _Row, query, {"ids": list(ids)})}


def count(conn: Connection) -> int:
    """Return about how many customers there are, without counting them."""
    found = fetch_values(conn, "select greatest(reltuples, 0)::bigint from pg_class where oid = 'customers'::regclass")[0]
    return int(found)


def id_by_reference(conn: Connection, *, system: str, external_id: str) -> int | None:
    """Return whom a system calls by this number, following merges; None where nobody is known by it."""
    found = fetch_values(
        conn,
        """
        select customer_root(f.customer_id) from customer_refs f
        where f.system = %(system)s and f.external_id = %(external_id)s
        """,
        {"system": system, "external_id": external_id},
    )
    return int(found[0]) if found else None
