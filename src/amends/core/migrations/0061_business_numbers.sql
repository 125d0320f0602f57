-- The numbers have business time beside the clock on the wall, by the calendar of the policy or else of the desk, and what passed from
-- triaged to answered.
-- depends: 0060_alarm_thresholds

alter table number_settings add column calendar_id bigint references calendars;
comment on column number_settings.calendar_id is 'by which business time is counted where no policy names a calendar; null: not at all';
drop trigger number_settings_audited on number_settings;
create trigger number_settings_audited after update on number_settings for each row
  execute function audit_row('number_settings', '', 'compare_agents,shows_answer_times,calendar_id', '');

alter table clocks add column whole_business_seconds bigint;
comment on column clocks.whole_business_seconds is 'from start to stop by the calendar, waiting for the customer counted';

alter table episode_facts
  add column handled integer,
  add column first_business integer,
  add column next_business integer,
  add column ending_business integer,
  add column first_calendar integer,
  add column ending_calendar integer;
comment on column episode_facts.handled is 'whole seconds from triaged to answered; null: not answered';
comment on column episode_facts.first_business is 'the first answer took so many whole seconds of business time; null: not answered, or no calendar';
comment on column episode_facts.next_business is 'the longest later answer, in business time; -2: one is waited for now; null: none was called for, or no calendar';
comment on column episode_facts.ending_business is 'from published to resolved in business time; null: not resolved, or no calendar';
comment on column episode_facts.first_calendar is 'the version of the calendar that counts for the first answer; null: none does';
comment on column episode_facts.ending_calendar is 'the version of the calendar that counts for the resolution; null: none does';

-- All facts are counted anew, and all clocks that were stopped before today measured.
delete from fact_slices;
insert into stale_slices (axis, begins)
select distinct d.axis, d.begins from episode_facts f, lateral slices_of_facts(f.published_at, f.resolved_at) d;
insert into touched_cases (case_id) select id from cases;
insert into jobs (kind, why, facts, created_at, next_at) select 'measure', 'business time in the numbers', '{}', now(), now()
where exists (select from clocks where calendar_version_id is not null);
