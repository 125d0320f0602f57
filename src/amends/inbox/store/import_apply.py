"""SQL that does what `import_match` found: new customers, changed fields, what is added to them, and the history, many rows a statement."""

from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute
from amends.inbox.rules.import_mapping import ImportMapping
from amends.inbox.store.import_said import FIELDS
from amends.inbox.store.imports import Import

MAKE: LiteralString = """
insert into customers (id, name, created_at, pronoun, languages, zone, loyalty_number, preferences, concerns, tags, attributes, owner_id,
  do_not_contact_since)
overriding system value
select customer_id, called, %(now)s, coalesce(pronoun, ''), coalesce(languages, '{}'), coalesce(zone, ''), coalesce(loyalty_number, ''),
  coalesce(preferences, ''), coalesce(concerns, ''), coalesce(tags, '{}'), attributes, owner_id, case when do_not_contact then %(now)s end
from import_records
where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'made' order by number
"""
CHANGE: LiteralString = """
with ours as (
  select customer_id, changes from import_records
  where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'changed' and changes <> '{}'
), locked as (
  select id from customers where id in (select customer_id from ours) order by id for no key update
)
update customers c set
  name = coalesce(o.changes -> 'name' ->> 1, c.name),
  pronoun = coalesce(o.changes -> 'pronoun' ->> 1, c.pronoun),
  languages = case when o.changes ? 'languages'
    then array(select jsonb_array_elements_text(o.changes -> 'languages' -> 1)) else c.languages end,
  zone = coalesce(o.changes -> 'zone' ->> 1, c.zone),
  loyalty_number = coalesce(o.changes -> 'loyalty_number' ->> 1, c.loyalty_number),
  preferences = coalesce(o.changes -> 'preferences' ->> 1, c.preferences),
  concerns = coalesce(o.changes -> 'concerns' ->> 1, c.concerns),
  tags = case when o.changes ? 'tags' then array(select jsonb_array_elements_text(o.changes -> 'tags' -> 1)) else c.tags end,
  attributes = jsonb_strip_nulls(c.attributes || (
    select coalesce(jsonb_object_agg(substr(f.key, 12), f.value -> 1), '{}') from jsonb_each(o.changes) f
    where f.key like 'attributes.%%')),
  owner_id = case when o.changes ? 'owner_id' then (o.changes -> 'owner_id' ->> 1)::bigint else c.owner_id end,
  do_not_contact_since = case when o.changes ? 'do_not_contact' then %(now)s else c.do_not_contact_since end,
  changed_at = %(now)s, version = c.version + 1
from ours o, locked l where c.id = o.customer_id and l.id = c.id
"""
HISTORY: LiteralString = """
insert into customer_changes (customer_id, field, was, became, origin, origin_note, agent_id, at, import_id)
select r.customer_id, f.key, nullif(f.value -> 0, 'null'), nullif(f.value -> 1, 'null'), 'import', %(note)s, %(agent_id)s, %(now)s, %(id)s
from import_records r cross join lateral jsonb_each(r.changes) f
where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'changed'
  and f.key not in ('contact_ways', 'important_dates', 'notes', 'memberships', 'customer_refs')
"""
HISTORY_OF_NEW: LiteralString = (
    """
insert into customer_changes (customer_id, field, became, origin, origin_note, agent_id, at, import_id)
select r.customer_id, s.field, s.became, 'import', %(note)s, %(agent_id)s, %(now)s, %(id)s
from import_records r cross join lateral (
"""
    + FIELDS
    + """
) s
where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'made'
"""
)
WAYS: LiteralString = """
with added as (
  insert into contact_ways (customer_id, kind, value, normal, label, created_at, import_id)
  select r.customer_id, w.value ->> 0, w.value ->> 1, w.value ->> 2, w.value ->> 3, %(now)s, %(id)s
  from import_records r cross join lateral jsonb_array_elements(case r.outcome when 'made' then r.ways
    else r.changes -> 'contact_ways' -> 1 end) with ordinality w(value, place)
  where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome in ('made', 'changed')
  order by r.number, w.place
  returning id, customer_id, kind, value
)
insert into customer_changes (customer_id, field, became, origin, origin_note, agent_id, at, import_id)
select customer_id, 'contact_ways', jsonb_build_object('id', id, 'kind', kind, 'value', value), 'import', %(note)s, %(agent_id)s, %(now)s,
  %(id)s
from added
"""
DATES: LiteralString = """
with added as (
  insert into important_dates (customer_id, kind, month, day, year, name, created_at, import_id)
  select r.customer_id, w.value ->> 0, (w.value ->> 1)::smallint, (w.value ->> 2)::smallint, (w.value ->> 3)::smallint,
    coalesce(w.value ->> 4, ''), %(now)s, %(id)s
  from import_records r cross join lateral jsonb_array_elements(case r.outcome when 'made' then r.dates
    else r.changes -> 'important_dates' -> 1 end) w
  where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome in ('made', 'changed')
  returning id, customer_id, kind, name, month, day, year
)
insert into customer_changes (customer_id, field, became, origin, origin_note, agent_id, at, import_id)
select customer_id, 'important_dates', jsonb_build_object('id', id, 'kind', kind, 'name', name, 'month', month, 'day', day, 'year', year),
  'import', %(note)s, %(agent_id)s, %(now)s, %(id)s
from added
"""
NOTES: LiteralString = """
with added as (
  insert into customer_notes (customer_id, kind, text, agent_id, at, created_at, import_id)
  select r.customer_id, 'note', r.note, %(agent_id)s, %(now)s, %(now)s, %(id)s
  from import_records r
  where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.note is not null
    and (r.outcome = 'made' or r.outcome = 'changed' and r.changes ? 'notes')
  returning id, customer_id, kind
)
insert into customer_changes (customer_id, field, became, origin, origin_note, agent_id, at, import_id)
select customer_id, 'notes', jsonb_build_object('id', id, 'kind', kind), 'import', %(note)s, %(agent_id)s, %(now)s, %(id)s from added
"""
ORGANISATIONS: LiteralString = """
insert into organisations (name, kind, created_at, import_id)
select distinct on (lower(r.organisation)) r.organisation, 'company', %(now)s::timestamptz, %(id)s::bigint
from import_records r
where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.organisation is not null
  and (r.outcome = 'made' or r.outcome = 'changed' and r.changes ? 'memberships')
  and not exists (select from organisations o where lower(o.name) = lower(r.organisation) and o.archived_at is null)
order by lower(r.organisation), r.number
"""
MEMBERSHIPS: LiteralString = """
with joining as materialized (
  select customer_id, coalesce(role, '') as role, lower(organisation) as called from import_records
  where import_id = %(id)s and number > %(after)s and number <= %(upto)s and organisation is not null
    and (outcome = 'made' or outcome = 'changed' and changes ? 'memberships')
), known as materialized (
  select distinct on (lower(name)) lower(name) as called, id from organisations
  where lower(name) = any(array(select distinct called from joining)) and archived_at is null order by lower(name), id
), added as (
  insert into memberships (organisation_id, customer_id, role, created_at, import_id)
  select k.id, j.customer_id, j.role, %(now)s, %(id)s from joining j join known k on k.called = j.called
  returning id, organisation_id, customer_id, role
)
insert into customer_changes (customer_id, field, became, origin, origin_note, agent_id, at, import_id)
select a.customer_id, 'memberships', jsonb_build_object('id', a.id, 'organisation_id', a.organisation_id, 'name', o.name, 'role', a.role,
  'number', '', 'since', '', 'until', '', 'renews_on', ''), 'import', %(note)s, %(agent_id)s, %(now)s, %(id)s
from added a join organisations o on o.id = a.organisation_id
"""
REFERENCES: LiteralString = """
insert into customer_refs (system, external_id, customer_id, seen_at, import_id)
select case when r.reference is null then 'file ' || %(file)s else %(system)s end, coalesce(r.reference, r.number::text), r.customer_id,
  %(now)s, %(id)s
from import_records r
where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome in ('made', 'changed', 'same')
  and (r.changes ? 'customer_refs' or r.outcome = 'made' and (r.reference is not null or not exists (
    select from jsonb_array_elements(r.ways) w where w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s)))
on conflict (system, external_id) do nothing
"""
STEPS: tuple[LiteralString, ...] = (MAKE, CHANGE, HISTORY, HISTORY_OF_NEW, WAYS, DATES, NOTES, ORGANISATIONS, MEMBERSHIPS, REFERENCES)


def apply(  # noqa: PLR0913
    conn: Connection, one: Import, mapping: ImportMapping, *, after: int, upto: int, agent_id: int | None, now: datetime
) -> None:
    """Do what the rows behind `after`, up to `upto`, say; they were just matched."""
    given = {
        "id": one.id,
        "after": after,
        "upto": upto,
        "system": mapping.system,
        "file": one.digest,
        "email": mapping.match.by_email,
        "phone": mapping.match.by_phone,
        "note": one.name,
        "agent_id": agent_id,
        "now": now,
    }
    for step in STEPS:
        execute(conn, step, given)
