-- Promises and clocks: calendars, policies by filter, a row for each clock of an episode, and what we promised in replies.
-- depends: 0034_exchange

create table calendars (
  id bigint generated always as identity primary key,
  name text not null,
  created_at timestamptz not null,
  deleted_at timestamptz
);
create unique index calendars_name on calendars (lower(name)) where deleted_at is null;

-- Never changed: another week or another day off is the next version, and clocks that run keep theirs.
create table calendar_versions (
  id bigint generated always as identity primary key,
  calendar_id bigint not null references calendars on delete cascade,
  number integer not null,
  zone text not null,
  hours jsonb not null,
  regions text[] not null default '{}',
  days_off date[] not null default '{}',
  agent_id bigint references agents,
  created_at timestamptz not null,
  unique (calendar_id, number)
);
comment on column calendar_versions.hours is 'spans of the week as [weekday from 0, first minute, last minute] in the zone';
comment on column calendar_versions.regions is 'whose public holidays are days off: DE, DE-BY';

create table sla_policies (
  id bigint generated always as identity primary key,
  position integer not null,
  created_at timestamptz not null,
  deleted_at timestamptz
);

-- Never changed either. The first policy in order whose condition a case fulfils says until when it is to be answered and resolved.
create table sla_policy_versions (
  id bigint generated always as identity primary key,
  policy_id bigint not null references sla_policies on delete cascade,
  number integer not null,
  name text not null,
  condition text not null,
  calendar_id bigint references calendars,
  first_minutes integer check (first_minutes > 0),
  first_business boolean not null default false,
  next_minutes integer check (next_minutes > 0),
  next_business boolean not null default false,
  resolution_minutes integer check (resolution_minutes > 0),
  resolution_business boolean not null default false,
  pauses boolean not null default true,
  warn_percent smallint check (warn_percent between 1 and 99),
  warn_minutes integer check (warn_minutes > 0),
  steps jsonb not null default '[]',
  agent_id bigint references agents,
  created_at timestamptz not null,
  unique (policy_id, number),
  check (calendar_id is not null or not (first_business or next_business or resolution_business))
);
comment on column sla_policy_versions.pauses is 'whether the clock of the resolution stands while we wait for the customer';
comment on column sla_policy_versions.steps is 'what happens so many minutes after a breach, each once';

alter table episodes
  add column waited_seconds bigint not null default 0,
  add column first_answer_business_seconds bigint;
comment on column episodes.waited_seconds is 'how long we waited for the customer; not our time';

-- A clock runs from `started_at` until it is stopped (what it waited for happened) or voided (the episode ended without it).
create table clocks (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  episode_id bigint not null references episodes on delete cascade,
  kind text not null check (kind in ('first', 'next', 'resolution')),
  number integer not null,
  policy_version_id bigint references sla_policy_versions,
  calendar_version_id bigint references calendar_versions,
  created_at timestamptz not null,
  started_at timestamptz not null,
  due_at timestamptz,
  paused_at timestamptz,
  pause_begins timestamptz[] not null default '{}',
  pause_ends timestamptz[] not null default '{}',
  paused_seconds bigint not null default 0,
  stopped_at timestamptz,
  voided_at timestamptz,
  wall_seconds bigint,
  business_seconds bigint,
  warn_at timestamptz,
  warned_at timestamptz,
  breached_at timestamptz,
  born_late boolean not null default false,
  steps_done integer not null default 0,
  next_at timestamptz,
  unique (episode_id, kind, number),
  check (cardinality(pause_begins) = cardinality(pause_ends)),
  check (stopped_at is null or voided_at is null)
);
create index clocks_case on clocks (case_id);
create index clocks_started on clocks (started_at);
create index clocks_next on clocks (next_at) where next_at is not null;
create index clocks_running on clocks (id) where stopped_at is null and voided_at is null;
comment on column clocks.paused_seconds is 'wall time spent waiting for the customer, once the clock does not run any more';
comment on column clocks.born_late is 'was past due when we first saw it: counted as breached, and nobody is woken for it';
comment on column clocks.next_at is 'when something is to be done about it next: a warning, the breach, a step after it';
comment on column clocks.wall_seconds is 'from start to stop, and the same by the calendar: waiting for the customer not counted';

create table clock_steps (
  clock_id bigint not null references clocks on delete cascade,
  number integer not null,
  at timestamptz not null,
  primary key (clock_id, number)
);

-- Cases whose clocks may not be what they should be. Filled by the database, since a dozen statements write what clocks follow from.
create table clock_queue (case_id bigint primary key references cases on delete cascade);

create function queue_for_clocks() returns trigger language plpgsql as $$
begin
  insert into clock_queue (case_id) values (new.id) on conflict do nothing;
  return null;
