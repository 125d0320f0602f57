-- What the model said of each post, kept so that new topics, other weights or a new head need no second reading; and long work with progress.

create table readings (
  post_id bigint primary key references posts on delete cascade,
  encoder text not null,
  mood real[] not null,
  intents real[] not null,
  signals real[] not null,
  embedding bytea
);
comment on column readings.encoder is 'the version of the weights that read the post';
comment on column readings.mood is 'probabilities of negative, neutral, positive, before any head that agents taught';
comment on column readings.intents is 'probabilities in the order of core.ports.Intent';
comment on column readings.signals is 'chances in the order of triage.signals.Signal';
comment on column readings.embedding is '384 numbers of two bytes each (float16, little-endian)';

alter table verdicts
  add column intent text not null default 'other' check (intent in ('complaint', 'question', 'request', 'praise', 'other')),
  add column noise text not null default '',
  add column personal text[] not null default '{}';
comment on column verdicts.noise is 'why the post is no work: spam, giveaway, job, marketing, other_meaning, …; empty where it may be';
comment on column verdicts.personal is 'the kinds of personal data that stand in the text for all to see';

-- Long work in the background: the worker takes a job a portion at a time; a killed worker goes on where `position` says.
create table jobs (
  id bigint generated always as identity primary key,
  kind text not null,
  why text not null,
  facts jsonb not null default '{}',
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  position bigint not null default 0,
  done bigint not null default 0,
  total bigint not null default 0,
  error text not null default '',
  agent_id bigint references agents,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index jobs_undone on jobs (id) where state in ('queued', 'running');
