-- Teams at work: their hours, who can take how much of what, cases that want somebody, and who is looking at a case right now.
-- depends: 0021_composer

alter table teams
  add column zone text not null default 'UTC',
  add column hours jsonb not null default '[]',
  add column holidays date[] not null default '{}',
  add column gives text not null default 'nobody' check (gives in ('nobody', 'round_robin', 'least_load')),
  add column look_at timestamptz,
  add column archived_at timestamptz;
comment on column teams.hours is 'spans of the week as [weekday from 0, first minute, last minute] in the zone; none: around the clock';
comment on column teams.gives is 'how cases that want somebody are given out';
comment on column teams.look_at is 'when the wanting cases are to be looked at again; null: at once';
drop index teams_name;
create unique index teams_name on teams (lower(name)) where archived_at is null;

alter table team_members add column turn bigint not null default 0;
comment on column team_members.turn is 'grows with each case given; who has the lowest is next';

alter table agents
  add column capacity integer not null default 20 check (capacity between 0 and 1000),
  add column away_since timestamptz,
  add column away_until timestamptz;
comment on column agents.capacity is 'how many open cases may be given to this colleague by themselves';
comment on column agents.away_until is 'null while away_since is set: until they say that they are back';

create table agent_topics (
  agent_id bigint not null references agents on delete cascade,
  topic_id bigint not null references topics on delete cascade,
  primary key (agent_id, topic_id)
);

alter table cases add column wanted boolean not null default false;
comment on column cases.wanted is 'whether the team is to give it to somebody by itself';
create index cases_wanted on cases (team_id, urgency desc, id) where wanted;
create index cases_load on cases (assignee_id) where status = 'open' and assignee_id is not null;

-- What was handed over at once, so that it can be taken back.
create table hand_overs (
  id bigint generated always as identity primary key,
  from_agent_id bigint not null references agents,
  by_agent_id bigint not null references agents,
  case_ids bigint[] not null,
  at timestamptz not null,
  undone_at timestamptz
);

-- Lives for seconds and may be lost: nothing here is worth the log.
create unlogged table presence (
  case_id bigint not null,
  agent_id bigint not null,
  doing text not null check (doing in ('viewing', 'reply', 'note')),
  seen_at timestamptz not null,
  primary key (case_id, agent_id)
);
create index presence_seen on presence (seen_at);
