"""The pieces of SQL that a query of customers is put together from, on a customer `u` with their facts `f`; see `query_pieces`."""

from collections.abc import Mapping
from typing import LiteralString

from amends.inbox.store.query_writing import Pieces

FROM: LiteralString = " from customers u left join customer_facts f on f.customer_id = u.id "
# Who was merged into somebody or erased is nobody's customer any more.
THERE: LiteralString = "u.merged_into is null and u.erased_at is null"

_BELONGS: LiteralString = """
select from memberships m
where m.customer_id = u.id and (m.since is null or m.since <= %(today)s) and (m.until is null or m.until >= %(today)s)
"""
_HANDLES: LiteralString = "select from customer_links l join authors a on a.id = l.author_id where l.customer_id = u.id"
_WAYS: LiteralString = "select from contact_ways w where w.customer_id = u.id and w.removed_at is null"
_PURCHASES: LiteralString = "select from purchases p where p.customer_id = u.id"
_BIRTHDAYS: LiteralString = "from important_dates d where d.customer_id = u.id and d.kind = 'birthday'"
# The newest word of a way and purpose is in force, and a later one for all ways stands above it.
CONSENTS: LiteralString = """
exists (select from consents s where s.customer_id = u.id and s.given and s.purpose = {}
  and not exists (select from consents n where n.customer_id = s.customer_id and n.purpose = s.purpose and (n.at, n.id) > (s.at, s.id)
    and ((n.contact_way_id is null and n.author_id is null)
         or (n.contact_way_id, n.author_id) is not distinct from (s.contact_way_id, s.author_id))))
"""
HANDLE: LiteralString = """
u.id in (select l.customer_id from authors a join customer_links l on l.author_id = a.id where lower(a.handle) like {} limit 5000)
"""
LOYALTY: LiteralString = "(u.loyalty_number <> '' and lower(u.loyalty_number) like {})"

_ONE_OF: Mapping[str, LiteralString] = {
    "name": "lower(u.name) like any({}::text[])",
    "tag": "u.tags && {}::text[]",
    "owner": "u.owner_id = any({}::bigint[])",
    "lang": "(u.languages && {0}::text[] or f.languages && {0}::text[])",
    "network": "exists (" + _HANDLES + " and a.network = any({}::text[]))",
    "organisation": "exists (" + _BELONGS + " and m.organisation_id = any({}::bigint[]))",
    "role": "exists (" + _BELONGS + " and lower(m.role) = any({}::text[]))",
    "product": "exists (" + _PURCHASES + " and lower(p.name) like any({}::text[]))",
    "mood": "f.mood = any({}::text[])",
    "follow-up": "f.outcome = any({}::text[])",
    "risk": "f.risk = any({}::text[])",
    "signal": "f.signals && {}::text[]",
}
_SAID: Mapping[tuple[str, str], LiteralString] = {
    ("owner", "me"): "u.owner_id = %(me)s",
    ("owner", "none"): "u.owner_id is null",
    ("tag", "none"): "u.tags = '{}'",
    ("organisation", "none"): "not exists (" + _BELONGS + ")",
    # Of whom nothing was counted yet there is no sign that they leave; of the others the index knows who may.
    ("risk", "none"): "coalesce(f.risk, 'none') = 'none'",
    ("is", "do-not-contact"): "u.do_not_contact_since is not null",
    ("is", "member"): "exists (" + _BELONGS + ")",
    ("is", "former-member"): "exists (select from memberships m where m.customer_id = u.id and m.until < %(today)s)"
    " and not exists (" + _BELONGS + ")",
    ("is", "waiting"): "f.waiting_since is not null",
    ("is", "owned"): "u.owner_id is not null",
    ("has", "email"): "exists (" + _WAYS + " and w.kind = 'email')",
    ("has", "phone"): "exists (" + _WAYS + " and w.kind = 'phone')",
    ("has", "address"): "exists (" + _WAYS + " and w.kind = 'post')",
    ("has", "handle"): "exists (select from customer_links l where l.customer_id = u.id)",
    ("has", "loyalty"): "u.loyalty_number <> ''",
    ("has", "birthday"): "exists (select " + _BIRTHDAYS + ")",
    ("has", "purchase"): "exists (" + _PURCHASES + " and p.kind = 'purchase')",
    ("has", "subscription"): "exists (" + _PURCHASES + " and p.kind = 'subscription' and (p.ended_at is null or p.ended_at > %(now)s))",
    ("has", "organisation"): "exists (" + _BELONGS + ")",
    ("has", "note"): "exists (select from customer_notes n where n.customer_id = u.id and n.removed_at is null)",
}
_NUMBERS: Mapping[str, LiteralString] = {
    "purchases": "(select count(*) from purchases p where p.customer_id = u.id)",
    "amount": "(select max(p.amount) from purchases p where p.customer_id = u.id)",
    "cases": "coalesce(f.cases, 0)",
    "open": "coalesce(f.open_cases, 0)",
    "relapses": "coalesce(f.relapses, 0)",
}
_PASSED: Mapping[str, LiteralString] = {
    "bought": "(select max(p.bought_at) from purchases p where p.customer_id = u.id)",
    "complained": "f.last_case_at",
    "contact": "f.last_contact_at",
    "waiting": "f.waiting_since",
}
_LEFT: Mapping[str, LiteralString] = {
    "birthday": "(select min(next_yearly(d.month, d.day, %(today)s))::timestamptz " + _BIRTHDAYS + ")",
    "renews": """(select min(r.renews_on)::timestamptz from (
        select p.renews_on from purchases p where p.customer_id = u.id and (p.ended_at is null or p.ended_at > %(now)s)
        union all select m.renews_on from memberships m where m.customer_id = u.id and (m.until is null or m.until >= %(today)s)
      ) r where r.renews_on >= %(today)s)""",
}
_REACHED: Mapping[str, LiteralString] = {
    "amount": "exists (" + _PURCHASES + " and p.amount{}{})",
    "bought": "exists (" + _PURCHASES + " and p.bought_at{}{})",
}
PIECES = Pieces(one_of=_ONE_OF, said=_SAID, numbers=_NUMBERS, days={"since": "u.created_at"}, passed=_PASSED, left=_LEFT, reached=_REACHED)

# Of an attribute, whose key is the first place: text in it, any of some values, a number, a day (as text: what is no day is before none).
ATTRIBUTE_TEXT: LiteralString = "lower(u.attributes ->> {}) like any({}::text[])"
ATTRIBUTE_IS: LiteralString = "u.attributes @> any({}::text[]::jsonb[])"
ATTRIBUTE_NONE: LiteralString = "coalesce(u.attributes ->> {}, '') = ''"
ATTRIBUTE_NUMBER: LiteralString = (
    "(case when u.attributes ->> {0} ~ '^-?[0-9]{{1,15}}([.][0-9]{{1,9}})?$' then (u.attributes ->> {0})::numeric end)"
)
ATTRIBUTE_DAY: LiteralString = (
    """(case when u.attributes ->> {0} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' then u.attributes ->> {0} end collate "C")"""
)

# Free words, as the search keeps them of names and handles; the second place is any part of a handle.
WORDS: LiteralString = """
u.id in (select t.row_id from search_texts t where t.kind = 'customer' and (t.words @@ {}::tsquery or ({} <> '' and t.parts like {})))
"""
IN_NAME: LiteralString = "u.name like {}"
