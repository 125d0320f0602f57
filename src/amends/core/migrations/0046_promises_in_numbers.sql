-- What clocks and surveys say of an episode joins the facts of the numbers.
-- depends: 0042_surges

alter table episode_facts
  add column promise text check (promise in ('kept', 'broken')),
  add column next_answer integer,
  add column csat smallint;
comment on column episode_facts.promise is 'broken: a clock of the episode ran out; kept: all that were due were stopped in time; null: none, or not decided';
comment on column episode_facts.next_answer is 'the longest later answer took so many whole seconds; -2: one is waited for now; null: none was called for';
comment on column episode_facts.csat is 'what the customer gave us, 1 to 5';

create trigger clocks_touch_in after insert on clocks referencing new table as fresh for each statement execute function touch_cases();
create trigger clocks_touch_again after update on clocks referencing new table as fresh for each statement execute function touch_cases();
create trigger clocks_touch_out after delete on clocks referencing old table as fresh for each statement execute function touch_cases();
create trigger surveys_touch_again after update on surveys referencing new table as fresh for each statement execute function touch_cases();
create trigger surveys_touch_out after delete on surveys referencing old table as fresh for each statement execute function touch_cases();

delete from fact_slices;
insert into stale_slices (axis, begins)
select distinct d.axis, d.begins from episode_facts f, lateral slices_of_facts(f.published_at, f.resolved_at) d;
insert into touched_cases (case_id) select id from cases;
