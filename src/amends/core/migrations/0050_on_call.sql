-- Who is told of an alarm, and when: routes, quiet hours, digests, rotas of who is on call, escalation; and whether alarms were right.
-- depends: 0049_reports

-- A channel of somebody's own is where they are reached while they are on call.
alter table alert_channels add column agent_id bigint references agents on delete cascade;
comment on column alert_channels.agent_id is 'whose own address it is; null: one of the house';
create index alert_channels_agent on alert_channels (agent_id) where agent_id is not null;

create table rotas (
  id bigint generated always as identity primary key,
  name text not null,
  zone text not null,
  turn text not null check (turn in ('day', 'week')),
  minute smallint not null check (minute between 0 and 1439),
  begins_on date not null,
  layers jsonb not null default '[]',
  created_at timestamptz not null,
  deleted_at timestamptz
);
comment on column rotas.minute is 'when a turn begins, in minutes from midnight by the clock on the wall of the zone';
comment on column rotas.begins_on is 'the day of the first turn; turns of a week begin on its weekday';
comment on column rotas.layers is 'the people of each line in the order of their turns, as ids of agents: [[1, 2], [3]]; no foreign key, since people stay';
create unique index rotas_name on rotas (lower(name)) where deleted_at is null;
create trigger rotas_audited after insert or delete or update of name, zone, turn, minute, begins_on, layers, deleted_at on rotas for each row
  execute function audit_row('rota', 'name', 'name,zone,turn,minute,begins_on,layers,deleted_at', '');

create table rota_swaps (
  id bigint generated always as identity primary key,
  rota_id bigint not null references rotas on delete cascade,
  layer smallint not null check (layer between 1 and 5),
  agent_id bigint not null references agents on delete cascade,
  begins timestamptz not null,
  ends timestamptz not null check (ends > begins),
  by_agent_id bigint references agents on delete set null,
  created_at timestamptz not null,
  deleted_at timestamptz
);
create index rota_swaps_rota on rota_swaps (rota_id, ends);
create trigger rota_swaps_audited after insert or delete or update of agent_id, layer, begins, ends, deleted_at on rota_swaps for each row
  execute function audit_row('rota_swap', 'rota_id', 'rota_id,layer,agent_id,begins,ends,deleted_at', '');

-- Times that nobody is on call for, each told once.
create table rota_gaps (
  rota_id bigint not null references rotas on delete cascade,
  ends timestamptz not null,
  told_at timestamptz not null,
  primary key (rota_id, ends)
);

create table alert_routes (
  id bigint generated always as identity primary key,
  name text not null,
  position integer not null,
  severity text not null check (severity in ('high', 'critical')),
  about text[] not null default '{}',
  condition text not null default '',
  channel_ids bigint[] not null default '{}',
  rota_id bigint references rotas,
  escalate_minutes integer not null default 10 check (escalate_minutes between 1 and 1440),
  way text not null default 'now' check (way in ('now', 'hourly', 'daily')),
  digest_minute smallint not null default 540 check (digest_minute between 0 and 1439),
  zone text not null default 'UTC',
  quiet jsonb not null default '[]',
  critical_breaks boolean not null default true,
  most integer default 30 check (most between 1 and 100000),
  tells_end boolean not null default true,
  active boolean not null default true,
  trouble text not null default '',
  agent_id bigint references agents,
  created_at timestamptz not null,
  deleted_at timestamptz
);
comment on column alert_routes.severity is 'the least that it takes';
comment on column alert_routes.about is 'case, source, surge; empty: whatever it is about';
comment on column alert_routes.most is 'how many alarms a channel is told one by one within ten minutes; the rest comes as one digest';
create trigger alert_routes_audited
  after insert or delete or update of name, position, severity, about, condition, channel_ids, rota_id, escalate_minutes, way, digest_minute,
    zone, quiet, critical_breaks, most, tells_end, active, deleted_at on alert_routes for each row
  execute function audit_row('alert_route', 'name',
    'name,position,severity,about,condition,channel_ids,rota_id,escalate_minutes,way,digest_minute,zone,quiet,critical_breaks,most,tells_end,active,deleted_at', '');

