-- What purchases change in a customer's figures, and in who may be the same person, is kept once a statement: a merge of hundreds of them,
-- or a batch of a shop's, kept it for each of them, the one who goes and the one who stays.
-- depends: 0090_due_a_statement

drop trigger purchases_facts_counted on purchases;
drop trigger purchases_identified on purchases;

create trigger purchases_facts_counted after insert on purchases referencing new table as fresh
  for each statement execute function count_facts_of_fresh();
create trigger purchases_facts_counted_no_more after delete on purchases referencing old table as stale
  for each statement execute function count_facts_of_stale();

create function count_facts_of_changed_purchases() returns trigger language plpgsql as $$
begin
  insert into customer_facts_backlog (customer_id)
  select distinct owner.id from fresh join stale using (id) cross join lateral unnest(array[fresh.customer_id, stale.customer_id]) owner(id)
  where (fresh.customer_id, fresh.kind, fresh.renews_on, fresh.ended_at)
    is distinct from (stale.customer_id, stale.kind, stale.renews_on, stale.ended_at)
  order by owner.id;
  return null;
end $$;
create trigger purchases_facts_counted_again after update on purchases referencing old table as stale new table as fresh
  for each statement execute function count_facts_of_changed_purchases();

create function identify_fresh_purchases() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id) select distinct customer_id from fresh where order_number <> '' order by customer_id
  on conflict do nothing;
  return null;
end $$;
create trigger purchases_identified after insert on purchases referencing new table as fresh
  for each statement execute function identify_fresh_purchases();

create function identify_changed_purchases() returns trigger language plpgsql as $$
begin
  insert into identity_backlog (customer_id)
  select distinct fresh.customer_id from fresh join stale using (id)
  where fresh.order_number <> '' and (fresh.customer_id, fresh.order_number) is distinct from (stale.customer_id, stale.order_number)
  order by fresh.customer_id
  on conflict do nothing;
  return null;
end $$;
create trigger purchases_identified_again after update on purchases referencing old table as stale new table as fresh
  for each statement execute function identify_changed_purchases();