end $$;
create trigger cases_clocked after insert on cases for each row execute function queue_for_clocks();
create trigger cases_clocked_again
  after update of status, waiting_since, episode, urgency, brand_id, team_id, customer_id, language, sentiment on cases for each row
  when ((old.status, old.waiting_since, old.episode, old.urgency, old.brand_id, old.team_id, old.customer_id, old.language, old.sentiment)
    is distinct from
    (new.status, new.waiting_since, new.episode, new.urgency, new.brand_id, new.team_id, new.customer_id, new.language, new.sentiment))
  execute function queue_for_clocks();

-- What lists and views go by: the soonest due time of the clocks that run, while the case is open.
create function soonest_due(of_case bigint) returns timestamptz language sql stable as $$
  select min(due_at) from clocks where case_id = of_case and stopped_at is null and voided_at is null and paused_at is null
$$;
create or replace function keep_due() returns trigger language plpgsql as $$
begin
  if new.status <> 'open' then
    new.due_at := null;
  elsif tg_op = 'UPDATE' and old.status <> 'open' then
    new.due_at := soonest_due(new.id);
  end if;
  return new;
end $$;
drop trigger cases_due_kept on cases;
create trigger cases_due_kept before insert or update of status on cases for each row execute function keep_due();

create function keep_soonest_due() returns trigger language plpgsql as $$
begin
  update cases set due_at = soonest_due(id)
  where id = coalesce(new.case_id, old.case_id) and status = 'open' and due_at is distinct from soonest_due(id);
  return null;
end $$;
create trigger clocks_due_kept after insert or delete or update of due_at, stopped_at, voided_at, paused_at on clocks
  for each row execute function keep_soonest_due();

-- The deadlines by urgency become policies: the same promises, counted by the clock on the wall, those of a brand first.
with said as (
  select row_number() over (order by t.brand_id nulls last, t.least_urgency desc) as place, t.least_urgency, t.minutes, b.name as brand, b.slug
  from answer_targets t left join brands b on b.id = t.brand_id
),
made as (
  insert into sla_policies (position, created_at) select place, '2000-01-01' from said returning id, position
)
insert into sla_policy_versions (policy_id, number, name, condition, first_minutes, next_minutes, agent_id, created_at)
select made.id, 1,
  concat_ws(': ', said.brand, case when least_urgency = 0 then 'Everything else' else 'From urgency ' || least_urgency end),
  concat_ws(' ', 'brand:"' || said.slug || '"', case when least_urgency > 0 then 'said:>=' || least_urgency end),
  minutes, minutes, null, '2000-01-01'
from made join said on said.place = made.position;

insert into clock_queue (case_id) select id from cases where status in ('open', 'waiting', 'snoozed');
drop function answer_due;
drop table answer_targets;

create trigger calendar_versions_audited after insert on calendar_versions for each row
  execute function audit_row('calendar', 'calendar_id', 'zone,hours,regions,days_off', '', 'calendar_id');
create trigger sla_policy_versions_audited after insert on sla_policy_versions for each row
  execute function audit_row('sla_policy', 'name',
    'name,condition,calendar_id,first_minutes,first_business,next_minutes,next_business,resolution_minutes,resolution_business,pauses,'
    'warn_percent,warn_minutes,steps', '', 'policy_id');
create trigger sla_policies_audited after update of position, deleted_at on sla_policies for each row
  execute function audit_row('sla_policy', 'id', 'position,deleted_at', '');

-- What we promised a customer in words, and whether we kept it.
create table promises (
  id bigint generated always as identity primary key,
  case_id bigint not null references cases on delete cascade,
  reply_id bigint references replies on delete cascade,
  text text not null,
  due_at timestamptz not null,
  remind_at timestamptz,
  state text not null default 'open' check (state in ('open', 'kept', 'broken', 'withdrawn')),
  late boolean not null default false,
  agent_id bigint not null references agents,
  created_at timestamptz not null,
  made_at timestamptz,
  ended_at timestamptz,
  ended_by bigint references agents,
  next_at timestamptz
);
create index promises_case on promises (case_id);
create index promises_reply on promises (reply_id) where reply_id is not null;
create index promises_next on promises (next_at) where next_at is not null;
create index promises_due on promises (due_at, case_id) where state = 'open' and made_at is not null;
create index promises_broken on promises (case_id) where state = 'broken';
comment on column promises.made_at is 'when the network had the reply; null: not said to the customer yet';
comment on column promises.late is 'kept, but after it was due';
comment on column promises.next_at is 'when something is to be done about it next: remind, or call it broken';

-- Beside `queue_for_notifications`: what clocks and promises call for.
create function queue_clocks_for_notifications() returns trigger language plpgsql as $$
begin
  insert into notification_queue (event_id)
  select id from fresh where kind in ('clock_warned', 'clock_breached', 'clock_escalated', 'promise_reminded', 'promise_broken')
  on conflict do nothing;
  return null;
end $$;
create trigger events_told_of_clocks after insert on events referencing new table as fresh for each statement
  execute function queue_clocks_for_notifications();
