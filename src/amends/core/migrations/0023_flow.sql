-- Cases that sleep, work on many cases at once, rules that work for the team, and what an event came of.
-- depends: 0022_teams_at_work

-- One row for each case that sleeps. Whatever takes the case out of its sleep takes the row with it.
create table snoozes (
  case_id bigint primary key references cases on delete cascade,
  reason text not null check (reason in ('time', 'customer', 'incident')),
  label text not null default '',
  until timestamptz check (reason <> 'time' or until is not null),
  agent_id bigint references agents,
  since timestamptz not null
);
create index snoozes_until on snoozes (until) where until is not null;
create index snoozes_incident on snoozes (label) where reason = 'incident';

create function end_snooze() returns trigger language plpgsql as $$
begin
  delete from snoozes where case_id = new.id;
  return null;
end $$;

create trigger snooze_ended after update of status on cases for each row
  when (old.status = 'snoozed' and new.status <> 'snoozed') execute function end_snooze();

-- Because of which rule or which work on many cases an event happened; set for the length of a transaction by `store.events.because`.
alter table events add column because jsonb;
alter table events alter column because set default nullif(current_setting('amends.because', true), '')::jsonb;

-- Work on many cases: the set is fixed when it starts, and each case says how it went. Undone by another run over what this one did.
create table bulk_runs (
  id bigint generated always as identity primary key,
  job_id bigint references jobs,
  deed text not null,
  facts jsonb not null,
  query text not null default '',
  undoes bigint unique references bulk_runs,
  agent_id bigint not null references agents,
  created_at timestamptz not null
);
create index bulk_runs_agent on bulk_runs (agent_id, id desc);
create index bulk_runs_job on bulk_runs (job_id);

create table bulk_cases (
  run_id bigint not null references bulk_runs on delete cascade,
  case_id bigint not null,
  state text not null default 'queued' check (state in ('queued', 'done', 'skipped', 'failed')),
  why text not null default '',
  event_id bigint,
  primary key (run_id, case_id)
);

create table automation_rules (
  id bigint generated always as identity primary key,
  name text not null,
  position integer not null,
  active boolean not null,
  stops boolean not null,
  trigger text not null check (trigger in (
    'opened', 'changed', 'posted', 'replied', 'assigned', 'reopened', 'resolved', 'snoozed', 'woken', 'unanswered', 'silent')),
  hours real check (trigger not in ('unanswered', 'silent') or hours > 0),
  condition text not null default '',
  deeds jsonb not null,
  agent_id bigint not null references agents,
  failures integer not null default 0,
  trouble text not null default '',
  active_since timestamptz not null,
  changed_at timestamptz not null,
  deleted_at timestamptz
);
comment on column automation_rules.active_since is 'what waited long enough before this is not acted on';
comment on column automation_rules.failures is 'how often in a row it failed; it is switched off after some';
create index automation_rules_in_order on automation_rules (position, id) where deleted_at is null;

-- What a rule did to a case, once for each event (`e17`) or waiting period that triggered it.
create table automation_log (
  id bigint generated always as identity primary key,
  rule_id bigint not null references automation_rules on delete cascade,
  case_id bigint not null references cases on delete cascade,
  cause text not null,
  outcome text not null check (outcome in ('acted', 'failed', 'looped', 'unmet')),
  why text not null default '',
  at timestamptz not null,
  unique (rule_id, case_id, cause)
);
create index automation_log_of_rule on automation_log (rule_id, id desc) where outcome <> 'unmet';

create table automation_days (
  rule_id bigint not null references automation_rules on delete cascade,
  day date not null,
  outcome text not null,
  n bigint not null,
  primary key (rule_id, day, outcome)
);

-- Events that a rule may ask about, from the moment they happen until the rules have seen them; empty where no rule is active.
create table automation_queue (
  event_id bigint primary key,
  case_id bigint not null
);

create function queue_for_rules() returns trigger language plpgsql as $$
begin
  if exists (select from automation_rules where active and deleted_at is null) then
    insert into automation_queue (event_id, case_id)
    select id, case_id from fresh
    where case_id is not null and kind in (
      'case_opened', 'post_joined', 'reply_sent', 'case_assigned', 'case_reopened', 'case_resolved', 'case_snoozed', 'case_woken');
  end if;
  return null;
end $$;

create trigger events_queued after insert on events referencing new table as fresh for each statement execute function queue_for_rules();
