-- Urgency as a sum that the company can weigh: its points, what they are made of, the weights, and what waiting adds.

alter table verdicts
  add column points smallint[] not null default '{}',
  add column shares real[] not null default '{}';
comment on column verdicts.points is 'by how much each of `reasons` raised the urgency, in the same order';
comment on column verdicts.shares is 'how much of each reason counts, 0 to 1, in the order of triage.urgency_weights.Reason; times the weights they are the points';

-- `urgency` is what the posts say, `waiting_points` what our silence adds, `urgency_now` what the desk sorts by and shows.
alter table cases add column waiting_points smallint not null default 0;
alter table cases add column urgency_now smallint not null generated always as (least(100, urgency + waiting_points)) stored;
comment on column cases.waiting_points is 'kept by the task raise_waiting; 0 where the case does not wait for us';

drop index cases_by_urgency;
create index cases_by_urgency on cases (status, urgency_now desc, id desc);
create index cases_wait on cases (waiting_points, waiting_since) where status = 'open' and waiting_since is not null;
create index cases_waited on cases (id) where waiting_points <> 0 and (status <> 'open' or waiting_since is null);

-- Posts on the desk by time: the preview of other weights looks at those of the last week.
create index posts_on_desk on posts (published_at desc) where case_id is not null;

-- The newest row counts; without one the shipped weights do.
create table urgency_weights (
  id bigint generated always as identity primary key,
  weights jsonb not null,
  agent_id bigint not null references agents,
  created_at timestamptz not null
);
