-- What the parts of the inbox share: teams and what they work on, the languages of colleagues, deadlines, and cases that sleep.
-- depends: 0015_what_is_believed

alter table agents drop constraint agents_role_check;
alter table agents
  add constraint agents_role_check check (role in ('agent', 'lead', 'manager', 'admin', 'auditor')),
  add column languages text[] not null default '{}',
  add column interface_language text not null default '';
comment on column agents.languages is 'the languages this colleague can answer in';
comment on column agents.interface_language is 'the language of the screens; empty where the browser decides';

create table teams (
  id bigint generated always as identity primary key,
  name text not null,
  created_at timestamptz not null
);
create unique index teams_name on teams (lower(name));

create table team_members (
  team_id bigint not null references teams on delete cascade,
  agent_id bigint not null references agents on delete cascade,
  primary key (team_id, agent_id)
);
create index team_members_agent on team_members (agent_id);

-- A team without rows here works on every source.
create table team_sources (
  team_id bigint not null references teams on delete cascade,
  source_id bigint not null references sources on delete cascade,
  primary key (team_id, source_id)
);

alter table cases drop constraint cases_status_check;
alter table cases
  add constraint cases_status_check check (status in ('open', 'waiting', 'snoozed', 'resolved', 'dismissed')),
  add column team_id bigint references teams,
  add column due_at timestamptz;
comment on column cases.team_id is 'the team whose work it is; null: of every team that works on its source';
comment on column cases.due_at is 'until when we should have answered; null where the case does not wait for us';
create index cases_team on cases (team_id, status, last_post_at desc, id desc) where team_id is not null;
create index cases_due on cases (due_at, id) where due_at is not null;
