-- Imports of customers many rows at a time: what a trigger or a foreign key did for each row is done once a statement, or not at all.
-- depends: 0051_promises_that_stand

-- Imports are never deleted, nor are agents; to look each of them up for every row again cost a quarter of an import.
alter table import_rows drop constraint import_rows_import_id_fkey;
alter table import_records drop constraint import_records_import_id_fkey;
alter table customer_changes drop constraint customer_changes_import_id_fkey, drop constraint customer_changes_agent_id_fkey;
alter table contact_ways drop constraint contact_ways_import_id_fkey;
alter table important_dates drop constraint important_dates_import_id_fkey;
alter table customer_notes drop constraint customer_notes_import_id_fkey;
alter table memberships drop constraint memberships_import_id_fkey;
alter table customer_refs drop constraint customer_refs_import_id_fkey;
comment on column customer_changes.import_id is 'an import: no foreign key, since imports are never deleted; so in every table that an import fills';
comment on column customer_changes.agent_id is 'an agent: no foreign key, since agents are never deleted';
drop index customer_changes_import;

-- The second row of a person is told from the first at the end of a look, over the whole file at once.
drop table import_keys;
comment on column import_records.customer_id is 'who the row is; of somebody new the number they will have, which is kept for them from the look on';
update import_records r set customer_id = nextval(pg_get_serial_sequence('customers', 'id'))
from imports i where i.id = r.import_id and i.state in ('looking', 'looked', 'running') and r.outcome = 'made' and r.customer_id is null;

create function search_fresh_customers() returns trigger language plpgsql as $$
begin
  insert into search_backlog (kind, row_id) select 'customer', id from fresh order by id
  on conflict (kind, row_id) do update set kind = excluded.kind;
  return null;
end $$;
create function search_customers_no_more() returns trigger language plpgsql as $$
begin
  delete from search_backlog b using stale s where b.kind = 'customer' and b.row_id = s.id;
  delete from search_texts t using stale s where t.kind = 'customer' and t.row_id = s.id;
  return null;
end $$;
drop trigger customers_searched on customers;
drop trigger customers_searched_no_more on customers;
create trigger customers_searched after insert on customers referencing new table as fresh
  for each statement execute function search_fresh_customers();
create trigger customers_searched_no_more after delete on customers referencing old table as stale
  for each statement execute function search_customers_no_more();

create function identify_fresh_ways() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id) select distinct customer_id from fresh where removed_at is null order by customer_id
  on conflict do nothing;
  return null;
end $$;
drop trigger contact_ways_identified on contact_ways;
create trigger contact_ways_identified after insert on contact_ways referencing new table as fresh
  for each statement execute function identify_fresh_ways();
create trigger contact_ways_identified_again after update of customer_id, normal, verified_at on contact_ways for each row
  when (new.removed_at is null) execute function identify_again();

create function count_facts_of_fresh() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id) select distinct customer_id from fresh order by customer_id;
  return null;
end $$;
create function count_facts_of_stale() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id) select distinct customer_id from stale order by customer_id;
  return null;
end $$;
drop trigger important_dates_facts_counted on important_dates;
drop trigger memberships_facts_counted on memberships;
create trigger important_dates_facts_counted after insert on important_dates referencing new table as fresh
  for each statement execute function count_facts_of_fresh();
create trigger important_dates_facts_counted_no_more after delete on important_dates referencing old table as stale
  for each statement execute function count_facts_of_stale();
create trigger important_dates_facts_counted_again after update of customer_id, kind, month, day on important_dates for each row
  execute function count_facts_again();
create trigger memberships_facts_counted after insert on memberships referencing new table as fresh
  for each statement execute function count_facts_of_fresh();
create trigger memberships_facts_counted_no_more after delete on memberships referencing old table as stale
  for each statement execute function count_facts_of_stale();
create trigger memberships_facts_counted_again after update of customer_id, until, renews_on on memberships for each row
  execute function count_facts_again();
