"""SQL that takes an import back, many rows a statement.

What it made goes unless it was used since; what it changed is as it was before unless somebody changed it since.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all
from amends.inbox.rules.ids import CustomerId
from amends.inbox.store.import_apply import CHANGE, HISTORY
from amends.inbox.store.imports import Import

HOLD: tuple[LiteralString, ...] = (
    """
    select from customers where id = any(array(
      select customer_id from import_records
      where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'made' and undone = ''))
    order by id for update
    """,
    """
    select from customers where id = any(array(
      select customer_id from import_records
      where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'changed' and undone = ''))
    order by id for no key update
    """,
)
"""Nobody changes these meanwhile: what is found unused or unchanged stays so until it goes."""

MARK_USED: LiteralString = """
with made as materialized (
  select customer_id as id from import_records
  where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'made' and undone = ''
), used as (
  select referred_to('customers', (select array_agg(id) from made), array['contact_ways', 'important_dates', 'customer_notes',
    'memberships', 'customer_refs', 'customer_changes', 'openings', 'match_suggestions']) as id
  union select one_id from match_suggestions where one_id in (select id from made) and state <> 'open'
  union select other_id from match_suggestions where other_id in (select id from made) and state <> 'open'
  union select id from customers c where id in (select id from made) and version > 1
  union select customer_id from contact_ways where customer_id in (select id from made)
    and (import_id is distinct from %(id)s or verified_at is not null or removed_at is not null)
  union select customer_id from important_dates where customer_id in (select id from made) and import_id is distinct from %(id)s
  union select customer_id from customer_notes where customer_id in (select id from made) and import_id is distinct from %(id)s
  union select customer_id from memberships where customer_id in (select id from made) and import_id is distinct from %(id)s
  union select customer_id from customer_refs where customer_id in (select id from made) and import_id <> %(id)s
  union select customer_id from customer_changes where customer_id in (select id from made) and import_id is distinct from %(id)s
)
update import_records r set undone = case when r.customer_id in (select id from used) then 'kept' else 'gone' end,
  reason = case when r.customer_id in (select id from used) then 'used' else '' end
where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'made' and r.undone = ''
"""
GONE: LiteralString = """
select customer_id from import_records
where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'made' and undone = 'gone'
"""
# A number that came by no import was given by a sync that told of them; what it holds of them is taken back there too.
TELL_GONE: LiteralString = (
    """
