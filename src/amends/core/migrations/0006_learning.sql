-- What agents correct, what the model learnt from it, and jobs that are tried again.
-- depends: 0002_readings_and_jobs

alter table jobs
  add column failures integer not null default 0,
  add column next_at timestamptz not null default '-infinity';
comment on column jobs.failures is 'how often in a row the portion at `position` failed';
comment on column jobs.next_at is 'before this nobody tries the next portion';

alter table verdicts add column said jsonb;
comment on column verdicts.said is 'what the model said where an agent corrected a label: sentiment, intent, complaint, urgency, reasons, needs_look';

-- One label of one post, as an agent says it is; taking it back brings the one before it into force again.
create table corrections (
  id bigint generated always as identity primary key,
  post_id bigint not null references posts on delete cascade,
  field text not null check (field in ('mood', 'intent')),
  old text not null,
  new text not null,
  model text not null,
  needed_look boolean not null,
  agent_id bigint not null references agents,
  at timestamptz not null,
  replaces bigint references corrections,
  ended_at timestamptz
);
create unique index corrections_in_force on corrections (post_id, field) where ended_at is null;
create index corrections_newest on corrections (id) where ended_at is null;
comment on column corrections.old is 'the label that stood before';
comment on column corrections.model is 'the version that gave the label, or that spoke when an agent had given it';
comment on column corrections.needed_look is 'whether the case asked for a look until this correction';
comment on column corrections.ended_at is 'when it was taken back or replaced';

-- Every trial of learning, with its proof; at most one head is in force, none where the shipped model speaks for itself.
create table heads (
  id bigint generated always as identity primary key,
  version text not null unique,
  encoder text not null,
  weights bytea,
  report jsonb not null,
  refused_why text not null default '',
  learnt_until bigint not null default 0,
  created_at timestamptz not null,
  created_by bigint references agents,
  adopted_at timestamptz,
  retired_at timestamptz
);
create unique index heads_in_force on heads ((true)) where adopted_at is not null and retired_at is null;
comment on column heads.weights is 'an npz file without pickles; null where there was nothing to fit';
comment on column heads.learnt_until is 'the newest correction that it was fitted on';