alter table alerts
  add column routed_at timestamptz,
  add column route_id bigint references alert_routes,
  add column called integer not null default 0,
  add column call_at timestamptz,
  add column end_told_at timestamptz,
  add column source_ids bigint[],
  add column team_ids bigint[];
comment on column alerts.routed_at is 'when it was given its deliveries; null: that is undone';
comment on column alerts.called is 'how often somebody on call was called: 1 the first in line, then the next, at last everybody';
comment on column alerts.call_at is 'when the next in line is called, unless somebody sees to it before';
comment on column alerts.end_told_at is 'when it was told that it is over, or that nobody needs to be told';
comment on column alerts.source_ids is 'of a surge: the sources of the cases that it counted';
comment on column alerts.team_ids is 'of a surge: the teams of the cases that it counted, 0 for none';
update alerts set routed_at = raised_at;
update alerts a set ended_at = greatest(a.raised_at, coalesce(c.resolved_at, a.raised_at))
  from cases c where c.id = a.case_id and c.status in ('resolved', 'dismissed');
update alerts set end_told_at = ended_at where ended_at is not null;
create index alerts_unrouted on alerts (id) where routed_at is null;
create index alerts_call on alerts (call_at) where call_at is not null;
create index alerts_end_untold on alerts (id) where ended_at is not null and end_told_at is null;
create index alerts_case_open on alerts (case_id) where case_id is not null and ended_at is null;
create index alerts_newest on alerts (raised_at desc, id desc);

-- What is told later and together: one digest a channel and moment.
create table alert_digests (
  id bigint generated always as identity primary key,
  channel_id bigint not null references alert_channels on delete cascade,
  due_at timestamptz not null,
  closed_at timestamptz,
  unique (channel_id, due_at)
);
comment on column alert_digests.closed_at is 'when it was first put into words; what comes later waits for the next';
create table alert_digest_items (
  digest_id bigint not null references alert_digests on delete cascade,
  alert_id bigint not null references alerts on delete cascade,
  why text not null check (why in ('digest', 'quiet', 'flood')),
  primary key (digest_id, alert_id)
);
create index alert_digest_items_alert on alert_digest_items (alert_id);

alter table alert_deliveries
  alter column alert_id drop not null,
  add column digest_id bigint unique references alert_digests on delete cascade,
  add column queued_at timestamptz not null default now(),
  drop constraint alert_deliveries_state_check,
  add constraint alert_deliveries_state_check check (state in ('queued', 'delivered', 'failed', 'settled')),
  add constraint alert_deliveries_of check (num_nonnulls(alert_id, digest_id) = 1);
comment on column alert_deliveries.state is 'settled: somebody saw to the alarm before it was told here';
comment on column alert_deliveries.again is '0: raised; 1, 2 …: told again; -1: told that it is over';
create index alert_deliveries_channel on alert_deliveries (channel_id, queued_at);

-- Posts that raised no alarm although they should have, as somebody here says.
create table missed_alarms (
  post_id bigint primary key references posts on delete cascade,
  case_id bigint not null references cases on delete cascade,
  agent_id bigint references agents on delete set null,
  at timestamptz not null
);
create index missed_alarms_case on missed_alarms (case_id);
create index missed_alarms_at on missed_alarms (at);

create function queue_calls_for_notifications() returns trigger language plpgsql as $$
begin
  insert into notification_queue (event_id)
  select id from fresh where kind in ('on_call_called', 'rota_gap_found')
  on conflict do nothing;
  return null;
end $$;
create trigger events_told_of_calls after insert on events referencing new table as fresh for each statement
  execute function queue_calls_for_notifications();
