-- Alarms of rates: more complaints than a number, or than is the habit of this hour of the week. One alarm a surge, which grows and ends.
-- depends: 0041_sensitive_values

create table surge_rules (
  id bigint generated always as identity primary key,
  name text not null,
  kind text not null check (kind in ('rate', 'habit')),
  condition text not null,
  apart_by text not null check (apart_by in ('', 'source', 'network', 'brand', 'language', 'topic')),
  minutes integer not null check (minutes between 5 and 1440),
  least integer not null check (least between 1 and 100000),
  one_in integer not null default 10000 check (one_in between 10 and 100000000),
  severity text not null check (severity in ('high', 'critical')),
  escalate_minutes integer check (escalate_minutes between 1 and 1440),
  active boolean not null default true,
  agent_id bigint references agents,
  created_at timestamptz not null,
  looked_at timestamptz,
  trouble text not null default '',
  deleted_at timestamptz
);
comment on column surge_rules.least is 'a rate: from so many cases on; against a habit: fewer are never a surge';
comment on column surge_rules.trouble is 'why the last look could not count';
comment on column surge_rules.one_in is 'against a habit: what happens by chance no more often than once in so many looks is a surge';
create trigger surge_rules_audited
  after insert or delete or update of name, kind, condition, apart_by, minutes, least, one_in, severity, escalate_minutes, active, deleted_at
  on surge_rules for each row
  execute function audit_row('surge_rule', 'name',
    'name,kind,condition,apart_by,minutes,least,one_in,severity,escalate_minutes,active,deleted_at', '');

alter table alerts
  add column surge_rule_id bigint references surge_rules,
  add column n integer,
  add column most integer,
  add column expected real,
  add column calm_since timestamptz,
  add column escalations integer not null default 0,
  add column dismissed_at timestamptz,
  drop constraint alerts_about,
  add constraint alerts_about check (
    (case_id is not null and post_id is not null and source_id is null and key is null and since is null and surge_rule_id is null)
    or (case_id is null and post_id is null and key is not null and since is not null and num_nonnulls(source_id, surge_rule_id) = 1)
  );
comment on column alerts.most is 'of a surge: how many cases its window held at its highest';
comment on column alerts.calm_since is 'of a surge: since when it looks over; it ends when that lasts';
create unique index alerts_surge_open on alerts (surge_rule_id, key) where surge_rule_id is not null and ended_at is null;
create index alerts_surge on alerts (surge_rule_id, raised_at desc) where surge_rule_id is not null;
create index alerts_unacknowledged on alerts (raised_at) where surge_rule_id is not null and ended_at is null and acknowledged_at is null;

-- A surge that nobody acknowledged is told again: one more delivery for each channel and time.
alter table alert_deliveries add column again integer not null default 0;
alter table alert_deliveries drop constraint alert_deliveries_alert_id_channel_id_key;
create unique index alert_deliveries_once on alert_deliveries (alert_id, channel_id, again);