insert into sync_news (sync_id, kind, external_id, at)
select s.id, 'erased', f.external_id, %(now)s from customer_refs f join syncs s on s.system = f.system
where f.import_id is null and f.customer_id in ("""
    + GONE
    + ") order by f.id"
)
DROP: tuple[LiteralString, ...] = (
    "delete from openings where customer_id in (" + GONE + ")",
    "delete from match_suggestions where one_id in (" + GONE + ")",
    "delete from match_suggestions where other_id in (" + GONE + ")",
    "delete from customer_changes where customer_id in (" + GONE + ")",
    "delete from contact_ways where customer_id in (" + GONE + ")",
    "delete from important_dates where customer_id in (" + GONE + ")",
    "delete from customer_notes where customer_id in (" + GONE + ")",
    "delete from memberships where customer_id in (" + GONE + ")",
    TELL_GONE,
    "delete from customer_refs where customer_id in (" + GONE + ")",
    "delete from identity_backlog where customer_id in (" + GONE + ")",
    "delete from customers where id in (" + GONE + ")",
)
TURN_ROUND: LiteralString = """
with ours as materialized (
  select number, customer_id, changes from import_records
  where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome = 'changed' and undone = ''
), turned as (
  select o.number, coalesce(jsonb_object_agg(f.key, jsonb_build_array(f.value -> 1, f.value -> 0)) filter (
      where f.key in ('contact_ways', 'important_dates', 'notes', 'memberships', 'customer_refs')
         or coalesce(customer_field(c, f.key), 'null') = coalesce(f.value -> 1, 'null')), '{}') as back,
    count(*) filter (where f.key not in ('contact_ways', 'important_dates', 'notes', 'memberships', 'customer_refs')
         and coalesce(customer_field(c, f.key), 'null') <> coalesce(f.value -> 1, 'null')) as left_alone,
    string_agg(f.key, ', ') filter (where f.key not in ('contact_ways', 'important_dates', 'notes', 'memberships', 'customer_refs')
         and coalesce(customer_field(c, f.key), 'null') <> coalesce(f.value -> 1, 'null')) as fields
  from ours o join customers c on c.id = o.customer_id and c.erased_at is null and c.merged_into is null
  cross join lateral jsonb_each(o.changes) f
  group by o.number
)
update import_records r set changes = coalesce(t.back, '{}'),
  undone = case when t.number is null or t.left_alone > 0 then 'kept' else 'back' end,
  reason = case when t.number is null then 'used' when t.left_alone > 0 then 'changed since' else '' end, detail = coalesce(t.fields, '')
from ours o left join turned t on t.number = o.number
where r.import_id = %(id)s and r.number = o.number
"""
_WAYS: LiteralString = """
with ours as materialized (
  select w.id, w.customer_id, w.kind, w.value, w.verified_at is not null or w.removed_at is not null as touched
  from contact_ways w join import_records r on r.import_id = %(id)s and r.customer_id = w.customer_id
  where w.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'changed'
), used as (
  select referred_to('contact_ways', (select array_agg(id) from ours), '{}') as id union select id from ours where touched
), marked as (
  update import_records r set undone = 'kept', reason = 'changed since', detail = concat_ws(', ', nullif(r.detail, ''), 'contact_ways')
  where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'changed'
    and r.customer_id in (select customer_id from ours where id in (select id from used))
), gone as (
  delete from contact_ways where id in (select id from ours) and id not in (select id from used)
  returning id, customer_id, kind, value
), lost as (
  insert into identity_backlog (customer_id) select distinct customer_id from gone order by customer_id on conflict do nothing
)
insert into customer_changes (customer_id, field, was, origin, origin_note, agent_id, at, import_id)
select customer_id, 'contact_ways', jsonb_build_object('id', id, 'kind', kind, 'value', value), 'import', %(note)s, %(agent_id)s, %(now)s,
  %(id)s
from gone
"""
_DATES: LiteralString = """
with gone as (
  delete from important_dates d using import_records r
  where d.import_id = %(id)s and r.import_id = %(id)s and r.customer_id = d.customer_id and r.number > %(after)s and r.number <= %(upto)s
    and r.outcome = 'changed'
  returning d.id, d.customer_id, d.kind, d.name, d.month, d.day, d.year
)
insert into customer_changes (customer_id, field, was, origin, origin_note, agent_id, at, import_id)
select customer_id, 'important_dates', jsonb_build_object('id', id, 'kind', kind, 'name', name, 'month', month, 'day', day, 'year', year),
  'import', %(note)s, %(agent_id)s, %(now)s, %(id)s
from gone
"""
_NOTES: LiteralString = """
with gone as (
  delete from customer_notes n using import_records r
  where n.import_id = %(id)s and r.import_id = %(id)s and r.customer_id = n.customer_id and r.number > %(after)s and r.number <= %(upto)s
    and r.outcome = 'changed' and not n.pinned
  returning n.id, n.customer_id, n.kind
)
insert into customer_changes (customer_id, field, was, origin, origin_note, agent_id, at, import_id)
select customer_id, 'notes', jsonb_build_object('id', id, 'kind', kind), 'import', %(note)s, %(agent_id)s, %(now)s, %(id)s from gone
"""
_MEMBERSHIPS: LiteralString = """
with gone as (
  delete from memberships m using import_records r
  where m.import_id = %(id)s and r.import_id = %(id)s and r.customer_id = m.customer_id and r.number > %(after)s and r.number <= %(upto)s
    and r.outcome = 'changed'
  returning m.id, m.customer_id, m.organisation_id, m.role
)
insert into customer_changes (customer_id, field, was, origin, origin_note, agent_id, at, import_id)
select customer_id, 'memberships', jsonb_build_object('id', id, 'organisation_id', organisation_id, 'role', role), 'import', %(note)s,
  %(agent_id)s, %(now)s, %(id)s
from gone
"""
_REFERENCES: LiteralString = """
with gone as (
  delete from customer_refs f using import_records r
  where f.import_id = %(id)s and r.import_id = %(id)s and r.customer_id = f.customer_id and r.number > %(after)s and r.number <= %(upto)s
    and r.outcome in ('changed', 'same')
  returning f.id, f.system, f.external_id, f.part_of
), parted as (
  update customer_refs f set part_of = null from gone g
  where f.system = g.system and f.part_of = g.external_id and f.id not in (select id from gone)
  returning f.id, f.customer_id, f.system, f.external_id, g.external_id as other_id
), told as (
  insert into sync_news (sync_id, kind, external_id, other_id, at)
  select s.id, 'unmerged', p.external_id, p.other_id, %(now)s
  from (
    select id, system, external_id, other_id from parted
    union all select id, system, external_id, part_of from gone where part_of is not null
  ) p join syncs s on s.system = p.system order by p.id
)
select id, customer_id from parted order by id
"""
_ORGANISATIONS: LiteralString = """
with ours as materialized (select id from organisations where import_id = %(id)s)
delete from organisations where id in (select id from ours)
  and id not in (select referred_to('organisations', (select array_agg(id) from ours), '{}'))
"""
STEPS: tuple[LiteralString, ...] = (
    *HOLD,
    MARK_USED,
    *DROP,
    TURN_ROUND,
    CHANGE,
    HISTORY,
    _WAYS,
    _DATES,
    _NOTES,
    _MEMBERSHIPS,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """A number that had become part of one of the import's, and stands for itself again."""

    id: int
    customer_id: CustomerId


def take_back(conn: Connection, one: Import, *, after: int, upto: int, agent_id: int | None, now: datetime) -> list[Parted]:
    """Take back what the rows behind `after`, up to `upto`, did, and return which numbers stand again by that."""
    given = {"id": one.id, "after": after, "upto": upto, "note": f"↶ {one.name}", "agent_id": agent_id, "now": now}
    for step in STEPS:
        execute(conn, step, given)
    return fetch_all(conn, Parted, _REFERENCES, given)


def drop_organisations(conn: Connection, one: Import) -> int:
    """Remove the organisations that the import made and that nobody uses, and return how many that were."""
    return execute(conn, _ORGANISATIONS, {"id": one.id})
