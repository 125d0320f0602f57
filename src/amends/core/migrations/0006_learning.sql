-- What agents correct, what the model learnt from it, and jobs that are tried again.
-- depends: 0002_readings_and_jobs

alter table jobs
  add column failures integer not null default 0,
  add column next_at timestamptz not null default '-infinity';
comment on column jobs.failures is 'how often in a row the portion at `position` failed';
comment on column jobs.next_at is 'before this nobody tries the next portion';
