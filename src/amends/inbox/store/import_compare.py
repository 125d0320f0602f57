"""SQL of who the rows of an import are, and what would change of them; `import_match` asks it of rows just read and of rows kept.

A person is known by their number in the named system or by the one that a file of ours gave them (`ours`), else (as the mapping says) by
e-mail, else by phone; a row with none of these by its place in the very same file. Who has another number in that system already is
somebody else, whatever their address; where numbers do not count, they keep the one they have.
"""

from typing import LiteralString

_ROWS_READ: LiteralString = """
  select * from jsonb_to_recordset(%(rows)s) as given(number integer, called text, name text, pronoun text, languages text[], zone text,
    loyalty_number text, preferences text, concerns text, tags text[], owner_id bigint, do_not_contact boolean, reference text,
    organisation text, role text, note text, attributes jsonb, ways jsonb, dates jsonb)
"""
_ROWS_KEPT: LiteralString = """
  select * from import_records i
  where import_id = %(id)s and number > %(after)s and number <= %(upto)s and (outcome in ('changed', 'same') or outcome = 'made' and (
    exists (
      select from customer_refs x where x.system = case when i.reference is null then 'file ' || %(file)s else %(system)s end
        and x.external_id = coalesce(i.reference, i.number::text) and (i.reference is null or %(reference)s))
    or exists (
      select from jsonb_array_elements(i.ways) w
      join contact_ways x on x.kind = w.value ->> 0 and x.normal = w.value ->> 2 and x.removed_at is null
      where w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s)))
"""
_WHO: LiteralString = """
select r.*, coalesce(b.customer_id, w.customer_id) as found_id, coalesce(b.erased, false) as erased,
  b.customer_id is null and coalesce(w.n, 0) > 1 as several from (
"""
_BY: LiteralString = """
) r
left join lateral (
  select coalesce(c.merged_into, c.id) as customer_id, c.erased_at is not null as erased
  from (
    select x.customer_id from customer_refs x
    where x.system = case when r.reference is null then 'file ' || %(file)s else %(system)s end
      and x.external_id = coalesce(r.reference, r.number::text) and (r.reference is null or %(reference)s)
    union all
    select customer_root(substring(r.reference from %(ours)s)::bigint) where r.reference ~ %(ours)s and %(reference)s
  ) x join customers c on c.id = x.customer_id limit 1
) b on true
left join lateral (
  select min(x.customer_id) as customer_id, count(distinct x.customer_id) as n from (
    select x.customer_id, w.value ->> 0 as kind, min(w.value ->> 0) over () as best
    from jsonb_array_elements(r.ways) w
    join contact_ways x on x.kind = w.value ->> 0 and x.normal = w.value ->> 2 and x.removed_at is null
    join customers c on c.id = x.customer_id and c.merged_into is null and c.erased_at is null
    where b.customer_id is null and (w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s)
      and not (r.reference is not null and %(reference)s
        and %(system)s = any(array(select o.system from customer_refs o where o.customer_id = x.customer_id)))
  ) x where x.kind = x.best
) w on true
"""
_DIFFERING: LiteralString = """
left join customers c on c.id = r.found_id
cross join lateral (
  select case when r.found_id is null then '{}' else (
    select coalesce(jsonb_object_agg(v.field, jsonb_build_array(v.was, v.became)), '{}') from (
      select 'name' as field, to_jsonb(c.name) as was, to_jsonb(r.name) as became where r.name <> c.name
      union all select 'pronoun', to_jsonb(c.pronoun), to_jsonb(r.pronoun) where r.pronoun <> c.pronoun
      union all select 'languages', to_jsonb(c.languages), to_jsonb(r.languages) where r.languages <> c.languages
      union all select 'zone', to_jsonb(c.zone), to_jsonb(r.zone) where r.zone <> c.zone
      union all select 'loyalty_number', to_jsonb(c.loyalty_number), to_jsonb(r.loyalty_number) where r.loyalty_number <> c.loyalty_number
      union all select 'preferences', to_jsonb(c.preferences), to_jsonb(r.preferences) where r.preferences <> c.preferences
      union all select 'concerns', to_jsonb(c.concerns), to_jsonb(r.concerns) where r.concerns <> c.concerns
      union all select 'tags', to_jsonb(c.tags), to_jsonb(c.tags || array(select t from unnest(r.tags) t where t <> all (c.tags)))
        where not r.tags <@ c.tags
      union all select 'owner_id', to_jsonb(c.owner_id), to_jsonb(r.owner_id) where r.owner_id <> coalesce(c.owner_id, 0)
      union all select 'do_not_contact', to_jsonb(false), to_jsonb(true)
        where r.do_not_contact and c.do_not_contact_since is null
      union all
      select 'attributes.' || a.key, c.attributes -> a.key, a.value from jsonb_each(r.attributes) a
      where r.attributes <> '{}' and a.value is distinct from c.attributes -> a.key
      union all
      select 'contact_ways', null, jsonb_agg(w.value order by w.place)
      from jsonb_array_elements(r.ways) with ordinality w(value, place)
      where not exists (select from contact_ways x where x.customer_id = r.found_id
        and x.kind = w.value ->> 0 and x.normal = w.value ->> 2 and x.removed_at is null offset 0)
      having count(*) > 0
      union all
      select 'important_dates', null, jsonb_agg(w.value) from jsonb_array_elements(r.dates) w
      where not exists (select from important_dates x where x.customer_id = r.found_id and x.kind = w.value ->> 0
        and (x.kind = 'birthday' or x.month = (w.value ->> 1)::int and x.day = (w.value ->> 2)::int)
        and (x.kind <> 'other' or lower(x.name) = lower(w.value ->> 4)) offset 0)
      having count(*) > 0
      union all
      select 'memberships', null, to_jsonb(r.organisation) where r.organisation is not null and not exists (
        select from memberships m join organisations o on o.id = m.organisation_id
        where m.customer_id = r.found_id and lower(o.name) = lower(r.organisation))
      union all
      select 'notes', null, to_jsonb(r.note) where r.note is not null and not exists (
        select from customer_notes n where n.customer_id = r.found_id and n.text = r.note and n.removed_at is null)
      union all
      select 'customer_refs', null, to_jsonb(r.reference)
      where r.reference !~ %(ours)s
        and not exists (select from customer_refs x where x.system = %(system)s and x.external_id = r.reference)
        and %(system)s <> all (array(select o.system from customer_refs o where o.customer_id = r.found_id))
    ) v
    where not %(fill)s or v.was is null or v.was in ('""', '[]', 'null', 'false') or v.field = 'tags'
  ) end as changes offset 0
) d
"""
"""What changes of somebody who is there; of who is new all that the row says is, which `import_said` reads from it."""


def _compared(rows: LiteralString) -> LiteralString:
    became: LiteralString = """
      select r.*, d.changes as differing, case when r.erased then 'erased' when r.several then 'several' else '' end as why,
        case when r.erased or r.several then 'refused' when r.found_id is null then 'made' when d.changes = '{}' then 'same'
          else 'changed' end as became
      from (
    """
    return became + _WHO + rows + _BY + ") r " + _DIFFERING


READ: LiteralString = _compared(_ROWS_READ)
"""Rows that were just read (`rows`), each with `found_id` (who it is), `differing` (what would change), `became` and `why`."""

KEPT: LiteralString = _compared(_ROWS_KEPT)
"""Rows of the dry run that are to be compared anew: who was new then still is, unless somebody is known by the same since."""
