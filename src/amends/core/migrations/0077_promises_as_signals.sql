-- A promise that is past its day is a signal of its customer.
-- depends: 0076_standings_of_policies

create trigger promises_facts_counted after insert or update of state, due_at, made_at on promises for each row
  execute function count_facts_of_case();
insert into customer_facts_backlog (customer_id)
select distinct c.customer_id from promises p join cases c on c.id = p.case_id where p.state in ('open', 'broken');
