-- When a single negative post rings, as a setting of the desk: the newest row counts; without one, or where it says nothing, the environment does.
-- depends: 0059_news_for_syncs

create table alarm_thresholds (
  id bigint generated always as identity primary key,
  urgency smallint check (urgency between 0 and 101),
  followers bigint check (followers >= 0),
  cooldown_minutes integer check (cooldown_minutes >= 0),
  agent_id bigint not null references agents,
  created_at timestamptz not null,
  check (num_nulls(urgency, followers, cooldown_minutes) in (0, 3))
);
comment on column alarm_thresholds.urgency is 'rings from so many points on; 101: never by urgency; null, as the two beside it: as the environment says';
create trigger alarm_thresholds_audited after insert on alarm_thresholds
  for each row execute function audit_row('alarm_thresholds', '', 'urgency,followers,cooldown_minutes', '', '');
