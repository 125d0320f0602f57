-- A follow-up that is due knows whose its case is, so that it is counted by the index alone, also for somebody who sees some teams only.
-- depends: 0084_words_of_customers

alter table follow_ups add column team_id bigint, add column source_id bigint;
comment on column follow_ups.team_id is 'the team of its case while it is not concluded; kept by triggers';
comment on column follow_ups.source_id is 'the source of its case while it is not concluded; kept by triggers';
update follow_ups f set team_id = c.team_id, source_id = c.source_id from cases c where c.id = f.case_id and f.concluded_at is null;

create function follow_up_sighted() returns trigger language plpgsql as $$
begin
  select c.team_id, c.source_id into new.team_id, new.source_id from cases c where c.id = new.case_id;
  return new;
end $$;
create trigger follow_up_sighted before insert or update of concluded_at on follow_ups
  for each row when (new.concluded_at is null) execute function follow_up_sighted();

create function case_moved_follow_ups() returns trigger language plpgsql as $$
begin
  update follow_ups set team_id = new.team_id, source_id = new.source_id where case_id = new.id and concluded_at is null;
  return null;
end $$;
create trigger case_moved_follow_ups after update of team_id, source_id on cases
  for each row when ((old.team_id, old.source_id) is distinct from (new.team_id, new.source_id)) execute function case_moved_follow_ups();

create index follow_ups_due_sighted on follow_ups (due_at, id) include (case_id, team_id, source_id) where concluded_at is null;
drop index follow_ups_due_in_order;
alter index follow_ups_due_sighted rename to follow_ups_due_in_order;
