-- Follow-ups that are all due at one moment are claimed in order without sorting all of them for each batch, and note their customers
-- a batch at a time.
-- depends: 0054_reports_told

create index follow_ups_due_in_order on follow_ups (due_at, id) where concluded_at is null;
drop index follow_ups_due;

create function count_facts_of_cases() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id)
  select distinct c.customer_id from fresh join cases c on c.id = fresh.case_id;
  return null;
end $$;
drop trigger follow_ups_facts_counted on follow_ups;
create trigger follow_ups_facts_counted_in after insert on follow_ups referencing new table as fresh
  for each statement execute function count_facts_of_cases();
create trigger follow_ups_facts_counted_again after update on follow_ups referencing new table as fresh
  for each statement execute function count_facts_of_cases();
