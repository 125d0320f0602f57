-- A case's due time follows its clocks once a statement, not once a clock: a batch of new cases was given three due times each, one by one.
-- depends: 0089_each_anniversary

create function keep_soonest_due_of(case_ids bigint[]) returns void language plpgsql as $$
begin
  perform from cases where id = any(case_ids) and status = 'open' order by id for no key update;
  update cases c set due_at = soonest.due_at
  from (
    select given.id, min(k.due_at) as due_at from unnest(case_ids) given(id)
    left join clocks k on k.case_id = given.id and k.stopped_at is null and k.voided_at is null and k.paused_at is null
    group by given.id
  ) soonest
  where c.id = soonest.id and c.status = 'open' and c.due_at is distinct from soonest.due_at;
end $$;

drop trigger clocks_due_kept on clocks;
drop function keep_soonest_due();

create function keep_soonest_due() returns trigger language plpgsql as $$
begin
  perform keep_soonest_due_of((select array_agg(distinct case_id) from changed));
  return null;
end $$;
create trigger clocks_due_of_new after insert on clocks referencing new table as changed
  for each statement execute function keep_soonest_due();
create trigger clocks_due_of_gone after delete on clocks referencing old table as changed
  for each statement execute function keep_soonest_due();

create function keep_soonest_due_again() returns trigger language plpgsql as $$
begin
  perform keep_soonest_due_of((
    select array_agg(distinct changed.case_id) from changed join former using (id)
    where (changed.due_at, changed.stopped_at, changed.voided_at, changed.paused_at)
      is distinct from (former.due_at, former.stopped_at, former.voided_at, former.paused_at)
  ));
  return null;
end $$;
create trigger clocks_due_of_changed after update on clocks referencing old table as former new table as changed
  for each statement execute function keep_soonest_due_again();
