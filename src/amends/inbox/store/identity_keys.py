"""SQL of looking for the same person elsewhere: whose turn it is, their keys, who shares one, and what is compared of each record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AuthorId, CustomerId, PostId


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A handle of a customer, with the names its owner goes by."""

    author_id: AuthorId
    customer_id: CustomerId
    handle: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Likes:
    """A record that shares a key with one that is looked for."""

    customer_id: CustomerId
    other_id: CustomerId
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is compared of a record; `handles` are network, line break, handle; `contacts` kind, line break, normal form.

    `born_on` are birthdays as `month * 100 + day`, `born_in` the years that are known of them.
    """

    id: CustomerId
    name: str
    handles: Sequence[str]
    names: Sequence[str]
    contacts: Sequence[str]
    verified: Sequence[str]
    bought: Sequence[str]
    languages: Sequence[str]
    brands: Sequence[str]
    zone: str
    born_on: Sequence[int]
    born_in: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """A post with an order number in it, or a private one with an address or a phone number; `private` where nobody else could read it."""

    customer_id: CustomerId
    author_id: AuthorId
    post_id: PostId
    text: str
    language: str
    private: bool


def claim(conn: Connection, *, limit: int) -> list[CustomerId]:
    """Take the records whose turn it is off the backlog; those that another worker holds are passed over."""
    return fetch_values(
        conn,
        """
        with due as (
          select customer_id from identity_backlog order by customer_id desc limit %(limit)s for update skip locked
        )
        delete from identity_backlog where customer_id in (select customer_id from due) returning customer_id
        """,
        {"limit": limit},
    )


def look_again(conn: Connection, customer_ids: Sequence[CustomerId]) -> None:
    """Put records on the backlog that lost a handle, an address or an order; whatever they gain, the database puts them there itself."""
    query: LiteralString = "insert into identity_backlog (customer_id) select unnest(%(ids)s::bigint[]) on conflict do nothing"
    execute(conn, query, {"ids": list(customer_ids)})


def standing(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[CustomerId]:
    """Return those of the records that stand for themselves."""
    query: LiteralString = (
        "select id from customers where id = any(%(ids)s::bigint[]) and merged_into is null and erased_at is null order by id"
    )
    return fetch_values(conn, query, {"ids": list(customer_ids)})


def accounts(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[Account]:
    """Return the handles of these customers."""
    return fetch_all(
        conn,
        Account,
        """
        select a.id as author_id, l.customer_id, a.handle, a.name
        from customer_links l join authors a on a.id = l.author_id where l.customer_id = any(%(ids)s::bigint[]) order by a.id
        """,
        {"ids": list(customer_ids)},
    )


def save_keys(conn: Connection, keys: Mapping[AuthorId, Sequence[str]]) -> None:
    """Keep the keys of handles in the place of what was kept of them."""
    pairs = [(key, author_id) for author_id, found in keys.items() for key in found]
    params = {"authors": list(keys), "keys": [key for key, _ in pairs], "owners": [author_id for _, author_id in pairs]}
    execute(
        conn,
        """
        with given as (select * from unnest(%(keys)s::text[], %(owners)s::bigint[]) given(key, author_id)),
        gone as (
          delete from identity_keys k where author_id = any(%(authors)s::bigint[])
            and not exists (select from given g where g.key = k.key and g.author_id = k.author_id)
        )
        insert into identity_keys (key, author_id) select key, author_id from given on conflict do nothing
        """,
        params,
    )


def holders(conn: Connection, keys: Sequence[str], *, most: int) -> dict[str, int]:
    """Return how many accounts hold each key, counted up to `most`."""
    rows = fetch_all(
        conn,
        _Held,
        """
        select key, (select count(*)::int from (select from identity_keys k where k.key = given.key limit %(most)s) found) as count
        from unnest(%(keys)s::text[]) given(key)
        """,
        {"keys": list(keys), "most": most},
    )
    return {row.key: row.count for row in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    key: str
    count: int


def sharing(conn: Connection, keys: Sequence[str], owners: Sequence[CustomerId]) -> list[Likes]:
    """Return who else holds a key: `keys` and `owners` go side by side."""
    return fetch_all(
        conn,
        Likes,
        """
        select distinct given.owner as customer_id, l.customer_id as other_id, given.key
        from unnest(%(keys)s::text[], %(owners)s::bigint[]) given(key, owner)
        join identity_keys k on k.key = given.key join customer_links l on l.author_id = k.author_id
        where l.customer_id <> given.owner
        """,
        {"keys": list(keys), "owners": list(owners)},
    )


def reached_alike(conn: Connection, customer_ids: Sequence[CustomerId], *, most: int) -> list[Likes]:
    """Return who has an address or a number of these customers too, up to `most` for each; `key` is its kind and itself."""
    return fetch_all(
        conn,
        Likes,
        """
        select distinct w.customer_id, o.customer_id as other_id, w.kind || chr(10) || w.normal as key
        from contact_ways w cross join lateral (
          select customer_id from contact_ways
          where kind = w.kind and normal = w.normal and removed_at is null and customer_id <> w.customer_id limit %(most)s
        ) o
        where w.customer_id = any(%(ids)s::bigint[]) and w.removed_at is null and w.kind in ('email', 'phone') and w.normal <> ''
        """,
        {"ids": list(customer_ids), "most": most},
    )


def bought_alike(conn: Connection, orders: Sequence[str], owners: Sequence[CustomerId]) -> list[Likes]:
    """Return who bought under an order number that somebody named: `orders` and `owners` go side by side."""
    return fetch_all(
        conn,
        Likes,
        """
        select distinct given.owner as customer_id, p.customer_id as other_id, given.number as key
        from unnest(%(orders)s::text[], %(owners)s::bigint[]) given(number, owner)
        join purchases p on order_key(p.order_number) = order_key(given.number) and p.order_number <> '' and p.customer_id <> given.owner
        where order_key(given.number) <> ''
        """,
        {"orders": list(orders), "owners": list(owners)},
    )


def bought(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[str]:
    """Return the order numbers among the purchases of these customers."""
    query: LiteralString = "select distinct order_number from purchases where customer_id = any(%(ids)s::bigint[]) and order_number <> ''"
    return fetch_values(conn, query, {"ids": list(customer_ids)})


def owners(conn: Connection, keys: Sequence[str], *, most: int) -> list[CustomerId]:
    """Return whose handles hold one of the keys, up to `most` handles a key."""
    return fetch_values(
        conn,
        """
        select distinct l.customer_id
        from unnest(%(keys)s::text[]) given(key)
        cross join lateral (select author_id from identity_keys k where k.key = given.key order by author_id limit %(most)s) held
        join customer_links l using (author_id)
        """,
        {"keys": list(keys), "most": most},
    )


def sayings(conn: Connection, customer_ids: Sequence[CustomerId], *, each: int) -> list[Saying]:
    """Return the newest posts of these customers in which they say whose order it is, looking at up to `each` posts of a handle."""
    return fetch_all(
        conn,
        Saying,
        """
        select l.customer_id, l.author_id, p.id as post_id, p.text, v.language, p.visibility = 'direct' as private
        from customer_links l
        cross join lateral (
          select id, text, visibility from posts
          where author_id = l.author_id and deleted_at is null order by published_at desc limit %(each)s
        ) p
        join verdicts v on v.post_id = p.id
          and ('order' = any(v.personal) or (p.visibility = 'direct' and v.personal && array['email', 'phone']))
        where l.customer_id = any(%(ids)s::bigint[])
        """,
        {"ids": list(customer_ids), "each": each},
    )


def facts(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[Facts]:
    """Return what is compared of these records; those that are part of another or erased are not there."""
    return fetch_all(
        conn,
        Facts,
        """
        select u.id, u.name, u.zone,
          coalesce(h.handles, '{}') as handles, coalesce(h.names, '{}') as names,
          coalesce(w.contacts, '{}') as contacts, coalesce(w.verified, '{}') as verified,
          array(select distinct order_number from purchases where customer_id = u.id and order_number <> '' limit 200) as bought,
          u.languages || coalesce(c.languages, '{}') as languages, coalesce(c.brands, '{}') as brands,
          coalesce(d.born_on, '{}') as born_on, coalesce(d.born_in, '{}') as born_in
        from customers u
        left join lateral (
          select array_agg(a.network || chr(10) || a.handle) as handles, array_agg(a.name) as names
          from customer_links l join authors a on a.id = l.author_id where l.customer_id = u.id
        ) h on true
        left join lateral (
          select array_agg(kind || chr(10) || normal) as contacts,
                 array_agg(kind || chr(10) || normal) filter (where verified_at is not null) as verified
          from contact_ways where customer_id = u.id and removed_at is null and kind in ('email', 'phone') and normal <> ''
        ) w on true
        left join lateral (
          select array_agg(distinct language) as languages, array_agg(distinct brand_id::text) as brands
          from (select language, brand_id from cases where customer_id = u.id order by opened_at desc limit 50) newest
        ) c on true
        left join lateral (
          select array_agg(month * 100 + day) as born_on, array_agg(year) filter (where year is not null) as born_in
          from important_dates where customer_id = u.id and kind = 'birthday'
        ) d on true
        where u.id = any(%(ids)s::bigint[]) and u.merged_into is null and u.erased_at is null
        """,
        {"ids": list(customer_ids)},
    )


def is_behind(conn: Connection) -> bool:
    """Tell whether somebody is to be looked for."""
    return bool(fetch_values(conn, "select exists (select from identity_backlog)")[0])
